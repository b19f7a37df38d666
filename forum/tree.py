"""Paths: where a post stands in its thread's tree.

Fixed-width, four base-36 digits a level, digits before letters in every collation, so that ordering by path walks
the tree depth first and "what comes after this post" is one index range. Branches deeper than MAX_DEPTH go on beside
their parent: the parent stays the truth, the page says "in reply to".
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from forum.models.post import MAX_DEPTH, PATH_STEP

if TYPE_CHECKING:
    from forum.models import Post

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
ROOT = "0" * PATH_STEP


def step(number: int) -> str:
    """The n-th answer's own part of the path. Raises OverflowError past 36**4 - 1."""
    digits = ""
    for _ in range(PATH_STEP):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    if number:
        raise OverflowError
    return digits


def drawn_step() -> str:
    """In the upper half, after every answer that has its place; what is counted never comes so far."""
    half = 36**PATH_STEP // 2
    return step(half + secrets.randbelow(half - 1))


def anchor_path(parent_path: str) -> str:
    """The path that an answer's own hangs from: its parent's, or at the depth limit its parent's parent's."""
    if len(parent_path) < PATH_STEP * MAX_DEPTH:
        return parent_path
    return parent_path[:-PATH_STEP]


def ancestor_paths(path: str) -> list[str]:
    """From the opening post down to the parent; not the path itself."""
    return [path[:end] for end in range(PATH_STEP, len(path), PATH_STEP)]


def branch_end(path: str) -> str:
    """The first path past this post's branch, for a half-open range."""
    last = int(path[-PATH_STEP:], 36) + 1
    return path[:-PATH_STEP] + step(last)


def path_problem(post: Post, parent: Post | None) -> str | None:
    """Why a stored path does not fit its parent chain, or None. Used by `rebuild_paths` and the system check."""
    if parent is None:
        return None if post.path == ROOT else "an opening post has the root path"
    anchor = anchor_path(parent.path)
    if post.path[:-PATH_STEP] != anchor:
        return "a reply hangs from its parent's path"
    return None
