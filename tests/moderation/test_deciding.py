from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client

from common.days import today
from common.errors import Invalid
from forum.models import Category, Post
from forum.queries import notes_offered
from forum.services.content_notes import NoteUnknown, create_first_notes, team_notes_of
from forum.services.posts import edit_post
from forum.services.visibility import erase_post, publish_post, withdraw_post
from forum.states import PostState
from moderation import audit
from moderation.models import Action, AuditEntry, Case, CaseState, Decision, DecisionEffect, Level, Seen, Undoing
from moderation.services.cases import CaseAlreadyClosed, PostChanged
from moderation.services.decisions import ActionNotPossible, ReasonMissing, WordMissing, decide
from moderation.services.effects import Also
from moderation.services.reports import ReasonUnknown, report_post
from moderation.services.roles import NotAModerator
from moderation.services.sanctions import Terms
from tests.personas import GuestPost, open_cases, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category)


def decided(action: str, by: User, *, version: int | None = None, word: str = "", reason: str = "") -> Decision:
    case = open_cases()[0]
    seen = Seen.of(case)
    if version is not None:
        seen = replace(seen, post_version=version)
    return decide(case, actor=by, action=action, seen=seen, word=word, reason=reason)


def state() -> str:
    return Post.objects.get().state


def test_publishing_shows_it_closes_the_case_and_is_written_down(guest: GuestPost, moderator: User) -> None:
    decision = decided(Action.PUBLISH, moderator)
    assert state() == PostState.PUBLISHED
    assert Case.objects.get().state == CaseState.CLOSED
    assert (decision.moderator, decision.post_version) == (moderator, 1)
    entry = AuditEntry.objects.latest("number")
    assert (entry.event, entry.facts["action"], entry.moderator) == ("case_decided", "PUBLISH", moderator)


def test_returning_needs_a_word_that_its_author_reads(guest: GuestPost, moderator: User) -> None:
    with pytest.raises(WordMissing):
        decided(Action.RETURN, moderator)
    assert state() == PostState.HELD
    decided(Action.RETURN, moderator, word="Please leave out the school's name.")
    assert state() == PostState.RETURNED
    assert Post.objects.get().word_to_author == "Please leave out the school's name."


def test_whoever_reads_of_a_returned_post_is_not_called_its_author(
    client: Client, guest: GuestPost, moderator: User
) -> None:
    decided(Action.RETURN, moderator, word="Please leave out the school's name.")
    page = sign_in(client, moderator).get(f"/admin/moderation/case/{Case.objects.get().pk}/change/").content.decode()
    assert "sent back to its author with a word" in page
    assert "sent back to you" not in page
    client.post("/claim/", {"code": guest.code})
    assert "Sent back to you with a word" in client.get(f"/p/{guest.post.public_id}/").content.decode()


def test_hiding_needs_a_reason_that_its_author_reads(guest: GuestPost, moderator: User) -> None:
    with pytest.raises(ReasonMissing):
        decided(Action.HIDE, moderator, reason="   ")
    decided(Action.HIDE, moderator, reason="It names a street.")
    assert state() == PostState.HIDDEN
    assert Post.objects.get().word_to_author == "It names a street."


def test_a_case_is_decided_once(guest: GuestPost, moderator: User) -> None:
    case = Case.objects.get()
    decide(case, actor=moderator, action=Action.PUBLISH, seen=Seen.of(case))
    with pytest.raises(CaseAlreadyClosed):
        decide(case, actor=moderator, action=Action.HIDE, seen=Seen(2, 0, 2), reason="r")
    assert state() == PostState.PUBLISHED
    assert Decision.objects.count() == 1


def test_what_changed_after_it_was_read_is_read_again(guest: GuestPost, moderator: User) -> None:
    edit_post(guest.post, actor=guest.reader, version=1, title="T", text="Something else entirely.")
    with pytest.raises(PostChanged):
        decided(Action.PUBLISH, moderator, version=1)
    assert state() == PostState.HELD
    assert not Decision.objects.exists()


def test_only_moderators_decide(guest: GuestPost, member: User) -> None:
    with pytest.raises(NotAModerator):
        decided(Action.PUBLISH, member)
    assert state() == PostState.HELD


@pytest.mark.parametrize("action", ["LEAVE", "BURN"])
def test_what_waits_is_not_left_waiting(guest: GuestPost, moderator: User, action: str) -> None:
    with pytest.raises(ActionNotPossible):
        decided(action, moderator)
    assert Case.objects.get().state == CaseState.OPEN


def test_words_have_a_limit(guest: GuestPost, moderator: User) -> None:
    with pytest.raises(Invalid):
        decided(Action.RETURN, moderator, word="x" * 2001)
    assert state() == PostState.HELD


