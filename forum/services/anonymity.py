"""Thread pseudonyms and claim codes: giving a name in one thread, and finding one's own posts again.

Three kinds of sealed records (accounts/sealed_records.py): what an identity wrote anonymously, what a claim code
opens, and which codes a guest has. A code stands nowhere, not even under the seal: only its digest does. 66 random
bits are behind a digest that only the holder of the seal key can read.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import sealed_records
from accounts.identity import Identity, identity_of, member_number, new_guest_identity
from accounts.models import User
from accounts.pseudonyms import name_key, suggest_pseudonym
from common.errors import NotAllowed, SignInNeeded
from common.memorable import new_code, normalise_code
from forum.authorship import Name, author_tags, member_name, pseudonym_name
from forum.models import Thread, ThreadPseudonym

if TYPE_CHECKING:
    from forum.authorship import Reader
    from forum.models import Post

# Of an identity, a list: [row of the thread pseudonym, thread's id, post's id] for each post.
OWN_POSTS = sealed_records.Kind(
    "own-posts",
    what="which anonymous posts are yours",
    kept="as long as the posts",
    copied="it is how your copy finds them",
    erased="it goes, and with it the only line between you and those posts",
    is_list=True,
)
# Of a code's digest: the guest's identity, and whether it may write.
CLAIM = sealed_records.Kind(
    "claim",
    what="what a guest's six words open",
    kept="as long as there is something to open",
    copied="no: whoever has the words has what they open",
    erased="it is nobody's account, so it stays until the guest erases what they wrote, or ends the words",
    is_of_identity=False,
)
# Of a guest: the digest of each code that opens what they wrote.
CODES = sealed_records.Kind(
    "codes",
    what="which six words a guest has: of each a digest",
    kept="until the last of them ends",
    copied="no: there is nothing in it but digests",
    erased="it is nobody's account; it goes with the last of the words",
    is_of_identity=False,
)


class ClaimUnknown(SignInNeeded):
    code = "claim-unknown"
    message = _("These words open nothing here. Check their order and spelling; upper and lower case do not matter.")


class ClaimForReadingOnly(NotAllowed):
    code = "claim-for-reading-only"
    message = _(
        "These six words are for reading: they show how things stand and change nothing. Whoever has the words for "
        "everything can do this."
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """An author's anonymous posts: the rows of their thread pseudonyms, and the posts' ids.

    `for_reading_only` are rows that were opened with nothing but a code for reading.
    """

    pseudonyms: frozenset[int]
    post_ids: tuple[str, ...]
    for_reading_only: frozenset[int] = frozenset()


NOTHING = Opened(frozenset(), ())


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim code stands for. One that is for reading only shows how things stand, and changes nothing."""

    code: str
    guest: Identity
    may_write: bool

    @property
    def writer(self) -> Identity:
        """Whoever asks is about to change something. Raises ClaimForReadingOnly."""
        if not self.may_write:
            raise ClaimForReadingOnly
        return self.guest


def pseudonym_in(thread: Thread, identity: Identity) -> ThreadPseudonym:
    """The one name this author carries in this thread: theirs if they have spoken here, else a new one.

    Call under the thread's lock. Never the name of a member, nor one already carried in the thread.
    """
    if known := _known_in(thread, identity):
        return known
    name = suggest_pseudonym(
        lambda name: is_carried_in(thread, name) or User.objects.filter(username=name_key(name)).exists()
    )
    return ThreadPseudonym.objects.create(thread=thread, name=name, tag=author_tags(identity, thread.public_id)[0])


def is_carried_in(thread: Thread, name: str) -> bool:
    """Whether somebody anonymous goes there by a name that looks like it. One query by index."""
    return thread.pseudonyms.filter(name_key=name_key(name)).exists()


def own_name_in(thread: Thread, identity: Identity, *, reader: Reader) -> str:
    """The name this author carries in a thread, if the reader has opened it; else "", as if there were none."""
    known = _known_in(thread, identity)
    return known.name if known and known.pk in reader.opened else ""


def _known_in(thread: Thread, identity: Identity) -> ThreadPseudonym | None:
    """By the tag; else by the author's list: what an account adopted keeps the tag it had (services/adopting.py)."""
    if known := ThreadPseudonym.objects.filter(tag__in=author_tags(identity, thread.public_id)).first():
        return known
    entries = sealed_records.items(OWN_POSTS, identity)
    rows = [row for row, thread_id, _post_id in entries if thread_id == thread.public_id]
    return ThreadPseudonym.objects.get(pk=rows[0]) if rows else None


