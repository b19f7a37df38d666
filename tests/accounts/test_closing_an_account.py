"""Closing an account: at once nobody signs in, then all that was theirs goes, however often the job is killed."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.test import Client
from django_tasks_db.models import DBTaskResult

from accounts import sealed_records
from accounts.identity import identity_of
from accounts.models import SealedRecord, User
from accounts.services.closing import close_account, go_on_closing
from common.public_id import new_public_id
from common.sealing import tags
from config.tasks import forget_old_rows
from forum.models import Category, Post, Reaction, ThreadPseudonym
from forum.services.anonymity import OWN_POSTS
from forum.states import PostState
from moderation import audit
from moderation.models import AuditEntry, Case, CaseState, Report, Seen
from moderation.services.cases import open_case
from moderation.services.decisions import decide
from tests.accounts.leaving import Killed, dump, killed_after, work
from tests.forum.building import grow, wide
from tests.house.doors import Somebody, in_an_app, signed_in, visitor
from tests.personas import PASSWORD, written_by

pytestmark = pytest.mark.django_db
PAGE = "/accounts/erase/"
API = "/api/v1/account/closings/"
MINE = [f"mine{number}" for number in range(9)]
READ_BY_ALL = ["mine0", "mine2", "mine6", "mine7"]
NEW_PASSWORD = "nine slow rivers bend"


def closed(member: User, *, keep_words: bool = False, password: str = PASSWORD) -> str:
    """And everything done."""
    job = close_account(member, password=password, keep_words=keep_words).id
    work()
    return job


def by_page(me: Somebody, password: str = PASSWORD, words: str = "take") -> Any:
    return me.ask(PAGE, "POST", data={"password": password, "words": words})


def by_api(me: Somebody, password: str = PASSWORD, *, keep_words: bool = False) -> Any:
    return me.ask(API, "POST", data={"password": password, "keep_words": keep_words})


# --- At once ----------------------------------------------------------------------------------------------------------


def test_visits_are_over_and_words_out_of_sight_before_the_job_begins(member: User, community: None) -> None:
    there, app, me = signed_in(member), in_an_app(member), signed_in(member)
    named = Post.objects.get(author=member, state=PostState.PUBLISHED)
    masked = Post.objects.get(source="mine2")
    answer = by_page(me)
    assert answer.status == 302
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    for somebody in (there, app, me):
        assert somebody.ask("/api/v1/account/visits/").status == 401
    assert visitor().ask(f"/api/v1/threads/{named.thread.public_id}/").status == 404
    assert "mine2" not in visitor().ask(f"/t/{masked.thread.public_id}/").text
    assert DBTaskResult.objects.ready().count() == 1, "the job has not begun"


def test_a_closed_account_looks_like_one_that_never_was(member: User) -> None:
    closed(member)
    answers = [
        visitor().ask("/accounts/login/", "POST", data={"login": name, "password": PASSWORD}).comparable
        for name in (member.username, "never lived")
    ]
    assert answers[0][0] == answers[1][0] == 200
    assert answers[0][2].replace(member.username.encode(), b"") == answers[1][2].replace(b"never lived", b"")


def test_how_far_it_is_can_be_seen_without_signing_in(member: User, community: None) -> None:
    place = by_page(signed_in(member)).headers["location"]
    assert "0 of 100 is done." in visitor().ask(place).text
    work()
    assert "It is done" in visitor().ask(place).text
    assert visitor().ask(f"/accounts/closing/{new_public_id()}/").status == 404


def test_the_page_of_it_is_gone_a_day_later(member: User) -> None:
    with time_machine.travel("2026-03-10T12:00:00Z", tick=False) as clock:
        place = f"/accounts/closing/{closed(member)}/"
        clock.move_to("2026-03-11T00:00:00Z")
        forget_old_rows.call()
        assert visitor().ask(place).status == 404


def test_an_app_can_do_it_too(member: User, community: None) -> None:
    answer = by_api(in_an_app(member))
    job = json.loads(answer.text)
    assert (answer.status, job["percent"]) == (202, 0)
    work()
    assert json.loads(visitor().ask(f"{API}{job['id']}/").text) == {"id": job["id"], "percent": 100}
    assert not User.objects.filter(pk=member.pk).exists()


# --- Refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["wrong", PASSWORD + "x", PASSWORD * 3, PASSWORD * 2, " "])
def test_another_password_closes_nothing(member: User, community: None, typed: str) -> None:
    """Nor does the right one twice, where no recovery words could open again what it seals."""
    me = signed_in(member)
    me.ask(PAGE)  # the visit notes that it is used
    before = dump()
    page, api = by_page(me, typed), by_api(me, typed)
    assert (page.status, api.status) == (400, 400)
    assert dump() == before


def test_the_refusal_says_which_it_is(member: User) -> None:
    assert json.loads(by_api(signed_in(member), "wrong").text)["code"] == "password-wrong"
    assert "This is not your password. Nothing was changed." in by_page(signed_in(member), "wrong").text


@pytest.mark.usefixtures("clock")
def test_guessing_is_slowed_down(member: User) -> None:
    me = signed_in(member)
    answers = [by_api(me, "wrong").status for _guess in range(12)]
    assert answers == [400] * 10 + [429] * 2
    assert User.objects.get(pk=member.pk).is_active


def test_who_is_not_signed_in_closes_nothing(client: Client, member: User) -> None:
    data = {"password": PASSWORD, "words": "take"}
    assert client.post(PAGE, data).headers["Location"] == f"/accounts/login/?next={PAGE}"
    assert client.post(API, {"password": PASSWORD}, "application/json").json()["code"] == "sign-in-needed"
    assert User.objects.get(pk=member.pk).is_active


# --- What goes --------------------------------------------------------------------------------------------------------


def test_nothing_of_them_is_left_in_the_database_with_the_key_neither(member: User, community: None) -> None:
    names = set(ThreadPseudonym.objects.filter(posts__source__startswith="mine").values_list("name", flat=True))
    author_marks = set(ThreadPseudonym.objects.filter(posts__source__startswith="mine").values_list("tag", flat=True))
    identity = identity_of(member)
    marks = author_marks | {tag for post in Post.objects.all() for tag in tags("reaction", identity, post.public_id)}
    marks |= {tag for case in Case.objects.all() for tag in tags("reporter", identity, case.public_id)}
    marks |= {tag for kind in sealed_records.declared_kinds() for tag in tags("record", kind.name, identity)}
    before = dump()
    assert all(trace in before for trace in (*MINE, member.pseudonym, identity, *names, *author_marks))
    closed(member)
    left = dump()
    assert [trace for trace in (*MINE, member.pseudonym, identity, *names, *marks) if trace in left] == []
    assert Post.objects.exclude(author__pseudonym="copper lantern").exclude(source="theirs7").count() == 6
    assert {kind for kind in (f"theirs{number}" for number in range(8)) if kind not in left} == {"theirs4"}, (
        "a moderator's word to them goes, what others wrote stays"
    )


def test_posts_cannot_be_told_to_be_one_persons(member: User, community: None) -> None:
    ids = list(Post.objects.filter(author=member).values_list("public_id", flat=True))
    lines = AuditEntry.objects.count()
    closed(member)
    posts = Post.objects.filter(public_id__in=ids)
    assert {(post.author, post.thread_pseudonym, post.state) for post in posts} == {(None, None, PostState.ERASED)}
    assert AuditEntry.objects.count() == lines, "line after line would name them one after the other"
    assert list(audit.problems()) == []


def test_cases_are_closed_unless_somebody_reported(member: User, community: None) -> None:
    reported = Case.objects.get(post__source="mine2")
    waiting = Case.objects.get(post__source="mine8")
    closed(member)
    assert Case.objects.get(pk=waiting.pk).state == CaseState.CLOSED
    assert Case.objects.get(pk=reported.pk).state == CaseState.OPEN
    assert Case.objects.get(pk=reported.pk).reports.get().text == "theirs5"


def test_what_they_reported_stays_a_report_without_their_words(member: User, community: None) -> None:
    report = Report.objects.get(text="mine5")
    closed(member)
    left = Report.objects.get(pk=report.pk)
    assert (left.text, left.reason, left.case.state) == ("", report.reason, CaseState.OPEN)


def test_what_was_only_left_behind_is_nobodys(member: User, community: None) -> None:
    masked = Post.objects.get(source="mine2")
    name = masked.thread_pseudonym
    assert name is not None
    closed(member, keep_words=True)
    shown = set(Post.objects.exclude(source="").values_list("source", "author__pseudonym"))
    mine = {source: author for source, author in shown if source in MINE}
    assert mine == {"mine2": None, "mine7": None}
    assert Post.objects.get(title="mine0").author is None
    left_words = [word for word in MINE if word in dump()]
    assert left_words == READ_BY_ALL, "nobody could ever take away what only they could read"
    left = ThreadPseudonym.objects.get(pk=name.pk)
    assert (left.name, left.tag == name.tag) == (name.name, False)
    assert identity_of(member) not in dump()
    assert Reaction.objects.count() == 1


def test_a_moderators_decisions_stay_somebodys(moderator: User, category: Category, member: User) -> None:
    post = written_by(member, category)
    case = open_case(post, reasons=[])
    decide(case, actor=moderator, action="PUBLISH", seen=Seen.of(case))
    closed(moderator)
    shell = User.objects.get(pk=moderator.pk)
    assert (shell.is_active, shell.is_staff, shell.has_usable_password()) == (False, False, False)
    assert not shell.groups.exists()
    assert "desk one" not in dump()
    assert list(audit.problems()) == []


def test_nobody_is_written_to(member: User) -> None:
    closed(member)
    assert mail.outbox == []


# --- The name ---------------------------------------------------------------------------------------------------------


def signs_up(name: str) -> bool:
    data = {"username": name, "password": NEW_PASSWORD}
    return visitor().ask("/api/auth/app/v1/auth/signup", "POST", data=data).status == 200


def test_the_name_is_not_free_again_for_forty_days(member: User) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        closed(member)
        assert not signs_up("Quiet  HARBOUR")
        clock.move_to("2026-04-09T12:00:00Z")
        forget_old_rows.call()
        assert not signs_up(member.username)
        clock.move_to("2026-04-10T12:00:00Z")
        forget_old_rows.call()
        assert SealedRecord.objects.count() == 0
        assert signs_up(member.username)


# --- Killed, and done again -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("erased", range(4))
@pytest.mark.parametrize("keep_words", [False, True], ids=["words too", "account only"])
def test_killed_anywhere_it_is_finished_by_the_next(
    member: User, community: None, erased: int, *, keep_words: bool
) -> None:
    job = close_account(member, password=PASSWORD, keep_words=keep_words).id
    with killed_after(erased):
        try:
            go_on_closing.call(job)
        except Killed:
            assert erased < 4
    go_on_closing.call(job)
    left = dump()
    assert identity_of(member) not in left
    assert member.pseudonym not in left
    assert not User.objects.filter(pk=member.pk).exists()
    assert [word for word in MINE if word in left] == (READ_BY_ALL if keep_words else [])


def test_done_twice_it_does_no_harm(member: User, community: None) -> None:
    job = closed(member)
    before = sorted(dump().splitlines())
    go_on_closing.call(job)
    assert sorted(dump().splitlines()) == before


@pytest.mark.parametrize("keep_words", [False, True], ids=["words too", "account only"])
def test_a_long_life_is_taken_away_in_several_turns(member: User, category: Category, *, keep_words: bool) -> None:
    grown = grow(category, wide(230), author=member)
    name = ThreadPseudonym.objects.create(thread=grown.thread, name="soft rain", tag="tag")
    masked = [post.public_id for post in grown.posts[1:]]
    Post.objects.filter(public_id__in=masked).update(author=None, thread_pseudonym=name)
    with transaction.atomic():
        for post_id in masked:
            sealed_records.add_item(OWN_POSTS, identity_of(member), [name.pk, grown.thread.public_id, post_id])
    close_account(member, password=PASSWORD, keep_words=keep_words)
    assert work() <= 3
    assert not User.objects.filter(pk=member.pk).exists()
    assert Post.objects.filter(state=PostState.PUBLISHED).count() == (231 if keep_words else 0)
    assert sealed_records.items(OWN_POSTS, identity_of(member)) == []
