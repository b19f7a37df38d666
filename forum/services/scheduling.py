"""What its author put off: given another day, let appear now, or let appear by the worker when it is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from forum import signals
from forum.authorship import name_of
from forum.delays import due_after, moment_of
from forum.models import Post, Thread
from forum.services.anonymity import names_of
from forum.services.blocking import HiddenFromWhoeverBegan, hides_from_opening, is_hidden_from_opening
from forum.services.pausing import RepliesPaused
from forum.services.posts import CannotReply, ThreadLocked, screen_again
from forum.services.restricting import require_may_act
from forum.services.visibility import PUT_OFF, hold_post, lock_post, publish_post, require_changeable
from forum.states import PostState

if TYPE_CHECKING:
    from accounts.identity import Identity
    from forum.authorship import Reader

_AGAIN = dt.timedelta(days=1)


class NotPutOff(Conflict):
    code = "post-not-put-off"
    message = _("Only what was put off when it was sent, and has not appeared yet, can be given another day.")


@transaction.atomic
def put_off_post(post: Post, *, actor: Reader, hours: int) -> Post:
    """Its author gives it another day, counted from now."""
    _thread, fresh = _locked(post, actor)
    fresh.due_at = due_after(hours)
    return _saved(fresh)


@transaction.atomic
def let_appear_now(post: Post, *, actor: Reader, owners: Collection[Identity]) -> Post:
    """Its author waits no longer. What waits for a first look goes on waiting for that. Twice is once.

    `owners` are the identities the actor may speak for: to let it appear is to speak. Raises WritingPaused.
    """
    require_changeable(post, actor)
    thread, fresh = lock_post(post)
    if fresh.state == PostState.PUBLISHED:
        return fresh
    thread, fresh = _locked(post, actor)
    if fresh.state != PostState.SCHEDULED:
        fresh.due_at = None
        return _saved(fresh)
    speaking = [owner for owner in sorted(owners) if name_of(fresh) in names_of(owner)]
    for owner in speaking:
        require_may_act(owner, fresh.thread.category)
    if (refusal := _why_not_here(thread, fresh)) is not None:
        raise refusal
    if fresh.parent_id and any(hides_from_opening(thread, owner) for owner in speaking):
        raise HiddenFromWhoeverBegan
    return _appear(fresh)


def publish_due() -> None:
    """Each in a transaction of its own: a worker that is killed loses none, and two publish none twice."""
    due = Post.objects.filter(due_at__lte=timezone.now()).values_list("pk", flat=True)
    for pk in list(due):
        _come_due(pk)


@transaction.atomic
def _come_due(pk: int) -> None:
    post = Post.objects.select_related("thread__category").filter(pk=pk).first()
    if post is None:
        return
    thread, fresh = lock_post(post)
    now = timezone.now()
    if fresh.due_at is None or moment_of(fresh.due_at, fresh.public_id) > now:
        return
    if fresh.state != PostState.SCHEDULED:  # it waits for something else now, and the hour has done its work
        fresh.due_at = None
        fresh.save(update_fields=["due_at"])
    elif _why_not_here(thread, fresh):
        fresh.due_at += _AGAIN
        fresh.save(update_fields=["due_at"])
    else:
        _appear(fresh)


def _appear(post: Post) -> Post:
    """Unless something speaks against it by now: then somebody looks first, as at what is written this minute."""
    verdict = screen_again(post, is_edit=False, is_appearing=True)
    if not verdict.hold:
        return publish_post(post, actor=None, at_once=True)
    held = hold_post(post, actor=None)
    held.due_at = None
    held.save(update_fields=["due_at"])
    signals.post_written.send(Post, post=held, verdict=verdict)
    return held


def _locked(post: Post, actor: Reader) -> tuple[Thread, Post]:
    require_changeable(post, actor)
    thread, fresh = lock_post(post)
    if not fresh.is_put_off or fresh.state not in PUT_OFF:
        raise NotPutOff
    return thread, fresh


def _saved(post: Post) -> Post:
    post.version += 1
    post.save(update_fields=["due_at", "version"])
    return post


def _why_not_here(thread: Thread, post: Post) -> Conflict | None:
    """A reply appears only where one could be written: else a pause or a lock would bring replies all the same. Whether
    its author hides from whoever began is asked by the reply's name: the worker knows nobody.
    """
    if post.parent_id is None:
        return None
    if thread.is_locked:
        return ThreadLocked()
    if thread.is_paused:
        return RepliesPaused()
    is_open = Post.objects.filter(pk=post.parent_id, state=PostState.PUBLISHED, takes_no_replies=False).exists()
    if not is_open:
        return CannotReply()
    return HiddenFromWhoeverBegan() if is_hidden_from_opening(post) else None
