"""The place that a post takes in its thread. All of it under the thread's lock.

What its author put off takes its place when it appears, not when it was written: the order of a thread would tell how
long it waited (safety.md D2). Until then it stands, for its author and the team, at the end of where it will, by
numbers that are drawn and leave no gap behind.
"""

from __future__ import annotations

import secrets

from forum.models import FIRST_DRAWN, Post, Thread
from forum.tree import ROOT, anchor_path, drawn_step, step


def next_place(thread: Thread, parent: Post | None) -> tuple[int, str]:
    """Number and path of the next post; counted on its thread, and on what it hangs from."""
    thread.last_seq += 1
    thread.save(update_fields=["last_seq"])
    if parent is None:
        return thread.last_seq, ROOT
    anchor = _anchor(thread, parent)
    anchor.children += 1
    anchor.save(update_fields=["children"])
    return thread.last_seq, anchor.path + step(anchor.children)


def drawn_place(thread: Thread, parent: Post | None) -> tuple[int, str]:
    """Until it has one of its own. Nobody hangs from it: what waits cannot be answered."""
    seq = _drawn_seq()
    while thread.posts.filter(seq=seq).exists():
        seq = _drawn_seq()
    if parent is None:
        return seq, ROOT
    anchor = anchor_path(parent.path)
    path = anchor + drawn_step()
    while thread.posts.filter(path=path).exists():
        path = anchor + drawn_step()
    return seq, path


def _drawn_seq() -> int:
    return FIRST_DRAWN + secrets.randbelow(FIRST_DRAWN - 1)


def _anchor(thread: Thread, parent: Post) -> Post:
    path = anchor_path(parent.path)
    return parent if path == parent.path else Post.objects.get(thread=thread, path=path)
