"""The only module that changes a saved post's state.

Each verb locks the thread, then the post, checks the move (forum/states.py), and keeps what hangs on it true in the
same transaction: the version, the placeholders above it, whether the thread is listed.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Conflict, NotAllowed
from common.sealing import tags
from forum import signals
from forum.models import IdempotencyRecord, Post, Thread
from forum.policies import can_change_post
from forum.states import PostState, may_move

if TYPE_CHECKING:
    from accounts.models import User
    from forum.authorship import Reader


_ACTIVITIES_A_DAY = 1_000_000


class MoveNotAllowed(Conflict):
    code = "post-state-does-not-allow"
    message = _("This cannot be done with the post as it stands now. Please look at it again.")


class NotYourPost(NotAllowed):
    code = "not-your-post"
    message = _("Only whoever wrote this can do that. If it was you, open it with your claim code or your password.")


def publish_post(post: Post, *, actor: User | None) -> Post:
    """Everybody who sees its category reads it. `actor` None: it needed no first look."""
    return _move(post, PostState.PUBLISHED, word_to_author="")


def hold_post(post: Post, *, actor: User | None) -> Post:
    """It waits for a (new) first look. `actor` None: an edit or its author's putting it back asked for one."""
    return _move(post, PostState.HELD)


def return_post(post: Post, *, actor: User, word: str) -> Post:
    """Back to its author, with a word only they and moderators read."""
    return _move(post, PostState.RETURNED, word_to_author=word)


def hide_post(post: Post, *, actor: User, word: str) -> Post:
    return _move(post, PostState.HIDDEN, word_to_author=word)


@transaction.atomic
def withdraw_post(post: Post, *, actor: Reader) -> Post:
    """Its author takes it back; nobody else reads it until they put it back."""
    _require_author(post, actor)
    post = _move(post, PostState.WITHDRAWN)
    signals.post_withdrawn.send(Post, post=post)
    return post


@transaction.atomic
def erase_post(post: Post, *, actor: Reader) -> Post:
    """Text, title, revisions and stored answers that held them are gone; there is no way back (safety.md D4)."""
    _require_author(post, actor)
    post = _move(post, PostState.ERASED, title="", source="", html="", word_to_author="")
    post.revisions.all().delete()
    IdempotencyRecord.objects.filter(subject_tag__in=tags("idempotency-subject", post.public_id)).update(answer=b"")
    signals.post_erased.send(Post, post=post)
    return post


def lock_thread(thread_id: int) -> Thread:
    """The first lock of every writing transaction in a thread. SQLite locks the whole file at BEGIN instead."""
    return Thread.objects.select_for_update().select_related(None).get(pk=thread_id)


def lock_post(post: Post) -> tuple[Thread, Post]:
    thread = lock_thread(post.thread_id)
    fresh = Post.objects.select_related("thread_pseudonym").get(pk=post.pk)
    fresh.thread = post.thread
    return thread, fresh


def _require_author(post: Post, reader: Reader) -> None:
    if not can_change_post(reader, post):
        raise NotYourPost


@transaction.atomic
def _move(post: Post, to: PostState, **changes: Any) -> Post:
    thread, fresh = lock_post(post)
    if not may_move(fresh.state, to):
        raise MoveNotAllowed
    was_shown = fresh.is_shown
    fresh.state = to
    fresh.version += 1
    for name, value in changes.items():
        setattr(fresh, name, value)
    fresh.save(update_fields=["state", "version", *changes])
    if to == PostState.PUBLISHED:
        _bump(thread)
    _tell_those_above(fresh, thread, was_shown=was_shown)
    return fresh


def next_activity(day: dt.date) -> int:
    """Above every thread that was last active by that day: what comes in from years ago stands among its own time."""
    first = day.toordinal() * _ACTIVITIES_A_DAY
    so_far = Thread.objects.all() if day >= today() else Thread.objects.filter(activity__lt=first + _ACTIVITIES_A_DAY)
    highest = so_far.aggregate(highest=Max("activity"))["highest"] or 0
    return max(first, highest + 1)


def _bump(thread: Thread) -> None:
    thread.activity = next_activity(today())
    thread.active_on = today()
    thread.save(update_fields=["activity", "active_on"])


def _tell_those_above(post: Post, thread: Thread, *, was_shown: bool) -> None:
    """A post that appears or goes may give its parent a placeholder or take it. At most MAX_DEPTH rows, mostly one."""
    while post.is_shown != was_shown:
        if post.parent_id is None:
            thread.is_shown = post.is_shown
            thread.save(update_fields=["is_shown"])
            return
        parent = Post.objects.get(pk=post.parent_id)
        was_shown_above = parent.is_shown
        parent.shown_children += 1 if post.is_shown else -1
        parent.save(update_fields=["shown_children"])
        post, was_shown = parent, was_shown_above