def test_all_that_is_missing_is_said_at_once(guest: GuestPost, moderator: User) -> None:
    case = open_cases()[0]
    with pytest.raises(Invalid) as refused:
        decide(
            case,
            actor=moderator,
            action=Action.RETURN,
            seen=Seen.of(case),
            reason="x" * 2001,
            sanction=Terms("SUSPENSION", "", None),
            also=Also(reach_out="*", follow_up=today()),
            marks=["what does not stand there"],
        )
    assert refused.value.code == "invalid"
    expected = {"word", "reason", "sanction/reason", "sanction/days", "also/follow_up", "marks"}
    assert set(refused.value.fields) == expected
    assert WordMissing.message in refused.value.fields["word"], "beside that people who can help come with a word"
    assert len(refused.value.fields["word"]) == 2
    assert state() == PostState.HELD


def test_by_api_it_is_one_answer_as_well(client: Client, guest: GuestPost, moderator: User) -> None:
    case = open_cases()[0]
    body = {"action": "RETURN", "sanction": {"level": "SUSPENSION", "reason": "r"}, "also": {"move_to": "nowhere"}}
    answer = sign_in(client, moderator).post(
        f"/api/v1/desk/cases/{case.public_id}/decisions/", body, "application/json",
        headers={"If-Match": f'"{Seen.of(case)}"', "Idempotency-Key": "a-key-of-our-own-00001"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert sorted(pointers) == ["#/also/move_to", "#/sanction/days", "#/word"]


def test_one_reason_is_asked_for_once(guest: GuestPost, moderator: User) -> None:
    case = open_cases()[0]
    with pytest.raises(ReasonMissing) as refused:
        decide(case, actor=moderator, action=Action.HIDE, seen=Seen.of(case), also=Also(lock_branch=True))
    assert refused.value.fields == {"reason": [ReasonMissing.message]}


def test_what_changed_comes_before_marks_that_stand_there_no_more(guest: GuestPost, moderator: User) -> None:
    case = open_cases()[0]
    seen = Seen.of(case)
    edit_post(guest.post, actor=guest.reader, version=1, title="T", text="Something else entirely.")
    case = open_cases()[0]
    with pytest.raises(PostChanged):
        decide(case, actor=moderator, action=Action.RETURN, seen=seen, word="Please.", marks=["Some words"])


def test_what_its_author_took_back_needs_no_decision(guest: GuestPost) -> None:
    withdraw_post(guest.post, actor=guest.reader)
    assert not open_cases().exists()


def test_reports_of_one_post_are_one_case_and_one_reader_counts_once(guest: GuestPost, moderator: User) -> None:
    decided(Action.PUBLISH, moderator)
    for reporter in ("a", "b", "a"):
        report_post(guest.post, actor=reporter, reason="BLAMES")
    case = open_cases().get()
    assert case.reasons == ["reported:BLAMES"]
    assert case.reports.count() == 2


def test_reports_queue_and_never_hide(guest: GuestPost, moderator: User) -> None:
    publish_post(guest.post, actor=moderator)
    for number in range(10):
        report_post(guest.post, actor=f"fresh account {number}", reason="HOSTILE")
    assert state() == PostState.PUBLISHED


def test_a_report_of_no_kind_is_refused(guest: GuestPost) -> None:
    with pytest.raises(ReasonUnknown):
        report_post(guest.post, actor="a", reason="BORED")


def test_erasing_does_not_close_a_reported_case(guest: GuestPost, moderator: User) -> None:
    publish_post(guest.post, actor=moderator)
    report_post(guest.post, actor="a", reason="DANGER")
    erase_post(guest.post, actor=guest.reader)
    assert open_cases().count() == 1


@pytest.mark.parametrize("table", ["moderation_auditentry", "moderation_decision", "moderation_statement"])
@pytest.mark.parametrize("deed", ["DELETE FROM {}", "UPDATE {} SET id = id"])
def test_the_database_itself_refuses_to_rewrite_history(
    guest: GuestPost, moderator: User, table: str, deed: str
) -> None:
    decided(Action.HIDE, moderator, reason="A reason.")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed.format(table))


@pytest.mark.parametrize("action", [Action.PUBLISH, Action.RETURN, Action.HIDE])
def test_a_word_reaches_the_author_whatever_is_done(guest: GuestPost, moderator: User, action: str) -> None:
    decided(action, moderator, word="Thank you for telling us.", reason="A reason.")
    assert Post.objects.get().word_to_author.startswith("Thank you for telling us.")


def test_a_word_about_what_is_left_as_it_is_reaches_its_author(guest: GuestPost, moderator: User) -> None:
    post = publish_post(guest.post, actor=None)
    decided(Action.LEAVE, moderator, word="Somebody worried for you.")
    post = Post.objects.get()
    assert (post.state, post.word_to_author) == (PostState.PUBLISHED, "Somebody worried for you.")


def test_the_same_decision_sent_twice_is_once(guest: GuestPost, moderator: User) -> None:
    case = Case.objects.get()
    sent: dict[str, Any] = {
        "actor": moderator,
        "action": Action.PUBLISH,
        "seen": Seen.of(case),
        "word": "Thank you.",
        "sanction": Terms(Level.PREMODERATION, "A reason.", days=3),
        "also": Also(reach_out="*", follow_up=today() + dt.timedelta(days=1), follow_up_note="Look.", lock_branch=True),
        "reason": "A reason.",
        "judged": {"self_harm": False},
    }
    first, second = (decide(case, **sent) for _ in range(2))
    assert first == second
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"also": Also(reach_out="*")},
        {"also": Also(follow_up=dt.date(2026, 9, 2))},
        {"also": Also(follow_up_note="Is she safe?")},
        {"also": Also(reply="zz")},
        {"judged": {"self_harm": True}},
        {"sanction": Terms(Level.WARNING, "A reason.")},
        {"word": "Another word."},
        {"seen": Seen(999_999_999, 0, 1)},
        {"seen": Seen(1, 7, 1)},
    ],
)
def test_a_second_page_that_says_more_is_refused_and_not_called_done(
    guest: GuestPost, moderator: User, other: dict[str, Any], clock: time_machine.Traveller
) -> None:
    """Two pages of one case: what the second says besides would be lost, and its moderator would think it done."""
    clock.move_to(dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC))
    case = Case.objects.get()
    sent: dict[str, Any] = {"action": Action.PUBLISH, "seen": Seen(1, 0, 1), "word": "Thank you."}
    decide(case, actor=moderator, **sent)
    with pytest.raises(CaseAlreadyClosed):
        decide(case, actor=moderator, **sent | other)
    assert Decision.objects.count() == 1
    assert not DecisionEffect.objects.exists()


