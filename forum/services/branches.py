"""A branch that takes no more replies: a post and everything below it, in a conversation that goes on. A story's branch
is the whole conversation: that is closed, and listed so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from forum.models import Post
from forum.services.visibility import lock_post

if TYPE_CHECKING:
    from accounts.models import User


class BranchLocked(Conflict):
    code = "branch-locked"
    message = _(
        "The team has closed this part of the conversation for new replies. The rest of it goes on. Nothing you wrote "
        "is lost: you can keep your words, or say them in another place of the conversation."
    )


def lock_branch(post: Post, *, actor: User) -> Post:
    """What waits below it may still appear. Twice is once."""
    return _set(post, takes_no_replies=True)


def unlock_branch(post: Post, *, actor: User) -> Post:
    """All of it, what was locked by itself inside it among it; of a conversation, what was locked with it."""
    return _set(post, takes_no_replies=False)


@transaction.atomic
def _set(post: Post, *, takes_no_replies: bool) -> Post:
    """Under the thread's lock, as every reply takes its place: none slips in."""
    thread, fresh = lock_post(post)
    if fresh.parent_id is None:
        thread.is_locked = takes_no_replies
        thread.save(update_fields=["is_locked"])
        post.thread.is_locked = takes_no_replies
        if takes_no_replies or not fresh.takes_no_replies:
            return fresh
        branch = Post.objects.filter(thread=fresh.thread_id)  # closed post by post, as conversations once were
    else:
        branch = Post.objects.filter(thread=fresh.thread_id, path__startswith=fresh.path)
    branch.update(takes_no_replies=takes_no_replies)
    fresh.takes_no_replies = takes_no_replies
    return fresh
