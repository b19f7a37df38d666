"""Bringing in what was written elsewhere, or here before: the one way in for posts that nobody writes just now.

Many at once, under the thread's lock: their places in the tree, their placeholders and the thread's place in lists are
right afterwards, as if they had been written one by one. No screener is asked; what comes in held gets its case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.identity import new_guest_identity
from accounts.models import User
from accounts.pseudonyms import suggest_pseudonym
from common.public_id import new_public_id
from forum import signals
from forum.authorship import author_tags
from forum.models import Category, Post, Thread, ThreadPseudonym
from forum.search import index
from forum.services.visibility import lock_thread, next_activity, settle_unanswered
from forum.states import Flag, PostState
from forum.text import RENDERER_VERSION, clean_source, clean_title, render_post
from forum.tree import ROOT, anchor_path, step

MAX_CHARS = 100_000  # an article may be longer than what is written here
_ROWS = 200  # a statement


@dataclass(frozen=True, slots=True)
class Arrival:
    """A post to come. `answers` is the public id of what it answers; None of an opening post."""

    public_id: str
    answers: str | None
    source: str
    html: str
    written_on: dt.date
    title: str = ""
    thread_pseudonym: ThreadPseudonym | None = None
    author: User | None = None
    state: PostState = PostState.PUBLISHED
    version: int = 1
    is_edited: bool = False
    word_to_author: str = ""
    has_notes: bool = False
    flag: Flag = Flag.NONE


def arrival(
    text: str, *, answers: str | None, person: ThreadPseudonym, written_on: dt.date, title: str = ""
) -> Arrival:
    """Published, under a name of its thread. Raises TextEmpty, TextTooLong or TextTooTangled."""
    source = clean_source(text, max_chars=MAX_CHARS)
    return Arrival(
        public_id=new_public_id(),
        answers=answers,
        source=source,
        html=render_post(source),
        written_on=written_on,
        title=clean_title(title),
        thread_pseudonym=person,
    )


def strangers_in(thread: Thread, count: int) -> list[ThreadPseudonym]:
    """Names of this thread that nobody can ever speak under again: the tags are of identities forgotten at once."""
    taken = set(thread.pseudonyms.values_list("name", flat=True))

    def is_taken(name: str) -> bool:
        return name in taken or User.objects.filter(pseudonym=name).exists()

    rows = []
    for _person in range(count):
        name = suggest_pseudonym(is_taken)
        taken.add(name)
        rows.append(ThreadPseudonym(thread=thread, name=name, tag=nobodys_tag(thread)))
    return ThreadPseudonym.objects.bulk_create(rows, batch_size=_ROWS)


def nobodys_tag(thread: Thread) -> str:
    return author_tags(new_guest_identity(), thread.public_id)[0]


@transaction.atomic
def bring_in_thread(category: Category, *, active_on: dt.date, **known: Any) -> Thread:
    """An empty one, to be filled in the same transaction. In lists it stands among those that were last active then.

    `known` is whatever else of it is known: an id, a digest, that it is locked, the day of its story.
    """
    return Thread.objects.create(category=category, active_on=active_on, activity=next_activity(active_on), **known)


@transaction.atomic
def bring_in_posts(thread: Thread, arrivals: Sequence[Arrival]) -> list[Post]:
    """In this order, which is that of writing; what a post answers stands before it. KeyError where it does not.

    Costs some ten queries, and one more for each post that search finds.
    Whoever brings in many calls `settle_search` when all are there.
    """
    thread = lock_thread(thread.pk)
    tree = _Tree(thread, {coming.answers for coming in arrivals if coming.answers})
    for coming in arrivals:
        tree.add(coming)
    tree.show()
    tree.save()
    _place(thread, tree.new)
    for post in tree.new:
        if post.state == PostState.PUBLISHED:
            index.keep(post)
    signals.posts_brought_in.send(Post, thread=thread, posts=tree.new)
    return tree.new


def settle_search() -> None:
    """After the transaction, not in it: it tidies in many short ones, so that nobody who writes waits for it."""
    index.settle()


class _Tree:
    """The new posts and those that were here and are touched: one object for a row, so that all count on it."""

    def __init__(self, thread: Thread, answered: Collection[str]) -> None:
        self.thread = thread
        self.new: list[Post] = []
        self._known: dict[str, Post] = {}
        self._at: dict[str, Post] = {}
        self._counted: dict[int, tuple[int, int]] = {}  # of those that were here: what their rows say
        self._find(public_id__in=answered)
        self._find(path__in={anchor_path(path) for path in self._at} - self._at.keys())

    def _find(self, **which: Any) -> None:
        for post in self.thread.posts.filter(**which):
            self._known[post.public_id] = self._at[post.path] = post
            self._counted[post.pk] = _counters(post)

    def add(self, coming: Arrival) -> None:
        parent = self._known[coming.answers] if coming.answers else None
        self.thread.last_seq += 1
        post = _post(self.thread, parent, coming, path=self._next_path(parent))
        self._known[post.public_id] = self._at[post.path] = post
        self.new.append(post)

    def _next_path(self, parent: Post | None) -> str:
        if parent is None:
            return ROOT
        anchor = self._at[anchor_path(parent.path)]
        anchor.children += 1
        return anchor.path + step(anchor.children)

    def show(self) -> None:
        """The last first: each has heard of all its answers when it tells what it answers itself."""
        for post in reversed(self.new):
            if post.is_shown:
                self._tell(post)

    def _tell(self, shown: Post) -> None:
        """What was here and now appears, as a placeholder, tells those above it in turn."""
        parent: Post | None = shown.parent
        while parent is not None:
            appears = not parent.is_shown and parent.pk in self._counted
            parent.shown_children += 1
            parent = self._above(parent) if appears else None

    def _above(self, post: Post) -> Post | None:
        if post.parent_id is None:
            return None
        found = next((known for known in self._known.values() if known.pk == post.parent_id), None)
        if found is None:
            self._find(pk=post.parent_id)
            return self._above(post)
        return found

    def save(self) -> None:
        Post.objects.bulk_create(self.new, batch_size=_ROWS)
        changed = [
            post
            for post in self._known.values()
            if post.pk in self._counted and self._counted[post.pk] != _counters(post)
        ]
        Post.objects.bulk_update(changed, ["children", "shown_children"], batch_size=_ROWS)


def _post(thread: Thread, parent: Post | None, coming: Arrival, *, path: str) -> Post:
    return Post(
        public_id=coming.public_id,
        thread=thread,
        parent=parent,
        path=path,
        seq=thread.last_seq,
        author=coming.author,
        thread_pseudonym=coming.thread_pseudonym,
        state=coming.state,
        title=coming.title if parent is None else "",
        source=coming.source,
        html=coming.html,
        renderer_version=RENDERER_VERSION,
        word_to_author=coming.word_to_author,
        flag=coming.flag,
        version=coming.version,
        written_on=coming.written_on,
        is_edited=coming.is_edited,
        has_notes=coming.has_notes,
    )


def _counters(post: Post) -> tuple[int, int]:
    return post.children, post.shown_children


def _place(thread: Thread, posts: Sequence[Post]) -> None:
    opening = thread.posts.get(parent=None)
    thread.is_shown = opening.is_shown
    if thread.is_shown and thread.story_on is None:
        thread.story_on = opening.written_on
    newest = max((post.written_on for post in posts if post.state == PostState.PUBLISHED), default=thread.active_on)
    if newest > thread.active_on:
        thread.active_on, thread.activity = newest, next_activity(newest)
    thread.save(update_fields=["last_seq", "is_shown", "story_on", "active_on", "activity"])
    settle_unanswered(thread)
