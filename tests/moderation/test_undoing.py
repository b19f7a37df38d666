"""Undo: what a decision did, taken back before anybody was told. The clock is travelled, and nothing else runs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from common.days import today
from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post, Thread
from forum.queries import notes_offered, own_posts_decided, show_post
from forum.services.content_notes import create_first_notes
from forum.services.posts import edit_post, reply_to
from forum.services.restricting import WritingPaused
from forum.services.visibility import SomethingHappenedSince, publish_post, withdraw_post
from forum.tasks import publish_what_is_due
from moderation import audit
from moderation.models import (
    Action,
    AuditEntry,
    Case,
    CaseNote,
    CaseState,
    Decision,
    Sanction,
    Seen,
    Signal,
    UnansweredStory,
)
from moderation.queries import notes_about
from moderation.services.cases import CaseChanged
from moderation.services.claims import hand_over, take, take_next
from moderation.services.decisions import decide
from moderation.services.effects import Also
from moderation.services.notes import add_note
from moderation.services.reports import report_post
from moderation.services.roles import NotAModerator
from moderation.services.sanctions import Terms
from moderation.services.telling_reporters import report_status
from moderation.services.undoing import UndoTooLate, undo_decision, undoable_by
from tests.personas import GuestPost, answered_by, make_member, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
ACTIONS = (
    (Action.PUBLISH, {"word": "Thank you."}),
    (Action.RETURN, {"word": "Please leave out the street."}),
    (Action.HIDE, {"reason": "It names a street."}),
)


@pytest.fixture
def guest(category: Category, clock: time_machine.Traveller) -> GuestPost:
    return written_by_guest(category, title="The first night", text="He says he will kill me.")


def case_of(post: Post) -> Case:
    return Case.objects.select_related("post__thread").filter(post=post).latest("pk")


def decided(post: Post, by: User, action: str, **what: Any) -> Decision:
    case = case_of(post)
    return decide(case, actor=by, action=action, seen=Seen.of(case), **what)


def undone(post: Post, by: User) -> Case:
    case = case_of(post)
    return undo_decision(case, actor=by, seen=Seen.of(case))


def everything(post: Post) -> dict[str, Any]:
    """What a decision may touch, without what only ever rises: counters, and that somebody has looked."""
    fresh = Post.objects.get(pk=post.pk)
    case = case_of(post)
    counts = {"version", "claim_epoch", "claimed_by_id", "claim_expires_at", "is_looked_at", "_state"}
    thread = Thread.objects.get(pk=post.thread_id)
    return {
        "post": {name: value for name, value in vars(fresh).items() if name not in counts},
        "thread": {name: value for name, value in vars(thread).items() if name not in counts},
        "case": {name: value for name, value in vars(case).items() if name not in {*counts, "post"}},
        "notes": sorted(fresh.carried_notes.values_list("note", "is_by_moderator")),
        "signals": sorted(Signal.objects.values_list("pk", "is_right")),
        "stories": list(UnansweredStory.objects.values_list("post", "due_at")),
        "sanctions": Sanction.objects.count(),
        "handed_over": list(case.handed_over.values_list("moderator", flat=True)),
    }


@pytest.mark.parametrize(("action", "what"), ACTIONS)
def test_the_word_is_read_fifteen_seconds_later_and_what_became_of_the_post_at_once(
    guest: GuestPost, moderator: User, clock: time_machine.Traveller, action: str, what: dict[str, str]
) -> None:
    decided(guest.post, moderator, action, **what)
    for seconds, is_there in ((0, False), (14, False), (1, True)):
        clock.shift(seconds)
        shown = show_post(guest.reader, Post.objects.get(), None)
        assert (bool(shown.word_to_author), shown.word_follows) == (is_there, not is_there)
        assert shown.state == Post.objects.get().state != "HELD"


def test_nothing_depends_on_a_worker_and_the_worker_forgets_the_moment(
    guest: GuestPost, moderator: User, clock: time_machine.Traveller
) -> None:
    decided(guest.post, moderator, Action.RETURN, word="Please leave out the street.")
    publish_what_is_due.func()
    assert Post.objects.get().word_leaves_at is not None
    clock.shift(15)
    publish_what_is_due.func()
    assert (Post.objects.get().word_leaves_at, Post.objects.get().word_follows) == (None, False)


@pytest.mark.parametrize(("action", "what"), ACTIONS)
def test_undone_everything_is_as_it_was(
    guest: GuestPost, moderator: User, other_member: User, action: str, what: dict[str, Any]
) -> None:
    create_first_notes()
    taken = take(case_of(guest.post), actor=moderator)
    hand_over(taken, actor=make_moderator("desk two", moderator))
    before = everything(guest.post)
    sanction = Terms("SUSPENSION", "A reason.", days=3)
    decided(
        guest.post, moderator, action, notes=[notes_offered()[0].public_id], judged={"imminent_danger": True},
        sanction=sanction, **what,
    )  # fmt: skip
    assert everything(guest.post) != before
    case = undone(guest.post, moderator)
    assert everything(guest.post) == before
    assert case.is_taken_by(moderator.pk)
    assert not list(audit.problems())
    assert AuditEntry.objects.latest("number").event == "decision_undone"
    assert not Decision.objects.standing().exists()


def make_moderator(name: str, like: User) -> User:
    other = make_member(name)
    other.is_staff = True
    other.save()
    other.groups.set(like.groups.all())
    return other


def test_a_published_post_that_was_hidden_by_mistake_stands_again_where_it_stood(
    guest: GuestPost, moderator: User, category: Category, trusted_member: User
) -> None:
    publish_post(guest.post, actor=None)
    answered_by(trusted_member, guest.post)
    report_post(guest.post, actor="a", reason="SPAM")
    before = everything(guest.post)
    report = case_of(guest.post).reports.get()
    decided(guest.post, moderator, Action.HIDE, reason="It sells.")
    assert report_status(report.reference).is_waiting
    undone(guest.post, moderator)
    assert everything(guest.post) == before
    assert report_status(report.reference).is_waiting


def test_the_sanction_that_came_with_it_is_gone_and_its_author_writes(
    category: Category, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    post = written_by(trusted_member, category)
    report_post(post, actor="a", reason="HOSTILE")
    decided(post, moderator, Action.HIDE, reason="A threat.", sanction=Terms("BAN", "A threat."))
    with pytest.raises(WritingPaused):
        written_by(trusted_member, category)
    undone(post, moderator)
    assert not Sanction.objects.exists()
    assert written_by(trusted_member, category).state == "PUBLISHED"


def test_the_last_word_of_before_is_there_again(
    guest: GuestPost, moderator: User, clock: time_machine.Traveller
) -> None:
    decided(guest.post, moderator, Action.RETURN, word="The first word.")
    clock.shift(20)
    post = Post.objects.get()
    edit_post(post, actor=guest.reader, version=post.version, title="T", text="Other words.")
    decided(guest.post, moderator, Action.PUBLISH)
    undone(guest.post, moderator)
    assert show_post(guest.reader, Post.objects.get(), None).word_to_author == "The first word."


def test_the_note_of_a_follow_up_is_undone_with_it_and_once_there_when_decided_again(
    guest: GuestPost, moderator: User
) -> None:
    add_note(case_of(guest.post), actor=moderator, text="Of before.")
    also = Also(follow_up=today() + dt.timedelta(days=3), follow_up_note="Ask about the friend.")
    decided(guest.post, moderator, "PUBLISH", also=also)
    case = undone(guest.post, moderator)
    assert [note.text for note in notes_about(case, is_lead=True)] == ["Of before."]
    decided(guest.post, moderator, "PUBLISH", also=also)
    assert {note.text for note in notes_about(case, is_lead=True)} == {"Ask about the friend.", "Of before."}
    assert CaseNote.objects.count() == 2


def test_fifteen_seconds_later_it_is_too_late(guest: GuestPost, moderator: User, clock: time_machine.Traveller) -> None:
    decided(guest.post, moderator, Action.PUBLISH)
    clock.shift(15)
    assert undoable_by(moderator) is None
    with pytest.raises(UndoTooLate):
        undone(guest.post, moderator)
    assert Post.objects.get().state == "PUBLISHED"


def test_somebody_else_does_not_undo_it_and_nobody_twice(guest: GuestPost, moderator: User, member: User) -> None:
    decided(guest.post, moderator, Action.PUBLISH)
    with pytest.raises(NotAModerator):
        undone(guest.post, member)
    with pytest.raises(UndoTooLate):
        undone(guest.post, make_moderator("desk two", moderator))
    undone(guest.post, moderator)
    with pytest.raises(UndoTooLate):
        undone(guest.post, moderator)
    assert Case.objects.get().state == CaseState.OPEN


def test_a_late_request_does_not_undo_another_decision_than_it_means(guest: GuestPost, moderator: User) -> None:
    decided(guest.post, moderator, Action.PUBLISH)
    meant = Seen.of(case_of(guest.post))
    undone(guest.post, moderator)
    decided(guest.post, moderator, Action.RETURN, word="Please leave out the street.")
    with pytest.raises(CaseChanged):
        undo_decision(case_of(guest.post), actor=moderator, seen=meant)
    assert Post.objects.get().state == "RETURNED"


def test_what_its_author_did_since_is_not_undone(guest: GuestPost, moderator: User) -> None:
    decided(guest.post, moderator, Action.PUBLISH)
    withdraw_post(guest.post, actor=guest.reader)
    with pytest.raises(SomethingHappenedSince):
        undone(guest.post, moderator)
    assert Post.objects.get().state == "WITHDRAWN"


def test_a_report_that_came_in_since_is_a_case_to_decide_anew(guest: GuestPost, moderator: User) -> None:
    decided(guest.post, moderator, Action.PUBLISH)
    closed = case_of(guest.post)
    report_post(guest.post, actor="a", reason="DANGER")
    with pytest.raises(SomethingHappenedSince):
        undo_decision(closed, actor=moderator, seen=Seen.of(closed))
    assert Post.objects.get().state == "PUBLISHED"


def test_an_answer_published_by_mistake_leaves_its_story_waiting_as_before(
    category: Category, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    story = written_by(trusted_member, category, title="Nobody yet")
    clock.shift(dt.timedelta(hours=7))
    case = take_next(actor=moderator)
    assert case is not None
    assert case.post_id == story.pk
    reply = reply_to(story, actor=Speaker(SpeaksAs.GUEST), text="I believe you.").post
    decided(reply, moderator, Action.PUBLISH)
    assert not Case.objects.filter(post=story, state=CaseState.OPEN).exists()
    undone(reply, moderator)
    assert Case.objects.get(post=story, state=CaseState.OPEN).reasons == ["unanswered"]


def test_the_inbox_says_nothing_of_a_word_that_has_not_left(
    category: Category, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    from forum.authorship import Reader

    post = written_by(trusted_member, category)
    report_post(post, actor="a", reason="OTHER")
    decided(post, moderator, Action.LEAVE, word="Somebody worried for you.")
    reader = Reader(member=trusted_member)
    assert not own_posts_decided(reader, {})
    clock.shift(15)
    assert [each.word_to_author for each in own_posts_decided(reader, {})] == ["Somebody worried for you."]


# --- Through the doors ------------------------------------------------------------------------------------------------


def test_the_desk_offers_undo_and_what_was_typed_is_in_the_form_again(
    client: Client, guest: GuestPost, moderator: User, clock: time_machine.Traveller
) -> None:
    create_first_notes()
    note = notes_offered()[0].public_id
    desk = sign_in(client, moderator)
    case = take(case_of(guest.post), actor=moderator)
    place = f"/admin/moderation/case/{case.pk}/change/"
    typed = {
        "action": "RETURN", "word": "Typed word.", "reason": "Typed reason.", "notes": [note],
        "right_imminent_danger": "no", "sanction-level": "PREMODERATION", "sanction-days": "5",
        "sanction-reason": "Typed for them.", "sanction-only_here": "1",
    }  # fmt: skip
    page = desk.post(place, {"seen": str(Seen.of(case)), **typed}, follow=True).content.decode()
    assert 'value="undo"' in page
    desk.post(place, {"do": "undo", "seen": str(Seen.of(case_of(guest.post)))})
    page = desk.get(place).content.decode()
    for words in ("Typed word.", "Typed reason.", "Typed for them.", 'value="5"', "You have this case until"):
        assert words in page
    for value in ("RETURN", note, "no", "PREMODERATION", "1"):
        assert f'value="{value}"' in page
    assert page.count(" checked") >= 4
    assert 'value="undo"' not in page
    assert Post.objects.get().state == "HELD"


def test_too_late_at_the_desk_is_said_kindly(
    client: Client, guest: GuestPost, moderator: User, clock: time_machine.Traveller
) -> None:
    desk = sign_in(client, moderator)
    decided(guest.post, moderator, Action.PUBLISH)
    case = case_of(guest.post)
    clock.shift(16)
    place = f"/admin/moderation/case/{case.pk}/change/"
    page = desk.post(place, {"do": "undo", "seen": str(Seen.of(case))}, follow=True).content.decode()
    assert "There is nothing of yours to undo here any more" in page
    assert 'value="undo"' not in page


def test_undo_through_the_api(client: Client, guest: GuestPost, moderator: User, clock: time_machine.Traveller) -> None:
    desk = sign_in(client, moderator)
    case = case_of(guest.post)
    address = f"/api/v1/desk/cases/{case.public_id}/"
    answer = desk.post(
        f"{address}decisions/", {"action": "HIDE", "reason": "A street."}, content_type="application/json",
        headers={"Idempotency-Key": "a-key-of-our-own-00001", "If-Match": str(Seen.of(case))},
    ).json()  # fmt: skip
    assert answer["undo_until"] == "2026-03-02T10:00:15Z"
    assert desk.post(f"{address}undoing/").status_code == 428
    undoing = desk.post(f"{address}undoing/", headers={"If-Match": answer["etag"]})
    assert (undoing.status_code, undoing.json()["is_mine"], undoing.json()["post"]["state"]) == (200, True, "HELD")
    assert undoing.json()["decisions"][0]["is_undone"] is True
    again = desk.post(f"{address}undoing/", headers={"If-Match": answer["etag"]})
    assert (again.status_code, again.json()["code"]) == (409, "undo-too-late")
    assert "its author may have read" not in again.json()["title"]


def test_the_statement_of_reasons_is_there_with_the_word_and_not_where_it_was_undone(
    client: Client, guest: GuestPost, moderator: User, clock: time_machine.Traveller
) -> None:
    address = f"/api/v1/posts/{guest.post.public_id}/statements/"
    code = {"Authorization": f"Bearer {guest.code}"}
    decided(guest.post, moderator, Action.HIDE, reason="By mistake.")
    undone(guest.post, moderator)
    decided(guest.post, moderator, Action.RETURN, word="Please leave out the street.")
    for seconds, reasons in ((0, []), (15, [["Please leave out the street."]])):
        clock.shift(seconds)
        told = client.get(address, headers=code).json()["statements"]
        assert [statement["reasons"] for statement in told] == reasons
