"""What forum forgets when moderation says that its time has come (moderation/services/retention.py)."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils import timezone

from forum.models import Post, Revision
from forum.states import PostState


def forget_revisions_of_hidden(posts: Collection[int]) -> int:
    """What these posts said before they were changed, as far as they are hidden still; rows. What they said last stays
    for their author, who reads why.
    """
    return Revision.objects.filter(post__in=posts, post__state=PostState.HIDDEN).delete()[0]


def bearing_a_word() -> QuerySet[Post]:
    """From the team, which its author reads with it; none that is on its way, and none that asks them for something."""
    has_left = Q(word_leaves_at=None) | Q(word_leaves_at__lte=timezone.now())
    return Post.objects.filter(has_left).exclude(word_to_author="").exclude(state=PostState.RETURNED)


def forget_words_to_authors(posts: QuerySet[Post]) -> int:
    """Of some of `bearing_a_word`. One that somebody writes this moment stays."""
    return bearing_a_word().filter(pk__in=posts.values("pk")).update(word_to_author="", word_leaves_at=None)
