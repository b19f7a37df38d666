"""Content notes: the list a forum begins with, and what a post carries. The list itself is edited in the admin."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from common.public_id import is_public_id
from forum.models import CarriedNote, ContentNote, Post, ShippedNote
from forum.services.visibility import MoveNotAllowed, lock_post
from forum.states import PostState

if TYPE_CHECKING:
    from accounts.models import User

MOST_NOTES = 50  # that one request may name


class NoteUnknown(Invalid):
    code = "note-unknown"
    message = _("One of the content notes is not on the list. Please choose from those that are.")


@transaction.atomic
def create_first_notes() -> None:
    """The shipped list, where there is none yet."""
    if not ContentNote.objects.exists():
        ContentNote.objects.bulk_create(
            ContentNote(shipped=shipped, position=place) for place, shipped in enumerate(ShippedNote, start=1)
        )


def notes_named(ids: Collection[str], *, field: str = "notes") -> list[ContentNote]:
    """By their public ids; also such as are no longer offered, for posts carry them. Raises NoteUnknown."""
    readable = [each for each in ids if is_public_id(each)]
    found = list(ContentNote.objects.filter(public_id__in=readable)) if readable else []
    if len(found) != len(set(ids)):
        raise NoteUnknown(fields={field: [NoteUnknown.message]})
    return found


def put_notes(post: Post, notes: Iterable[ContentNote], *, is_by_moderator: bool) -> None:
    """From now on it carries these as well. Under the thread's lock. What a moderator puts there is theirs alone."""
    carried = {row.note_id: row for row in post.carried_notes.all()}
    notes = list(notes)
    CarriedNote.objects.bulk_create(
        CarriedNote(post=post, note=note, is_by_moderator=is_by_moderator) for note in notes if note.pk not in carried
    )
    if is_by_moderator:
        CarriedNote.objects.filter(post=post, note__in=notes).update(is_by_moderator=True)
    _count(post)


def take_notes_off(post: Post, keep: Collection[ContentNote], *, is_by_moderator: bool) -> bool:
    """Of its author's, or of the moderators', all but these. Under the lock. Returns whether any went."""
    theirs = CarriedNote.objects.filter(post=post, is_by_moderator=is_by_moderator)
    gone, _rows = theirs.exclude(note__in=keep).delete()
    _count(post)
    return gone > 0


@transaction.atomic
def set_team_notes(post: Post, notes: Collection[ContentNote], *, actor: User) -> Post:
    """Moderators say what it contains: exactly this, beside what its author said. `actor` decides cases; moderation
    (moderation/services/content_notes.py) sees to that and writes it down.
    """
    _thread, fresh = lock_post(post)
    if fresh.state == PostState.ERASED:
        raise MoveNotAllowed
    take_notes_off(fresh, notes, is_by_moderator=True)
    put_notes(fresh, notes, is_by_moderator=True)
    return fresh


@transaction.atomic
def add_team_notes(post: Post, notes: Collection[ContentNote], *, actor: User) -> Post:
    """The same, beside what other moderators said."""
    _thread, fresh = lock_post(post)
    if fresh.state == PostState.ERASED:
        raise MoveNotAllowed
    put_notes(fresh, notes, is_by_moderator=True)
    return fresh


@transaction.atomic
def take_team_notes_back(
    post: Post, *, actor: User, new: Collection[ContentNote], of_author: Collection[ContentNote]
) -> None:
    """What moderators put there goes; what its author had said before them is the author's again."""
    _thread, fresh = lock_post(post)
    theirs = CarriedNote.objects.filter(post=fresh, is_by_moderator=True)
    theirs.filter(note__in=new).delete()
    theirs.filter(note__in=of_author).update(is_by_moderator=False)
    _count(fresh)


@transaction.atomic
def restore_notes(post: Post, carried: Sequence[tuple[int, bool]]) -> None:
    """Of a post whose words came back: the row of each note, and whether a moderator put it there."""
    _thread, fresh = lock_post(post)
    for is_by_moderator in (False, True):
        rows = [note for note, is_theirs in carried if is_theirs == is_by_moderator]
        put_notes(fresh, ContentNote.objects.filter(pk__in=rows), is_by_moderator=is_by_moderator)


def team_notes_of(post: Post) -> set[str]:
    """The ids of those that moderators put there."""
    return set(post.carried_notes.filter(is_by_moderator=True).values_list("note__public_id", flat=True))


def _count(post: Post) -> None:
    has_notes = CarriedNote.objects.filter(post=post).exists()
    if has_notes != post.has_notes:
        post.has_notes = has_notes
        post.save(update_fields=["has_notes"])
