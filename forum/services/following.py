"""Following conversations, and the inbox: what is new in them, and what became of one's own posts.

Computed when it is read: nothing is stored for a notice, nobody is told anything. What an identity follows, by name or
anonymously, stands in its sealed records, so an inbox joins nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import sealed_records
from accounts.identity import Identity
from common.personal_data import Own
from forum import queries
from forum.authorship import Reader
from forum.models import FIRST_DRAWN, Post, Thread
from forum.queries import Mark, ShownPost, ShownThread
from forum.states import PostState

# Of an identity: how far each thread it follows was seen, the one followed longest first.
FOLLOWS = sealed_records.Kind(
    "follows",
    what="which conversations you follow, and how far you saw them",
    kept="until you stop following; two hundred at most",
    copied="which conversations, by their ids",
    erased="it goes",
    own=lambda follows: [Own(_("A conversation you follow"), None, thread_id) for thread_id in follows],
)
# Of an identity: the version of each own post that is not published, or bears a word, as it was last told of it.
TOLD = sealed_records.Kind(
    "told",
    what="which of your posts still wait, and what you were told of them",
    kept="until they are published or erased; with a word from the team, until they are erased",
    copied="it says nothing that your posts do not say",
    erased="it goes",
)
MOST_FOLLOWS = 200
MOST_WAITING = 50  # posts of one thread that were not published when it was seen, and may be one day


@dataclass(frozen=True, slots=True)
class Inbox:
    """Conversations with something new in them, newest activity first; own posts that somebody decided about."""

    conversations: list[ShownThread]
    own: list[ShownPost]


@transaction.atomic
def follow_thread(thread: Thread, *, actor: Identity) -> None:
    """From now on. Twice is once. Past MOST_FOLLOWS the one followed longest is let go."""
    with sealed_records.changing(FOLLOWS, actor, dict[str, Mark]) as follows:
        if thread.public_id not in follows:
            follows[thread.public_id] = _mark(thread)
        _let_go(follows)


@transaction.atomic
def unfollow_thread(thread: Thread, *, actor: Identity) -> None:
    """That it was not followed is no error."""
    with sealed_records.changing(FOLLOWS, actor, dict[str, Mark]) as follows:
        follows.pop(thread.public_id, None)


def follow_own(post: Post, *, actor: Identity) -> None:
    """What somebody writes in, they follow; what waits, they will be told of. Inside the transaction that writes it."""
    follow_thread(post.thread, actor=actor)
    if post.state != PostState.PUBLISHED:
        with sealed_records.changing(TOLD, actor, dict[str, int]) as told:
            told[post.public_id] = post.version


def inbox_of(reader: Reader, identity: Identity) -> Inbox:
    """`reader` has opened what the identity wrote. Four queries, however much is followed."""
    kept = sealed_records.read_all([(FOLLOWS, identity), (TOLD, identity)])
    return Inbox(
        conversations=queries.threads_with_news(reader, kept.get((FOLLOWS, identity), {})),
        own=queries.own_posts_decided(reader, kept.get((TOLD, identity), {})),
    )


def first_unread(reader: Reader, thread: Thread, *, actor: Identity) -> Post | None:
    """Where to go on reading. None where nothing is new, and where it is not followed: the two look alike."""
    mark = (sealed_records.read(FOLLOWS, actor) or {}).get(thread.public_id)
    return queries.first_since(reader, thread, mark) if mark else None


@transaction.atomic
def mark_thread_seen(thread: Thread, *, actor: Identity) -> None:
    """As it is now. One that is not followed stays so."""
    with sealed_records.changing(FOLLOWS, actor, dict[str, Mark]) as follows:
        if thread.public_id in follows:
            follows[thread.public_id] = _mark(thread)


@transaction.atomic
def mark_post_seen(post: Post, *, actor: Identity) -> None:
    """An own post, as it stands now."""
    with sealed_records.changing(TOLD, actor, dict[str, int]) as told:
        _tell(told, post)


@transaction.atomic
def mark_all_seen(reader: Reader, *, actor: Identity) -> None:
    with sealed_records.changing(FOLLOWS, actor, dict[str, Mark]) as follows:
        for thread in Thread.objects.filter(public_id__in=follows):
            follows[thread.public_id] = _mark(thread)
    with sealed_records.changing(TOLD, actor, dict[str, int]) as told:
        for post in queries.rows_decided(reader, told):
            _tell(told, post)


def forget_written(thread: Thread, post_ids: Iterable[str], *, actor: Identity) -> None:
    """When what they wrote in a thread becomes nobody's: not even the sealed record leads back to it."""
    unfollow_thread(thread, actor=actor)
    with sealed_records.changing(TOLD, actor, dict[str, int]) as told:
        for post_id in post_ids:
            told.pop(post_id, None)


def forget_follows(identity: Identity) -> None:
    for kind in (FOLLOWS, TOLD):
        sealed_records.forget(kind, identity)


@transaction.atomic
def hand_over_follows(guest: Identity, *, to: Identity) -> None:
    """When an account adopts what a guest wrote. What the account has seen already stays seen."""
    kept = sealed_records.read_all([(FOLLOWS, guest), (TOLD, guest)])
    forget_follows(guest)
    with sealed_records.changing(FOLLOWS, to, dict[str, Mark]) as follows:
        for thread_id, mark in kept.get((FOLLOWS, guest), {}).items():
            follows.setdefault(thread_id, mark)
        _let_go(follows)
    with sealed_records.changing(TOLD, to, dict[str, int]) as told:
        told.update(kept.get((TOLD, guest), {}))


def _let_go(follows: dict[str, Mark]) -> None:
    for longest in list(follows)[:-MOST_FOLLOWS]:
        del follows[longest]


def _mark(thread: Thread) -> Mark:
    """Where the thread ends, and who still waits before that end: a first look may come after the next reply."""
    waiting = thread.posts.filter(seq__lt=FIRST_DRAWN).exclude(state__in=[PostState.PUBLISHED, PostState.ERASED])
    waiting = waiting.order_by("-seq")
    return thread.last_seq, list(waiting.values_list("seq", flat=True)[:MOST_WAITING])


def _tell(told: dict[str, int], post: Post) -> None:
    """What is published without a word needs no telling any more, what is erased never; a word on its way is told of
    when it is there.
    """
    if post.word_follows:
        return
    if post.state == PostState.ERASED or (post.state == PostState.PUBLISHED and not post.word_to_author):
        told.pop(post.public_id, None)
    else:
        told[post.public_id] = post.version
