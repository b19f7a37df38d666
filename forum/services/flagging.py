"""The flag of whoever began a conversation, on a reply that is not what they asked for (safety.md 2, number 3).

The reply is held at once and a moderator decides. Nothing is erased, none is counted, nobody is told whose flag it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, NotAllowed
from forum import signals
from forum.models import Post
from forum.policies import can_flag, is_author, is_for_reading_only
from forum.queries import opening_above
from forum.services.anonymity import ClaimForReadingOnly
from forum.services.visibility import hold_flagged, lock_post, release_flagged
from forum.states import Flag

if TYPE_CHECKING:
    from forum.authorship import Reader


class NotYourStory(NotAllowed):
    code = "not-your-story"
    message = _(
        "Only whoever began this conversation can do that. If it was you, open it with your six words or your password."
    )


class CannotFlag(Conflict):
    code = "post-cannot-be-flagged"
    message = _("This cannot be held now. You can still report it.")


@transaction.atomic
def flag_reply(post: Post, *, actor: Reader) -> None:
    """Held from now on. Twice is once. `post` comes with its thread and category loaded.

    One that a moderator has published in spite of a flag cannot be flagged again as long as its words are the same.
    """
    opening = _own_opening(post, actor)
    _thread, fresh = lock_post(post)
    if fresh.flag == Flag.WAITS:
        return
    if not can_flag(actor, fresh, opening):
        raise CannotFlag
    signals.reply_flagged.send(Post, post=hold_flagged(fresh, actor=actor), is_held=True)


@transaction.atomic
def undo_flag(post: Post, *, actor: Reader) -> None:
    """It is there again, unless its words changed or somebody decided meanwhile: then nothing is undone, and that is no
    error.
    """
    _own_opening(post, actor)
    _thread, fresh = lock_post(post)
    if fresh.flag == Flag.WAITS:
        signals.reply_flagged.send(Post, post=release_flagged(fresh, actor=actor), is_held=False)


def require_flaggable(post: Post, actor: Reader) -> None:
    if not can_flag(actor, post, _own_opening(post, actor)):
        raise CannotFlag


def _own_opening(post: Post, actor: Reader) -> Post:
    opening = opening_above(post)
    if not is_author(actor, opening):
        raise NotYourStory
    if is_for_reading_only(actor, opening):
        raise ClaimForReadingOnly
    return opening
