"""A decision that comes too late is told what changed since its case was read, and nothing that was there before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from common.errors import Stale
from forum.models import Category, Post
from forum.services.posts import edit_post
from moderation.models import Action, Case, Seen
from moderation.services.cases import open_case, pass_on
from moderation.services.claims import hand_over, put_off, take
from moderation.services.decisions import decide
from moderation.services.moderators import leads
from moderation.services.reports import report_post
from tests.personas import GuestPost, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
WORDS = "Its author changed the words."
REPORTED = "A reader reported it: what they say stands under “Why it is here”."
REASON = "There is one more reason why it is here: it stands under “Why it is here”."
TEAM = "A moderator put it off, passed it on, or took back what they had decided."
DANGER = "He says he will kill me."


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category, title="The first night", text=DANGER)


@pytest.fixture
def case(guest: GuestPost) -> Case:
    return Case.objects.select_related("post__thread__category").get()


def edited(guest: GuestPost, text: str) -> Post:
    post = Post.objects.select_related("thread__category", "thread_pseudonym").get()
    return edit_post(post, actor=guest.reader, version=post.version, title="The first night", text=text)


def told(case: Case, seen: Seen, by: User) -> list[str]:
    with pytest.raises(Stale) as refused:
        decide(case, actor=by, action=Action.PUBLISH, seen=seen)
    changed = refused.value.changed
    assert changed is not None
    return list(changed["what"])


def test_of_an_edit_it_says_that_the_words_changed_and_nothing_of_readers_and_screeners(
    guest: GuestPost, case: Case, moderator: User
) -> None:
    report_post(guest.post, actor="member:1", reason="BLAMES", text="It was there before.")
    case.refresh_from_db()
    seen = Seen.of(case)
    edited(guest, f"{DANGER} Softer, now.")
    assert Case.objects.get().version > seen.case_version
    assert told(case, seen, moderator) == [WORDS]


def test_a_report_is_told_also_when_it_is_for_the_reason_of_an_earlier_one(
    guest: GuestPost, case: Case, moderator: User
) -> None:
    for reader in ("member:1", "member:2"):
        seen = Seen.of(Case.objects.select_related("post").get())
        report_post(guest.post, actor=reader, reason="BLAMES")
        assert told(case, seen, moderator) == [REPORTED]


def test_an_edit_and_a_report_are_told_both(guest: GuestPost, case: Case, moderator: User) -> None:
    seen = Seen.of(case)
    edited(guest, "Other words.")
    report_post(guest.post, actor="member:1", reason="BLAMES")
    assert told(case, seen, moderator) == [WORDS, REPORTED]


def test_what_a_screener_finds_in_other_words_is_told_once_and_never_again(category: Category, moderator: User) -> None:
    guest = written_by_guest(category, title="The first night", text="A quiet one.")
    case = Case.objects.select_related("post__thread__category").get()
    seen = Seen.of(case)
    edited(guest, DANGER)
    assert told(case, seen, moderator) == [WORDS, REASON]
    seen = Seen.of(Case.objects.select_related("post").get())
    edited(guest, f"{DANGER} Again.")
    assert told(case, seen, moderator) == [WORDS]


def test_what_was_sent_back_and_comes_again_says_no_more_than_that(
    guest: GuestPost, case: Case, moderator: User
) -> None:
    decide(case, actor=moderator, action=Action.RETURN, seen=Seen.of(case), word="Please leave out the street.")
    seen = Seen.of(Case.objects.select_related("post").get())
    edited(guest, "Without the street.")
    assert told(case, seen, moderator) == [WORDS]


def test_another_reason_is_told_apart_from_a_report(guest: GuestPost, case: Case, moderator: User) -> None:
    seen = Seen.of(case)
    open_case(guest.post, reasons=["follow_up"])
    assert told(case, seen, moderator) == [REASON]


def test_what_the_team_did_is_told_as_that(guest: GuestPost, case: Case, moderator: User, second: User) -> None:
    Case.objects.update(lane=2)
    case.refresh_from_db()
    seen = Seen.of(case)
    put_off(case, actor=second, seen=seen, hours=2)
    take(case, actor=second)
    hand_over(case, actor=second)
    assert told(case, seen, moderator) == ["Another moderator had the case."]
    for user in (moderator, second):
        user.groups.add(leads())
    lead = type(moderator).objects.get(pk=moderator.pk)  # what somebody may is kept with them
    seen = Seen.of(Case.objects.select_related("post").get())
    pass_on(case, actor=lead, seen=seen)
    assert told(case, seen, lead) == [TEAM]


def test_the_desk_and_the_api_say_the_same(guest: GuestPost, case: Case, client: Client, moderator: User) -> None:
    desk, seen = sign_in(client, moderator), Seen.of(case)
    edited(guest, "Other words.")
    page = desk.post(f"/admin/moderation/case/{case.pk}/change/", {"seen": str(seen), "action": "PUBLISH"})
    assert f"<ul><li>{WORDS}</li></ul>" in page.content.decode()
    answer = desk.post(
        f"/api/v1/desk/cases/{case.public_id}/decisions/", {"action": "PUBLISH"}, content_type="application/json",
        headers={"Idempotency-Key": "a-key-of-our-own-00001", "If-Match": f'"{seen}"'},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["changed"]["what"]) == (412, [WORDS])
