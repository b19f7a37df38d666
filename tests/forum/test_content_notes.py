"""What a post is said to contain: by its author, by moderators, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.identity import identity_of
from forum.authorship import VISITOR, Reader, Speaker, SpeaksAs
from forum.models import CarriedNote, Category, ContentNote, Post, ShippedNote, Thread
from forum.queries import ShownPost, notes_offered, post_for, search_page, show_post, threads_page
from forum.services import own_data
from forum.services.content_notes import (
    NoteUnknown,
    add_team_notes,
    create_first_notes,
    notes_named,
    set_team_notes,
)
from forum.services.posts import change_notes, edit_post, reply_to, start_thread
from forum.services.visibility import MoveNotAllowed, NotYourPost, erase_post, hide_post, publish_post
from forum.states import PostState
from moderation.models import Case, CaseState
from tests.personas import GUEST, GuestPost, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def notes(db: None) -> dict[str, ContentNote]:
    create_first_notes()
    return {note.shipped: note for note in ContentNote.objects.all()}


@pytest.fixture
def violence(notes: dict[str, ContentNote]) -> ContentNote:
    return notes[ShippedNote.VIOLENCE]


@pytest.fixture
def death(notes: dict[str, ContentNote]) -> ContentNote:
    return notes[ShippedNote.DEATH]


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category)


@pytest.fixture
def author(trusted_member: User) -> Reader:
    return Reader(trusted_member)


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread__category", "thread_pseudonym", "author").get(pk=post.pk)


def shown(reader: Reader, post: Post) -> ShownPost:
    return show_post(reader, post_for(reader, post.public_id), None)


def carried(post: Post) -> dict[str, bool]:
    """Each note, and whether a moderator put it there; the flag on the post says the same."""
    rows = dict(CarriedNote.objects.filter(post=post).values_list("note__shipped", "is_by_moderator"))
    assert fresh(post).has_notes == bool(rows)
    return rows


# --- The list ---------------------------------------------------------------------------------------------------------


def test_a_forum_begins_with_a_list_and_gets_it_once(notes: dict[str, ContentNote]) -> None:
    create_first_notes()
    assert [note.shipped for note in notes_offered()] == list(ShippedNote.values)


def test_shipped_words_are_translated_and_an_operators_own_are_not(violence: ContentNote) -> None:
    with translation.override("de"):
        assert violence.words == ShippedNote.VIOLENCE.label
    violence.title = "hitting and worse"
    with translation.override("de"):
        assert str(violence) == "hitting and worse"


def test_a_note_of_ones_own_needs_words(db: None) -> None:
    with pytest.raises(ValidationError):
        ContentNote(title="").full_clean()
    ContentNote(title="court").full_clean()


def test_a_note_that_is_no_longer_offered_stays_on_posts(violence: ContentNote, story: Post, author: Reader) -> None:
    change_notes(story, actor=author, notes=[violence])
    violence.is_offered = False
    violence.save()
    assert violence not in notes_offered()
    assert violence in notes_offered([violence.pk])
    assert [str(note) for note in shown(VISITOR, story).notes] == ["violence"]


@pytest.mark.parametrize("wrong", [["nothing like it"], ["\0"], ["a" * 14]])
def test_what_is_not_on_the_list_is_refused(notes: dict[str, ContentNote], wrong: list[str]) -> None:
    with pytest.raises(NoteUnknown):
        notes_named(wrong)


# --- Its author -------------------------------------------------------------------------------------------------------


def test_a_story_and_a_reply_are_written_with_notes(
    trusted_member: User, category: Category, violence: ContentNote, death: ContentNote
) -> None:
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    story = start_thread(category, actor=speaker, title="T", text="Words.", notes=[violence]).post
    reply = reply_to(story, actor=speaker, text="Words.", notes=[violence, death]).post
    assert carried(story) == {"VIOLENCE": False}
    assert carried(reply) == {"VIOLENCE": False, "DEATH": False}


def test_adding_asks_for_no_first_look_in_a_locked_thread_neither(category: Category, violence: ContentNote) -> None:
    guest = written_by_guest(category)
    publish_post(guest.post, actor=None)
    Case.objects.update(state=CaseState.CLOSED)
    Thread.objects.update(is_locked=True)
    before = fresh(guest.post)
    change_notes(fresh(guest.post), actor=guest.reader, notes=[violence])
    assert fresh(guest.post).state == PostState.PUBLISHED
    assert fresh(guest.post).version == before.version
    assert carried(guest.post) == {"VIOLENCE": False}
    assert not Case.objects.filter(state=CaseState.OPEN).exists()


def test_taking_one_off_is_looked_at_like_an_edit(
    category: Category, violence: ContentNote, death: ContentNote
) -> None:
    guest = written_by_guest(category)
    publish_post(guest.post, actor=None)
    Case.objects.update(state=CaseState.CLOSED)
    change_notes(fresh(guest.post), actor=guest.reader, notes=[violence, death])
    change_notes(fresh(guest.post), actor=guest.reader, notes=[death])
    assert fresh(guest.post).state == PostState.HELD
    assert Case.objects.get(state=CaseState.OPEN).reasons == ["guest", "note_taken_off"]


def test_whoever_needs_no_first_look_takes_one_off_without(story: Post, author: Reader, violence: ContentNote) -> None:
    change_notes(story, actor=author, notes=[violence])
    change_notes(story, actor=author, notes=[])
    assert fresh(story).state == PostState.PUBLISHED
    assert carried(story) == {}


def test_nobody_else_changes_them(story: Post, other_member: User, violence: ContentNote) -> None:
    with pytest.raises(NotYourPost):
        change_notes(story, actor=Reader(other_member), notes=[violence])
    assert carried(story) == {}


def test_an_edit_leaves_them(story: Post, author: Reader, violence: ContentNote) -> None:
    change_notes(story, actor=author, notes=[violence])
    edit_post(fresh(story), actor=author, version=fresh(story).version, title="T", text="Other words.")
    assert carried(story) == {"VIOLENCE": False}


# --- Moderators -------------------------------------------------------------------------------------------------------


def test_what_a_moderator_put_there_its_author_cannot_take_off(
    story: Post, author: Reader, moderator: User, violence: ContentNote, death: ContentNote
) -> None:
    change_notes(story, actor=author, notes=[violence, death])
    add_team_notes(story, [violence], actor=moderator)
    change_notes(fresh(story), actor=author, notes=[])
    assert carried(story) == {"VIOLENCE": True}
    assert [note.is_by_moderator for note in shown(author, story).notes] == [True]
    assert [note.is_by_moderator for note in shown(VISITOR, story).notes] == [False]


def test_a_moderator_takes_off_a_moderators_and_leaves_the_authors(
    story: Post, author: Reader, moderator: User, violence: ContentNote, death: ContentNote
) -> None:
    change_notes(story, actor=author, notes=[death])
    set_team_notes(story, [violence], actor=moderator)
    set_team_notes(story, [], actor=moderator)
    assert carried(story) == {"DEATH": False}


def test_an_erased_post_takes_no_note(story: Post, author: Reader, moderator: User, violence: ContentNote) -> None:
    erase_post(story, actor=author)
    for put in (add_team_notes, set_team_notes):
        with pytest.raises(MoveNotAllowed):
            put(fresh(story), [violence], actor=moderator)
    assert carried(story) == {}


# --- What others are shown --------------------------------------------------------------------------------------------


def test_lists_and_hits_have_no_word_of_a_noted_post(
    trusted_member: User, category: Category, violence: ContentNote
) -> None:
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    start_thread(category, actor=speaker, title="Evenings", text="Sentinel words.", notes=[violence])
    (thread, *_others) = threads_page(VISITOR).threads
    assert (thread.title, thread.excerpt, [str(note) for note in thread.notes]) == ("Evenings", "", ["violence"])
    (hit,) = search_page(VISITOR, "sentinel").hits
    assert (hit.excerpt, [str(note) for note in hit.notes]) == ((), ["violence"])


def test_the_notes_of_what_is_not_shown_are_not_told(
    story: Post, author: Reader, moderator: User, violence: ContentNote, trusted_member: User
) -> None:
    change_notes(story, actor=author, notes=[violence])
    reply_to(fresh(story), actor=Speaker(SpeaksAs.PSEUDONYM, trusted_member), text="Words.")
    hide_post(fresh(story), actor=moderator, word="Why.")
    assert shown(VISITOR, story).notes == ()
    assert threads_page(VISITOR).threads[0].notes == ()


# --- What becomes of them ---------------------------------------------------------------------------------------------


def test_they_go_with_the_words(story: Post, author: Reader, violence: ContentNote) -> None:
    change_notes(story, actor=author, notes=[violence])
    erase_post(fresh(story), actor=author)
    assert carried(story) == {}


def test_they_are_in_ones_own_copy_and_come_back_with_a_sealed_account(
    story: Post, author: Reader, trusted_member: User, moderator: User, violence: ContentNote, death: ContentNote
) -> None:
    change_notes(story, actor=author, notes=[violence])
    add_team_notes(story, [death], actor=moderator)
    me = identity_of(trusted_member)
    facts = [own.facts.get("Content notes") for own in own_data.export_of(me) if story.public_id in own.facts.values()]
    assert facts == ["violence, death or grief"]
    archive = own_data.archive_of(me, own_data.close(me, keep_words=False))
    for _step in own_data.erase(me, keep_words=False):
        pass
    assert carried(story) == {}
    own_data.restore(me, archive)
    assert carried(story) == {"VIOLENCE": False, "DEATH": True}


def test_a_guest_writes_with_notes(category: Category, violence: ContentNote) -> None:
    written = start_thread(category, actor=GUEST, title="T", text="Words.", notes=[violence])
    guest = GuestPost(written.post, written.claim_code)
    assert [str(note) for note in shown(guest.reader, guest.post).notes] == ["violence"]
