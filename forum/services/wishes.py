"""What the author of a story asks of those who answer: one wish, and limits. All of it optional."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from forum.models import ReplyLimit, ReplyWish, Thread
from forum.queries import opening_of
from forum.services.visibility import lock_thread, require_changeable

if TYPE_CHECKING:
    from forum.authorship import Reader


class WishUnknown(Invalid):
    code = "reply-wish-unknown"
    message = _("Choose from what is offered here, or leave it open.")


def known_limits(wish: str, limits: Iterable[str]) -> list[str]:
    """Each once, in the order in which they are offered. Raises WishUnknown for a wish or a limit that is not."""
    chosen = set(limits)
    unknown = {"reply_wish": {wish} - {"", *ReplyWish.values}, "reply_limits": chosen - {*ReplyLimit.values}}
    if fields := {name: [WishUnknown.message] for name, codes in unknown.items() if codes}:
        raise WishUnknown(fields=fields)
    return [limit for limit in ReplyLimit.values if limit in chosen]


@transaction.atomic
def change_wish(thread: Thread, *, actor: Reader, wish: str, limits: Iterable[str]) -> Thread:
    """The story's author, at any time, in a locked thread too. `thread` comes from `queries.thread_for`.

    What was answered before stays as it stands.
    """
    limits = known_limits(wish, limits)
    fresh = lock_thread(thread.pk)
    opening = opening_of(thread)
    opening.refresh_from_db(fields=["state", "author", "thread_pseudonym"])
    require_changeable(opening, actor)
    fresh.reply_wish, fresh.reply_limits = wish, limits
    fresh.save(update_fields=["reply_wish", "reply_limits"])
    return fresh


def restore_wish(thread: Thread, *, wish: str, limits: list[str]) -> None:
    """An account that was sealed is open again."""
    Thread.objects.filter(pk=thread.pk).update(reply_wish=wish, reply_limits=limits)
