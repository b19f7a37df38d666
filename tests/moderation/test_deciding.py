from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from common.errors import Invalid
from forum.models import Category, Post
from forum.queries import notes_offered
from forum.services.content_notes import NoteUnknown, create_first_notes, team_notes_of
from forum.services.posts import edit_post
from forum.services.visibility import erase_post, publish_post, withdraw_post
from forum.states import PostState
from moderation import audit
from moderation.models import Action, AuditEntry, Case, CaseState, Decision, Seen
from moderation.queries import open_cases
from moderation.services.cases import CaseAlreadyClosed, NotAModerator, PostChanged
from moderation.services.decisions import ActionNotPossible, ReasonMissing, WordMissing, decide
from moderation.services.reports import ReasonUnknown, report_post
from tests.personas import GuestPost, written_by_guest

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
    first, second = (decide(case, actor=moderator, action=Action.PUBLISH, seen=Seen(1, 0, 1)) for _ in range(2))
    assert first == second
    assert Decision.objects.count() == 1


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
    first = noted(moderator, note)
    assert noted(moderator, note) == first
    with pytest.raises(CaseAlreadyClosed):
        noted(moderator, note, notes_offered()[1].public_id)
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
