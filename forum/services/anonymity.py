"""Thread pseudonyms and claim codes: giving a name in one thread, and finding one's own posts again.

Two kinds of sealed records (accounts/sealed_records.py): what an identity wrote anonymously, and what a claim code
opens. A code stands nowhere, not even under the seal: only its digest does. 66 random bits are behind a digest that
only the holder of the seal key can read.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import sealed_records
from accounts.identity import Identity, identity_of, new_guest_identity
from accounts.models import User
from accounts.pseudonyms import suggest_pseudonym
from common.errors import SignInNeeded
from common.memorable import new_code, normalise_code
from forum.authorship import author_tags
from forum.models import Thread, ThreadPseudonym

if TYPE_CHECKING:
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
    erased="it is nobody's account, so it stays until the guest erases what they wrote",
    is_of_identity=False,
)


class ClaimUnknown(SignInNeeded):
    code = "claim-unknown"
    message = _("These words open nothing here. Check their order and spelling; upper and lower case do not matter.")


@dataclass(frozen=True, slots=True)
class Opened:
    """An author's anonymous posts: the rows of their thread pseudonyms, and the posts' ids."""

    pseudonyms: frozenset[int]
    post_ids: tuple[str, ...]


NOTHING = Opened(frozenset(), ())


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim code stands for. One that is for reading only shows how things stand, and changes nothing."""

    code: str
    guest: Identity
    may_write: bool


def pseudonym_in(thread: Thread, identity: Identity) -> ThreadPseudonym:
    """The one name this author carries in this thread: theirs if they have spoken here, else a new one.

    Call under the thread's lock. Never the name of a member, nor one already carried in the thread.
    """
    own_tags = author_tags(identity, thread.public_id)
    if known := ThreadPseudonym.objects.filter(tag__in=own_tags).first():
        if known.tag != own_tags[0]:  # the key is being turned
            known.tag = own_tags[0]
            known.save(update_fields=["tag"])
        return known
    taken = set(thread.pseudonyms.values_list("name", flat=True))
    name = suggest_pseudonym(lambda name: name in taken or User.objects.filter(pseudonym=name).exists())
    return ThreadPseudonym.objects.create(thread=thread, name=name, tag=own_tags[0])


def remember_post(post: Post, identity: Identity) -> None:
    """Adds a post to its anonymous author's sealed list. Inside the transaction that writes it."""
    sealed_records.add_item(OWN_POSTS, identity, [post.thread_pseudonym_id, post.thread.public_id, post.public_id])


def tag_anew(owner: str, entry: list[Any]) -> None:
    """Of a post in its author's list: the thread pseudonym it stands under is tagged with the newest seal key."""
    pseudonym, thread_id, _post_id = entry
    ThreadPseudonym.objects.filter(pk=pseudonym).update(tag=author_tags(Identity(owner), thread_id)[0])


@transaction.atomic
def new_guest() -> Claim:
    """Somebody without an account, and 66 random bits in six words (common/memorable.py) that open what they write."""
    claim = Claim(new_code(), new_guest_identity(), may_write=True)
    sealed_records.write(CLAIM, _digest(claim.code), [claim.guest, claim.may_write])
    return claim


def read_claim(typed_code: str) -> Claim:
    """Raises ClaimUnknown, or CodeUnreadable for words that are not of our list."""
    code = normalise_code(typed_code)
    found = sealed_records.read(CLAIM, _digest(code))
    if found is None:
        raise ClaimUnknown
    guest, may_write = found
    return Claim(code, Identity(guest), may_write)


def open_own(identity: Identity) -> Opened:
    """An identity's own anonymous posts. Of a member's, the door asks for a fresh password first (safety.md A3)."""
    entries = sealed_records.items(OWN_POSTS, identity)
    return Opened(
        pseudonyms=frozenset(pseudonym for pseudonym, _thread_id, _post_id in entries),
        post_ids=tuple(post_id for _pseudonym, _thread_id, post_id in entries),
    )


def open_member(member: User) -> Opened:
    return open_own(identity_of(member))


def _digest(code: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(f"claim code {code}".encode()).digest()).decode()
