"""What forum forgets when moderation says that its time has come (moderation/services/retention.py)."""

from __future__ import annotations

from collections.abc import Collection

from forum.models import Revision
from forum.states import PostState


def forget_revisions_of_hidden(posts: Collection[int]) -> int:
    """What these posts said before they were changed, as far as they are hidden still; rows. What they said last stays
    for their author, who reads why.
    """
    return Revision.objects.filter(post__in=posts, post__state=PostState.HIDDEN).delete()[0]
