"""The same report again, after a moderator left them: it waits, and before nobody who says something new."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from common.public_id import new_public_id
from forum.models import Category, Post
from forum.services.posts import edit_post
from forum.services.visibility import publish_post
from moderation.explaining import reason_words
from moderation.models import AuditEntry, Case, CaseState, Lane, Report, Seen
from moderation.services.decisions import decide
from moderation.services.effects import Also
from moderation.services.reports import judge_report, report_post
from moderation.services.reversing import reverse_decision
from moderation.services.sanctions import Terms, sanction_author
from tests.house.doors import visitor
from tests.personas import GuestPost, let_words_leave, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
STRANGER = "network:fd00::"


@pytest.fixture
def guest(category: Category) -> GuestPost:
    guest = written_by_guest(category)
    publish_post(guest.post, actor=None)
    Case.objects.update(state=CaseState.CLOSED)
    return guest


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread__category", "thread_pseudonym").get(pk=post.pk)


def waiting(post: Post) -> Case:
    return Case.objects.select_related("post__thread__category").get(post=post, state=CaseState.OPEN)


def left(post: Post, moderator: User, action: str = "LEAVE", **what: Any) -> Case:
    """Read, left as it is, and the report judged."""
    case = waiting(post)
    judge_report(case.reports.get().reference, case=case, actor=moderator, judgement="MISUSED")
    decide(case, actor=moderator, action=action, seen=Seen.of(case), **what)
    return case


def test_in_no_new_words_it_waits_without_a_head_start(guest: GuestPost, moderator: User) -> None:
    report_post(guest.post, actor=STRANGER, reason="HURT_ME", text="It is him.")
    left(guest.post, moderator)
    for text in ("", "It is him."):
        report_post(guest.post, actor=STRANGER, reason="HURT_ME", text=text)
        case = waiting(guest.post)
        assert (case.lane, case.reasons, case.head_start) == (Lane.LIFE, ["again:HURT_ME"], {})
    assert str(reason_words("again:HURT_ME")) == (
        "reported again, in no other words, after the team left it: someone who hurt me may be here"
    )
    assert AuditEntry.objects.filter(event="case_opened").latest("number").facts["reasons"] == ["reported:HURT_ME"]


@pytest.mark.parametrize("action", ["LEAVE", "PUBLISH"])
@pytest.mark.parametrize(
    "what",
    [
        {},
        {"word": "We saw it. You are welcome here."},
        {"sanction": Terms("WARNING", "Kindly, please.")},
        {"also": Also(reach_out="*"), "word": "Here is who can help."},
    ],
)
def test_whatever_left_the_words_as_they_are(
    guest: GuestPost, moderator: User, action: str, what: dict[str, Any]
) -> None:
    report_post(guest.post, actor=STRANGER, reason="HURT_ME")
    left(guest.post, moderator, action, **what)
    sanction_author(fresh(guest.post), actor=moderator, terms=Terms("WARNING", "Told apart from it."))
    report_post(guest.post, actor=STRANGER, reason="HURT_ME")
    case = waiting(guest.post)
    assert (case.lane, case.reasons, case.head_start) == (Lane.LIFE, ["again:HURT_ME"], {})


def test_a_first_look_that_published_it_left_nothing(category: Category, moderator: User) -> None:
    """Whoever waits for it may have told of themselves meanwhile."""
    guest = written_by_guest(category)
    report_post(guest.post, actor=STRANGER, reason="DANGER")
    left(guest.post, moderator, "PUBLISH")
    report_post(guest.post, actor=STRANGER, reason="DANGER")
    assert waiting(guest.post).reasons == ["reported:DANGER"]


def test_what_was_taken_down_and_put_back_since_is_another(guest: GuestPost, moderator: User) -> None:
    report_post(guest.post, actor=STRANGER, reason="HURT_ME")
    left(guest.post, moderator)
    report_post(guest.post, actor="network:fd01::", reason="BLAMES")
    case = left(guest.post, moderator, "HIDE", reason="It names a street.")
    let_words_leave()
    case = Case.objects.select_related("post__thread__category").get(pk=case.pk)
    reverse_decision(case, actor=moderator, seen=Seen.of(case), why="It names none.")
    assert fresh(guest.post).state == "PUBLISHED"
    report_post(guest.post, actor=STRANGER, reason="HURT_ME")
    assert "reported:HURT_ME" in waiting(guest.post).reasons


def test_words_of_danger_keep_their_place_whoever_answered_how(guest: GuestPost, moderator: User) -> None:
    for action in ("LEAVE", "PUBLISH"):
        report_post(guest.post, actor=STRANGER, reason="DANGER", text="I am going to kill myself tonight.")
        assert waiting(guest.post).head_start == {"now": 4.0, "said": 2.0}
        left(guest.post, moderator, action, word="We are here.")
    report_post(guest.post, actor=STRANGER, reason="DANGER", text="I am going to kill myself tonight.")
    assert (waiting(guest.post).lane, waiting(guest.post).head_start) == (Lane.LIFE, {"now": 4.0, "said": 2.0})


def test_again_takes_nothing_from_a_case_that_is_open(guest: GuestPost, moderator: User) -> None:
    report_post(guest.post, actor=STRANGER, reason="HURT_ME")
    left(guest.post, moderator, word="A word.")
    report_post(guest.post, actor="network:fd01::", reason="DANGER", text="Look at this, please.")
    before = waiting(guest.post)
    report_post(guest.post, actor=STRANGER, reason="HURT_ME")
    case = waiting(guest.post)
    assert case.reasons == ["reported:DANGER", "again:HURT_ME"]
    assert (case.lane, case.head_start, case.due_at) == (before.lane, before.head_start, before.due_at)


def test_again_and_again_stays_again(guest: GuestPost, moderator: User) -> None:
    for _time in range(3):
        report_post(guest.post, actor=STRANGER, reason="HURT_ME")
        left(guest.post, moderator)
    assert [case.reasons for case in Case.objects.filter(reports__isnull=False).order_by("reasons")] == [
        ["again:HURT_ME"],
        ["again:HURT_ME"],
        ["reported:HURT_ME"],
    ]


@pytest.mark.parametrize(
    ("actor", "reason", "text"),
    [
        (STRANGER, "HURT_ME", "Tonight he stands outside."),
        (STRANGER, "DANGER", ""),
        ("network:fd01::", "HURT_ME", ""),
        ("member:7", "HURT_ME", ""),
    ],
)
def test_new_words_another_reason_and_another_reader_are_now(
    guest: GuestPost, moderator: User, actor: str, reason: str, text: str
) -> None:
    report_post(guest.post, actor=STRANGER, reason="HURT_ME")
    left(guest.post, moderator)
    report_post(guest.post, actor=actor, reason=reason, text=text)
    assert waiting(guest.post).reasons[0] == f"reported:{reason}"
    assert "now" in waiting(guest.post).head_start


def test_words_that_come_after_it_are_now(guest: GuestPost, moderator: User) -> None:
    report_post(guest.post, actor=STRANGER, reason="HURT_ME")
    left(guest.post, moderator)
    report_post(guest.post, actor=STRANGER, reason="HURT_ME")
    report_post(guest.post, actor=STRANGER, reason="HURT_ME", text="Tonight he stands outside.")
    case = waiting(guest.post)
    assert case.head_start == {"now": 4.0, "said": 2.0}
    assert case.reports.get().text == "Tonight he stands outside."


def test_acute_danger_is_now_however_often_it_is_said(guest: GuestPost, moderator: User) -> None:
    for _time in range(2):
        report_post(guest.post, actor=STRANGER, reason="DANGER", text="I am going to kill myself tonight.")
        assert waiting(guest.post).head_start == {"now": 4.0, "said": 2.0}
        left(guest.post, moderator)


def test_a_changed_post_is_another(guest: GuestPost, moderator: User) -> None:
    report_post(guest.post, actor=STRANGER, reason="HURT_ME")
    left(guest.post, moderator)
    edit_post(
        guest.post, actor=guest.reader, title="The same title", text="Other words.", version=Post.objects.get().version
    )
    report_post(Post.objects.get(), actor=STRANGER, reason="HURT_ME")
    assert "reported:HURT_ME" in waiting(guest.post).reasons


def test_a_decision_that_was_taken_back_left_nothing(guest: GuestPost, moderator: User) -> None:
    report_post(guest.post, actor=STRANGER, reason="HURT_ME")
    case = left(guest.post, moderator)
    let_words_leave()
    case = Case.objects.select_related("post__thread__category").get(pk=case.pk)
    reverse_decision(case, actor=moderator, seen=Seen.of(case), why="It was not read well.")
    report_post(guest.post, actor=STRANGER, reason="HURT_ME")
    assert "again:HURT_ME" not in waiting(guest.post).reasons


# --- And nobody can tell ----------------------------------------------------------------------------------------------


def told(client: Client, post: Post) -> str:
    """By both pages, and over the API; apart from what is drawn by lot."""
    answer = client.post(f"/p/{post.public_id}/report/", {"reason": "HURT_ME"})
    by_api = client.post(
        f"/api/v1/posts/{post.public_id}/reports/",
        {"reason": "HURT_ME"},
        "application/json",
        headers={"Idempotency-Key": f"key-of-a-test-{new_public_id()}"},
    )
    assert (answer.status_code, by_api.status_code) == (200, 201)
    reference = Report.objects.get(case__state=CaseState.OPEN).reference
    looked_up = client.post("/reports/", {"reference": reference})
    assert "It waits for somebody" in looked_up.content.decode()
    texts = (each.content.decode().replace(reference, "it") for each in (answer, by_api, looked_up))
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", "\n".join(texts))


def test_nobody_is_told_that_it_was_reported_before(client: Client, guest: GuestPost, moderator: User) -> None:
    first = told(client, guest.post)
    left(guest.post, moderator)
    assert told(client, guest.post) == first
    assert waiting(guest.post).reasons == ["again:HURT_ME"]


def test_a_reference_is_found_as_somebody_typed_it(guest: GuestPost) -> None:
    reference = report_post(guest.post, actor=STRANGER, reason="HURT_ME").reference
    for typed in (reference, reference.upper()):
        assert json.loads(visitor().ask(f"/api/v1/reports/{typed}/").text)["is_waiting"]
        assert "It waits for somebody" in visitor().ask("/reports/", "POST", data={"reference": f" {typed} "}).text
    assert visitor().ask("/api/v1/reports/NOBODYS/").status == 404