def test_what_was_sent_is_not_known_for_ever(guest: GuestPost, moderator: User) -> None:
    case = Case.objects.get()
    sent: dict[str, Any] = {"actor": moderator, "action": Action.PUBLISH, "seen": Seen(1, 0, 1)}
    decide(case, **sent)
    Undoing.objects.all().delete()  # as it goes by itself, some hours later
    with pytest.raises(CaseAlreadyClosed):
        decide(case, **sent)


# --- Content notes ----------------------------------------------------------------------------------------------------


@pytest.fixture
def note(db: None) -> str:
    create_first_notes()
    return notes_offered()[0].public_id


def noted(by: User, *notes: str, action: str = Action.PUBLISH, word: str = "") -> Decision:
    case = Case.objects.select_related("post").latest("opened_at")
    return decide(case, actor=by, action=action, seen=replace(Seen.of(case), post_version=1), word=word, notes=notes)


def test_publishing_with_a_content_note_puts_it_there_and_writes_it_down(
    guest: GuestPost, moderator: User, note: str
) -> None:
    noted(moderator, note)
    assert state() == PostState.PUBLISHED
    assert team_notes_of(Post.objects.get()) == {note}
    assert AuditEntry.objects.latest("number").facts["notes"] == [note]
    assert not list(audit.problems())


def test_sent_twice_with_the_same_notes_it_is_one_decision_and_with_others_it_is_refused(
    guest: GuestPost, moderator: User, note: str
) -> None:
    case = Case.objects.get()
    sent: dict[str, Any] = {"actor": moderator, "action": Action.PUBLISH, "seen": Seen.of(case)}
    first = decide(case, notes=[note], **sent)
    assert decide(case, notes=[note], **sent) == first
    for others in ([], [note, notes_offered()[1].public_id]):
        with pytest.raises(CaseAlreadyClosed):
            decide(case, notes=others, **sent)
    assert team_notes_of(Post.objects.get()) == {note}
    assert Decision.objects.count() == 1


def test_a_note_that_is_not_on_the_list_decides_nothing(guest: GuestPost, moderator: User, note: str) -> None:
    with pytest.raises(NoteUnknown):
        noted(moderator, "none")
    assert state() == PostState.HELD
    assert not Decision.objects.exists()


def test_a_returned_post_keeps_the_note_when_it_comes_back(guest: GuestPost, moderator: User, note: str) -> None:
    noted(moderator, note, action=Action.RETURN, word="Please leave out the name.")
    post = Post.objects.get()
    edit_post(post, actor=guest.reader, version=post.version, title="T", text="Without it.")
    assert team_notes_of(Post.objects.get()) == {note}
