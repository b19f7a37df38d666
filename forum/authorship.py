"""Who may speak for a post: a member, a thread pseudonym, whoever holds a claim code.

A post under an anonymous name holds no key of its author. It holds a thread pseudonym, and that a tag: HMAC(seal key,
author, thread). The server makes the tag again to keep one thread pseudonym per author and thread. Two threads of one
author share nothing, and a copy of the database without the seal key joins nothing. Whose a thread pseudonym is stands
in the author's own sealed record alone (forum/services/anonymity.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from accounts.identity import Identity, identity_of
from common.sealing import tags

if TYPE_CHECKING:
    from accounts.models import User


class SpeaksAs(StrEnum):
    PSEUDONYM = "pseudonym"  # the member's own
    THREAD_PSEUDONYM = "thread_pseudonym"  # a member, known by another name in this thread only
    GUEST = "guest"  # nobody's account; a claim code opens it again


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody looking. `opened` are the rows of the thread pseudonyms that this visit has opened as its own, by code
    or by password.
    """

    member: User | None = None
    is_moderator: bool = False
    opened: frozenset[int] = frozenset()

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
        """Whom an anonymous author's tags are made of."""
        if self.speaks_as is SpeaksAs.GUEST:
            if self.guest is None:
                message = "a guest needs an identity before they write"
                raise ValueError(message)
            return self.guest
        if self.member is None:
            message = "a thread pseudonym needs a member"
            raise ValueError(message)
        return identity_of(self.member)


def author_tags(identity: Identity, thread_public_id: str) -> list[str]:
    """The same author in the same thread, always; in another thread, something else entirely. Newest key first."""
    return tags("author", identity, thread_public_id)


def reaction_tags(giver: Identity, post_public_id: str) -> list[str]:
    """Others on every post, so that one member's reactions cannot be joined. Newest key first."""
    return tags("reaction", giver, post_public_id)