def remember_post(post: Post, identity: Identity) -> None:
    """Adds a post to its anonymous author's sealed list. Inside the transaction that writes it."""
    sealed_records.add_item(OWN_POSTS, identity, [post.thread_pseudonym_id, post.thread.public_id, post.public_id])


def names_of(identity: Identity) -> set[Name]:
    """Every name under which somebody speaks: their pseudonym, and all that their list holds, opened or not."""
    number = member_number(identity)
    own = set() if number is None else {member_name(number)}
    return own | {pseudonym_name(row) for row, _thread_id, _post_id in sealed_records.items(OWN_POSTS, identity)}


def tag_anew(owner: str, entry: list[Any]) -> None:
    """Of a post in its author's list: the thread pseudonym it stands under is tagged with the newest seal key.

    What an account adopted has a tag that nobody can make again, and keeps it.
    """
    pseudonym, thread_id, _post_id = entry
    own_tags = author_tags(Identity(owner), thread_id)
    ThreadPseudonym.objects.filter(pk=pseudonym, tag__in=own_tags).update(tag=own_tags[0])


@transaction.atomic
def new_guest() -> Claim:
    """Somebody without an account, and 66 random bits in six words (common/memorable.py) that open what they write."""
    claim = Claim(new_code(), new_guest_identity(), may_write=True)
    remember_code(claim)
    return claim


def remember_code(claim: Claim) -> None:
    """Inside a transaction."""
    digest = digest_of(claim.code)
    sealed_records.write(CLAIM, digest, [claim.guest, claim.may_write])
    with sealed_records.changing(CODES, claim.guest, list[Any]) as digests:
        digests.append(digest)


def require_living(guest: Identity) -> None:
    """Raises ClaimUnknown for a guest whose last code ended, by adoption or by their own wish: what they wrote now
    nobody could open. Inside the transaction that writes; what ends codes waits for it.
    """
    with sealed_records.changing(CODES, guest, list[Any]) as digests:
        is_living = bool(digests)
    if not is_living:
        raise ClaimUnknown


def read_claim(typed_code: str) -> Claim:
    """Raises ClaimUnknown, or CodeUnreadable for words that are not of our list."""
    claims = read_claims([normalise_code(typed_code)])
    if not claims:
        raise ClaimUnknown
    return claims[0]


def read_claims(codes: Iterable[str]) -> list[Claim]:
    """Of codes as they were given out; those that open nothing (any more) are left out. One query."""
    digests = {digest_of(code): code for code in codes}
    found = sealed_records.read_many(CLAIM, digests)
    claims = {
        digests[digest]: Claim(digests[digest], Identity(guest), may_write)
        for digest, (guest, may_write) in found.items()
    }
    return [claims[code] for code in digests.values() if code in claims]


def open_own(identity: Identity) -> Opened:
    """An identity's own anonymous posts. Of a member's, the door asks for a fresh password first (safety.md A3)."""
    return _opened(sealed_records.items(OWN_POSTS, identity))


def open_member(member: User) -> Opened:
    return open_own(identity_of(member))


def open_claims(claims: Collection[Claim]) -> Opened:
    """What several codes open together. Mostly one query."""
    whole = {claim.guest for claim in claims if claim.may_write}
    together = NOTHING
    for guest, entries in sealed_records.items_of_many(OWN_POSTS, {claim.guest for claim in claims}).items():
        together = both(together, _opened(entries, for_reading_only=guest not in whole))
    return together


def both(one: Opened, other: Opened) -> Opened:
    return Opened(
        one.pseudonyms | other.pseudonyms,
        tuple(dict.fromkeys([*one.post_ids, *other.post_ids])),
        one.for_reading_only | other.for_reading_only,
    )


def _opened(entries: Iterable[tuple[int, str, str]], *, for_reading_only: bool = False) -> Opened:
    entries = list(entries)
    pseudonyms = frozenset(pseudonym for pseudonym, _thread_id, _post_id in entries)
    return Opened(
        pseudonyms,
        tuple(post_id for _pseudonym, _thread_id, post_id in entries),
        pseudonyms if for_reading_only else frozenset(),
    )


def digest_of(code: str) -> str:
    """What stands for a code under the seal."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"claim code {code}".encode()).digest()).decode()
