"""What moderators set on a conversation: closed, pinned, slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from forum import signals
from forum.models import Thread
from forum.queries import MOST_PINNED
from forum.services.visibility import lock_thread

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Category


class PinsFull(Conflict):
    code = "pins-full"
    message = _("Three conversations are pinned in this category already. Unpin one of them first.")


class MovesInTheOpen(Conflict):
    code = "thread-moves-in-the-open"
    message = _("What was written among members is not moved to where everybody reads it.")


@transaction.atomic
def move_thread(thread: Thread, *, actor: User, category: Category, is_way_back: bool = False) -> Thread:
    """To another category; unpinned, since pins are a category's. Raises MovesInTheOpen, but for a move undone."""
    fresh = lock_thread(thread.pk)
    if fresh.category.is_members_only and not category.is_members_only and not is_way_back:
        raise MovesInTheOpen
    fresh.category, fresh.is_pinned = category, False
    fresh.save(update_fields=["category", "is_pinned"])
    thread.category = category
    return fresh


@transaction.atomic
def arrange_thread(thread: Thread, *, actor: User, is_locked: bool, is_pinned: bool, slow_minutes: int) -> Thread:
    """`slow_minutes` between two replies of one name; 0: as its category has it. Raises PinsFull."""
    fresh = lock_thread(thread.pk)
    wanted = {"is_locked": is_locked, "is_pinned": is_pinned, "slow_minutes": slow_minutes}
    changed = {name: value for name, value in wanted.items() if getattr(fresh, name) != value}
    if changed.get("is_pinned"):
        pinned = Thread.objects.filter(category=fresh.category_id, is_pinned=True)
        if pinned.count() >= MOST_PINNED:
            raise PinsFull
    for name, value in changed.items():
        setattr(fresh, name, value)
    if changed:
        fresh.save(update_fields=[*changed])
        signals.thread_arranged.send(Thread, thread=fresh, actor=actor, changed=changed)
    return fresh
