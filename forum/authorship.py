"""Who may speak for a post: a member, a thread pseudonym, whoever holds a claim code.

A post under an anonymous name holds no key of its author. It holds a tag: HMAC(seal key, author, thread). The server
makes the tag again to let an author edit, or to keep one thread pseudonym per author and thread. Two threads
of one author share nothing, and a copy of the database without the seal key joins nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from common.errors import SignInNeeded
from common.sealing import tag

if TYPE_CHECKING:
    from accounts.models import User


class SpeaksAs(StrEnum):
    PSEUDONYM = "pseudonym"  # the member's own
    THREAD_PSEUDONYM = "thread_pseudonym"  # a member, known by another name in this thread only
    GUEST = "guest"  # nobody's account; a claim code opens it again


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody looking. `open_tags` are the anonymous authorships this visit has opened, by code or by password."""

    member: User | None = None
    is_moderator: bool = False
    open_tags: frozenset[str] = frozenset()

    @property
    def is_visitor(self) -> bool:
        """Known by nothing: sees what everybody sees."""
        return self.member is None and not self.is_moderator and not self.open_tags


VISITOR = Reader()


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody about to write. A guest without a code is given a new one."""

    speaks_as: SpeaksAs
    member: User | None = None
    claim_code: str = ""

    @property
    def secret(self) -> str:
        """What an anonymous author's tags are made of. Never stored."""
        if self.speaks_as is SpeaksAs.GUEST:
            return f"claim:{self.claim_code}"
        if self.member is None:
            message = "a thread pseudonym needs a member or a claim code"
            raise ValueError(message)
        return member_secret(self.member)


def member_secret(member: User) -> str:
    return f"member:{member.pk}"


def claim_secret(claim_code: str) -> str:
    return f"claim:{claim_code}"


def author_tag(secret: str, thread_public_id: str) -> str:
    """The same author in the same thread, always; in another thread, something else entirely."""
    return tag("author", secret, thread_public_id)


def reaction_tag(reader: Reader, post_public_id: str) -> str:
    """Another on every post, so that one member's reactions cannot be joined."""
    if reader.member is None:
        raise SignInNeeded
    return tag("reaction", member_secret(reader.member), post_public_id)
