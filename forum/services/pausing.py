"""A pause: whoever began a conversation takes no new replies in it for a while (safety.md D4).

Theirs alone, wherever the story stands, in a locked thread too; a moderator's lock is another thing and stays as it is.
What was sent before the pause and waits for a first look may still appear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from forum.services.visibility import lock_thread, require_own

if TYPE_CHECKING:
    from forum.authorship import Reader
    from forum.models import Post


class RepliesPaused(Conflict):
    code = "replies-paused"
    message = _(
        "Whoever began this conversation has asked for a pause, so it takes no replies just now. Nothing you wrote is "
        "lost: keep your words, and send them when it goes on."
    )


def pause_replies(opening: Post, *, actor: Reader) -> None:
    """Twice is once. `opening` is the thread's opening post. Raises NotYourPost, or ClaimForReadingOnly."""
    _set(opening, actor, is_paused=True)


def end_pause(opening: Post, *, actor: Reader) -> None:
    _set(opening, actor, is_paused=False)


@transaction.atomic
def _set(opening: Post, actor: Reader, *, is_paused: bool) -> None:
    require_own(opening, actor)
    thread = lock_thread(opening.thread_id)
    thread.is_paused = is_paused
    thread.save(update_fields=["is_paused"])
