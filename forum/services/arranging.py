"""What moderators set on a conversation, its category, pinned, slow, and on a category. Closing one: branches.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Invalid
from forum import signals
from forum.models import Category, Post, Revision, Thread
from forum.models.category import MOST_SLOW_MINUTES
from forum.queries import MOST_PINNED
from forum.services.visibility import lock_thread

if TYPE_CHECKING:
    from accounts.models import User


class PinsFull(Conflict):
    code = "pins-full"
    message = _("Three conversations are pinned in this category already. Unpin one of them first.")


class SlowUnfit(Invalid):
    code = "slow-minutes-unfit"
    message = _("Choose between none and 1,440 minutes, which are a day.")


class MovesInTheOpen(Conflict):
    code = "thread-moves-in-the-open"
    message = _("What was written among members is not moved to where everybody reads it.")


class WouldShutGuestsOut(Conflict):
    code = "would-shut-guests-out"
    message = _(
        "Somebody wrote here under a name of this conversation alone, and may have no account: among members they "
        "could not come back to it. Leave it where it is; you can close it for new replies, or take down what should "
        "not be read."
    )


def narrows(before: Category, after: Category) -> bool:
    """Whether fewer people read what is moved. Between two that are read by the same, nobody loses anything."""
    return after.is_members_only and not before.is_members_only


def written_in(thread: Thread) -> list[int]:
    """Differs once anybody wrote anything in a conversation: a reply, one that is put off, other words of a post."""
    posts = Post.objects.filter(thread=thread)
    return [thread.last_seq, posts.count(), Revision.objects.filter(post__in=posts).count()]


@transaction.atomic
def move_thread(thread: Thread, *, actor: User, category: Category, is_way_back: bool = False) -> Thread:
    """To another category; unpinned, since pins are a category's. Raises MovesInTheOpen, but for a move undone, and
    WouldShutGuestsOut. Whether an anonymous name is a guest's nobody here knows: so each may be.
    """
    fresh = lock_thread(thread.pk)
    if narrows(category, fresh.category) and not is_way_back:
        raise MovesInTheOpen
    if narrows(fresh.category, category) and Post.objects.filter(thread=fresh, thread_pseudonym__isnull=False).exists():
        raise WouldShutGuestsOut
    fresh.category, fresh.is_pinned = category, False
    fresh.save(update_fields=["category", "is_pinned"])
    thread.category = category
    return fresh


@transaction.atomic
def arrange_thread(thread: Thread, *, actor: User, is_pinned: bool, slow_minutes: int) -> Thread:
    """`slow_minutes` between two replies of one name; 0: as its category has it. Raises SlowUnfit, PinsFull."""
    _require_fit(slow_minutes)
    fresh = lock_thread(thread.pk)
    changed = _changed(fresh, is_pinned=is_pinned, slow_minutes=slow_minutes)
    if changed.get("is_pinned"):
        pinned = Thread.objects.filter(category=fresh.category_id, is_pinned=True)
        if pinned.count() >= MOST_PINNED:
            raise PinsFull
    if _set(fresh, changed):
        signals.thread_arranged.send(Thread, thread=fresh, actor=actor, changed=changed)
    return fresh


@transaction.atomic
def arrange_category(category: Category, *, actor: User, is_premoderated: bool, slow_minutes: int) -> Category:
    """`slow_minutes` between two replies of one name in one conversation; 0: no pause. Raises SlowUnfit."""
    _require_fit(slow_minutes)
    fresh = Category.objects.select_for_update().get(pk=category.pk)
    changed = _changed(fresh, is_premoderated=is_premoderated, slow_minutes=slow_minutes)
    if _set(fresh, changed):
        signals.category_arranged.send(Category, category=fresh, actor=actor, changed=changed)
    return fresh


def _require_fit(slow_minutes: int) -> None:
    if not 0 <= slow_minutes <= MOST_SLOW_MINUTES:
        raise SlowUnfit(fields={"slow_minutes": [SlowUnfit.message]})


def _changed(row: Thread | Category, **wanted: bool | int) -> dict[str, bool | int]:
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}


def _set(row: Thread | Category, changed: dict[str, bool | int]) -> bool:
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.save(update_fields=[*changed])
    return bool(changed)
