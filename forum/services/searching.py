"""Bringing the search index up to what is published, while the site runs."""

from __future__ import annotations

from django.db import transaction

from forum.models import Post, SearchEntry
from forum.search import index
from forum.services.visibility import lock_thread
from forum.states import PostState


def index_thread(thread_id: int) -> int:
    """Writes the entries of one thread anew, under its lock, so that no word comes back that is being taken away.

    Returns how many posts of it are found now.
    """
    with transaction.atomic():
        lock_thread(thread_id)
        posts = Post.objects.filter(thread=thread_id)
        published = posts.filter(state=PostState.PUBLISHED)
        SearchEntry.objects.filter(pk__in=posts.exclude(state=PostState.PUBLISHED).values("pk")).delete()
        for post in published:
            index.keep(post)
    return len(published)


def mend_search_index() -> int:
    """Every thread whose entries are missing, left over or made under an older key. Stopped half-way, it goes on."""
    threads = index.differing()
    posts = sum(index_thread(thread_id) for thread_id in threads)
    if threads:
        index.settle()
    return posts
