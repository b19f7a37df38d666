"""What Django's own checks cannot know about forum's tables. Asked by `check --database` and before each `migrate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from forum.models import FIRST_DRAWN, Post
from forum.tree import path_problem

SOME = 2_000  # posts: a start must not take longer on a large forum; `rebuild_paths --check` reads all


@register(Tags.database)
def paths_follow_parents(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """Some posts, any, stand where what they answer says."""
    return [error for alias in databases or () for error in _paths_in(alias)]


def _paths_in(alias: str) -> list[CheckMessage]:
    table = Post._meta.db_table
    if table not in connections[alias].introspection.table_names():
        return []  # the first migrate is about to make it
    some = (
        Post.objects.using(alias)
        .filter(seq__lt=FIRST_DRAWN)  # the others take their place when they appear
        .select_related("parent")
        .only("thread_id", "path", "parent__thread_id", "parent__path")
        .order_by("-pk")[:SOME]  # the numbers are drawn
    )
    misplaced = sum(1 for post in some if _is_misplaced(post))
    if not misplaced:
        return []
    return [
        Error(
            f"{misplaced} of some posts stand elsewhere in their thread than what they answer says.",
            hint="Run manage.py rebuild_paths.",
            id="forum.E001",
        )
    ]


def _is_misplaced(post: Post) -> bool:
    parent = post.parent
    if parent is not None and parent.thread_id != post.thread_id:
        return True
    return path_problem(post, parent) is not None
