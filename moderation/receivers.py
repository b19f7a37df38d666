"""What forum tells: a text stands, an author took it back or erased it. Inside the deed's own transaction.

A case with reports stays open: neither taking back nor erasing is a way out of being looked at (safety.md 3, number 9).
Locks are taken in one order everywhere, so that no two deeds wait for each other: thread, case, end of the audit log.

The log is one chain, so it keeps the order of everything in it. What an anonymous author or a reporter did stands in
it without the post and the case: whoever erases all that they wrote would otherwise leave their posts side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from forum.policies import is_named
from forum.services.visibility import hold_post, take_out_of_the_world
from forum.signals import (
    category_arranged,
    post_appeared,
    post_erased,
    post_restored,
    post_withdrawn,
    post_written,
    posts_brought_in,
    reply_flagged,
    thread_arranged,
)
from forum.states import PostState
from moderation import audit
from moderation.services.answering import note_published
from moderation.services.appeals import forget_decided_appeals
from moderation.services.cases import awaits_a_look, close_case_of, drop_reason, open_case
from moderation.services.claims import release_all
from moderation.services.concerns import forget_signals, note_concerns
from moderation.services.holds import is_sealed_away

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Category, Post, Thread
    from forum.screening import Verdict


@receiver(user_logged_out)
def on_signed_out(user: User | None, **_kwargs: Any) -> None:
    if user is not None and user.is_staff:
        release_all(user)


@receiver(post_written)
def on_post_written(post: Post, verdict: Verdict, **_kwargs: Any) -> None:
    note_concerns(post, waits_because=verdict.reasons)
    if not verdict.hold and post.state == PostState.PUBLISHED:
        note_published(post)
    # What its author put off appears as if it were written then: the log does not say that it was there before.
    is_told = is_named(post) and not post.is_put_off
    facts = {"post": post.public_id, "version": post.version} if is_told else {}
    audit.append("post_written", moderator=None, reasons=[*verdict.reasons], **facts)


@receiver(post_appeared)
def on_post_appeared(post: Post, **_kwargs: Any) -> None:
    note_published(post)


@receiver(post_withdrawn)
def on_post_withdrawn(post: Post, **_kwargs: Any) -> None:
    close_case_of(post, why="withdrawn", unless_reported=True)
    audit.append("post_withdrawn", moderator=None, post=post.public_id if is_named(post) else None)


@receiver(post_erased)
def on_post_erased(post: Post, *, with_account: bool, **_kwargs: Any) -> None:
    """Of an account that goes the log says nothing: line after line would tell which posts were one person's."""
    forget_signals(post)
    forget_decided_appeals(post)
    close_case_of(post, why="erased", unless_reported=True, is_logged=not with_account)
    if not with_account:
        audit.append("post_erased", moderator=None, post=post.public_id if is_named(post) else None)


@receiver(post_restored)
def on_post_restored(post: Post, **_kwargs: Any) -> None:
    """What was sealed away as evidence stays away. What was reported and not decided as it stands, or decided when
    there were no words to decide on, is looked at again: closing an account is no way out of that.
    """
    if is_sealed_away(post):
        take_out_of_the_world(post, actor=None)
    elif post.state == PostState.PUBLISHED and awaits_a_look(post):
        hold_post(post, actor=None)
        open_case(post, reasons=["put_back"])


@receiver(reply_flagged)
def on_reply_flagged(post: Post, *, is_held: bool, **_kwargs: Any) -> None:
    """Of whoever flagged it the log says nothing: it may be somebody anonymous."""
    if is_held:
        open_case(post, reasons=["breaks_wish"])
    else:
        drop_reason(post, "breaks_wish", why="flag_undone")
    audit.append("reply_flagged" if is_held else "flag_undone", moderator=None)


@receiver(posts_brought_in)
def on_posts_brought_in(thread: Thread, posts: list[Post], **_kwargs: Any) -> None:
    for post in posts:
        if post.state == PostState.HELD:
            open_case(post, reasons=["brought_in"])
    audit.append("posts_brought_in", moderator=None, thread=thread.public_id, posts=len(posts))


@receiver(thread_arranged)
def on_thread_arranged(thread: Thread, actor: User, changed: dict[str, bool | int], **_kwargs: Any) -> None:
    audit.append("thread_arranged", moderator=actor, thread=thread.public_id, **changed)


@receiver(category_arranged)
def on_category_arranged(category: Category, actor: User, changed: dict[str, bool | int], **_kwargs: Any) -> None:
    audit.append("category_arranged", moderator=actor, category=category.public_id, **changed)
