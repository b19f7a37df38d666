"""Who may speak for a post: a member, a thread pseudonym, whoever holds a claim code.

A post under an anonymous name holds no key of its author. It holds a thread pseudonym, and that a tag: HMAC(seal key,
author, thread). The server makes the tag again to keep one thread pseudonym per author and thread. Two threads of one
author share nothing, and a copy of the database without the seal key joins nothing. Whose a thread pseudonym is stands
in the author's own sealed record alone (forum/services/anonymity.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from accounts.identity import Identity, identity_of
from common.sealing import tags

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Post

Name = NewType("Name", str)  # what posts stand under, a member's pseudonym or a thread pseudonym, by its row
_MEMBER, _PSEUDONYM = "member:", "pseudonym:"


def member_name(row: int) -> Name:
    return Name(f"{_MEMBER}{row}")


def pseudonym_name(row: int) -> Name:
    return Name(f"{_PSEUDONYM}{row}")


def name_of(post: Post) -> Name | None:
    """None for nobody's."""
    if post.author_id is not None:
        return member_name(post.author_id)
    return pseudonym_name(post.thread_pseudonym_id) if post.thread_pseudonym_id else None


def rows_of(names: Iterable[Name]) -> tuple[frozenset[int], frozenset[int]]:
    """Of members, and of thread pseudonyms."""
    members = frozenset(int(name.removeprefix(_MEMBER)) for name in names if name.startswith(_MEMBER))
    pseudonyms = frozenset(int(name.removeprefix(_PSEUDONYM)) for name in names if name.startswith(_PSEUDONYM))
    return members, pseudonyms


class SpeaksAs(StrEnum):
    PSEUDONYM = "pseudonym"  # the member's own
    THREAD_PSEUDONYM = "thread_pseudonym"  # a member, known by another name in this thread only
    GUEST = "guest"  # nobody's account; a claim code opens it again


@dataclass(frozen=True, slots=True)
class Unseen:
    """Rows of the names whose words are not for a reader, and of the threads that stand under one of them."""

    members: frozenset[int] = frozenset()
    pseudonyms: frozenset[int] = frozenset()
    threads: frozenset[int] = frozenset()


NOTHING_UNSEEN = Unseen()


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody looking. `opened` are the rows of the thread pseudonyms that this visit has opened as its own, by code
    or by password; `for_reading_only` those of them whose code changes nothing; `unseen` is what blocks keep from them
    (forum/services/blocking.py). `filtered` are the rows of the content notes that they would rather not meet, and
    `asked_for` is the id of the one post that they open all the same (forum/filters.py).
    """

    member: User | None = None
    is_moderator: bool = False
    opened: frozenset[int] = frozenset()
    for_reading_only: frozenset[int] = frozenset()
    unseen: Unseen = NOTHING_UNSEEN
    filtered: frozenset[int] = frozenset()
    asked_for: str = ""

    @property
    def is_visitor(self) -> bool:
        """Known by nothing: sees what everybody sees."""
        return self.member is None and not self.is_moderator and not self.opened


VISITOR = Reader()


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody about to write. A guest without an identity is given one, and a code that opens it."""

    speaks_as: SpeaksAs
    member: User | None = None
    guest: Identity | None = None

    @property
    def identity(self) -> Identity:
        """Whom an anonymous author's tags are made of, and whose the sealed records are."""
        if self.speaks_as is SpeaksAs.GUEST:
            if self.guest is None:
                message = "a guest needs an identity before they write"
                raise ValueError(message)
            return self.guest
        if self.member is None:
            message = "a pseudonym needs a member"
            raise ValueError(message)
        return identity_of(self.member)


def author_tags(identity: Identity, thread_public_id: str) -> list[str]:
    """The same author in the same thread, always; in another thread, something else entirely. Newest key first."""
    return tags("author", identity, thread_public_id)


def reaction_tags(giver: Identity, post_public_id: str) -> list[str]:
    """Others on every post, so that one member's reactions cannot be joined. Newest key first."""
    return tags("reaction", giver, post_public_id)
