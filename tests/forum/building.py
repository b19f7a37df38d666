"""Threads of any size and shape, made in a few statements: for tests of what does not depend on how they came about.

A shape is a list of parents: `parents[n]` is the index of the post that post n + 1 answers; post 0 opens the thread.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from hypothesis import strategies as st

from common.days import today
from forum.models import MAX_DEPTH, Category, Post, Thread
from forum.states import PostState
from forum.text import RENDERER_VERSION
from forum.tree import ROOT, step

if TYPE_CHECKING:
    from accounts.models import User

Shape = Sequence[int]


@dataclass(frozen=True, slots=True)
class Grown:
    thread: Thread
    posts: list[Post]  # in the order of writing


# --- Shapes -----------------------------------------------------------------------------------------------------------


def wide(answers: int) -> list[int]:
    return [0] * answers


def chain(answers: int) -> list[int]:
    """Each answers the one before."""
    return list(range(answers))


def scattered(answers: int, *, seed: int = 7) -> list[int]:
    """Anybody answers anybody; the newest a little more often, so that it grows deep as well as wide."""
    chance = random.Random(seed)  # noqa: S311 - the same tree every time
    return [number if chance.random() < 0.4 else chance.randrange(number + 1) for number in range(answers)]


def shapes(*, max_answers: int) -> st.SearchStrategy[list[int]]:
    """Shrinks towards few posts that all answer the opening post."""
    choices = st.lists(st.integers(0, 1_000_000), max_size=max_answers)
    return choices.map(lambda numbers: [number % (index + 1) for index, number in enumerate(numbers)])


# --- What a shape should look like, said a second time without paths --------------------------------------------------


def anchors(parents: Shape) -> list[int | None]:
    """What each post hangs from: its parent; at the depth limit what its parent hangs from."""
    depth = [0]
    found: list[int | None] = [None]
    for parent in parents:
        is_deepest = depth[parent] == MAX_DEPTH - 1
        found.append(found[parent] if is_deepest else parent)
        depth.append(depth[parent] if is_deepest else depth[parent] + 1)
    return found


def depth_first(parents: Shape) -> list[int]:
    """A walk by recursion's own rule: a post, then each answer with all below it, the earlier written first."""
    below: dict[int | None, list[int]] = {}
    for index, anchor in enumerate(anchors(parents)):
        below.setdefault(anchor, []).append(index)
    walk: list[int] = []
    waiting = [0]
    while waiting:
        index = waiting.pop()
        walk.append(index)
        waiting += reversed(below.get(index, []))
    return walk


def paths_of(parents: Shape) -> list[str]:
    """As the writing service gives them, one after the other."""
    paths: list[str] = []
    answers = [0] * (len(parents) + 1)
    for anchor in anchors(parents):
        if anchor is None:
            paths.append(ROOT)
        else:
            answers[anchor] += 1
            paths.append(paths[anchor] + step(answers[anchor]))
    return paths


# --- Rows -------------------------------------------------------------------------------------------------------------


def grow(category: Category, parents: Shape, *, author: User | None = None) -> Grown:
    """A published thread of this shape: one statement for each level of the tree."""
    thread = Thread.objects.create(
        category=category,
        active_on=today(),
        story_on=today(),
        is_shown=True,
        is_unanswered=author is not None,
        activity=1,
        last_seq=len(parents) + 1,
    )
    hung = anchors(parents)
    paths = paths_of(parents)
    posts = [
        Post(
            thread=thread,
            path=path,
            seq=index + 1,
            author=author,
            state=PostState.PUBLISHED,
            title="" if index else "A title",
            source=f"Words {index}.",
            html=f"<p>Words {index}.</p>\n",
            renderer_version=RENDERER_VERSION,
            written_on=today(),
        )
        for index, path in enumerate(paths)
    ]
    _count(posts, parents, hung)
    levels: dict[int, list[Post]] = {}
    depth = [0]
    for index, parent in enumerate(parents, start=1):
        depth.append(depth[parent] + 1)
        posts[index].parent = posts[parent]
    for post, level in zip(posts, depth, strict=True):
        levels.setdefault(level, []).append(post)
    for level in sorted(levels):
        for post in levels[level]:
            post.parent = post.parent
        Post.objects.bulk_create(levels[level], batch_size=500)
    return Grown(thread, posts)


def _count(posts: list[Post], parents: Shape, hung: list[int | None]) -> None:
    for anchor in hung:
        if anchor is not None:
            posts[anchor].children += 1
    for parent in parents:
        posts[parent].shown_children += 1


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written inside is undone: each example of a property begins with the same database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
