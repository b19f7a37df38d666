"""Thread pseudonyms and claim codes: giving a name in one thread, and finding one's own posts again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.pseudonyms import suggest_pseudonym
from common.errors import SignInNeeded
from common.memorable import new_code, normalise_code
from common.sealing import seal, tag, unseal
from forum.authorship import author_tag, claim_secret, member_secret
from forum.models import AuthorIndex, Thread, ThreadPseudonym

if TYPE_CHECKING:
    from forum.models import Post


class ClaimUnknown(SignInNeeded):
    code = "claim-unknown"
    message = _("These words open nothing here. Check their order and spelling; upper and lower case do not matter.")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a claim code or a fresh password opens: the tags of an author's anonymous posts, and the posts' ids."""

    tags: frozenset[str]
    post_ids: tuple[str, ...]


NOTHING = Opened(frozenset(), ())


def pseudonym_in(thread: Thread, secret: str) -> ThreadPseudonym:
    """The one name this author carries in this thread: theirs if they have spoken here, else a new one.

    Call under the thread's lock. Never the name of a member, nor one already carried in the thread.
    """
    own_tag = author_tag(secret, thread.public_id)
    if known := ThreadPseudonym.objects.filter(tag=own_tag).first():
        return known
    taken = set(thread.pseudonyms.values_list("name", flat=True))
    name = suggest_pseudonym(lambda name: name in taken or User.objects.filter(pseudonym=name).exists())
    return ThreadPseudonym.objects.create(thread=thread, name=name, tag=own_tag)


def new_claim_code() -> str:
    """66 random bits in six words (common/memorable.py)."""
    return new_code()


def remember_post(post: Post, secret: str) -> None:
    """Adds a post to its anonymous author's sealed list."""
    entry = [post.thread.public_id, post.public_id]
    index = _locked_index(secret)
    entries = json.loads(unseal("author-index", index.content)) if index.content else []
    index.content = seal("author-index", json.dumps([*entries, entry]).encode())
    index.save(update_fields=["content"])


def open_claim(typed_code: str) -> tuple[str, Opened]:
    """The code in its plain form and what it opens. Raises ClaimUnknown, or CodeUnreadable for other words."""
    code = normalise_code(typed_code)
    opened = _open(claim_secret(code))
    if opened is NOTHING:
        raise ClaimUnknown
    return code, opened


def open_member(member: User) -> Opened:
    """A member's own anonymous posts. The door asks for a fresh password first (safety.md A3)."""
    return _open(member_secret(member))


def _open(secret: str) -> Opened:
    index = AuthorIndex.objects.filter(lookup=_lookup(secret)).first()
    if index is None:
        return NOTHING
    entries = json.loads(unseal("author-index", index.content))
    return Opened(
        tags=frozenset(author_tag(secret, thread_id) for thread_id, _post_id in entries),
        post_ids=tuple(post_id for _thread_id, post_id in entries),
    )


def _locked_index(secret: str) -> AuthorIndex:
    lookup = _lookup(secret)
    try:
        with transaction.atomic():
            AuthorIndex.objects.get_or_create(lookup=lookup, defaults={"content": b""})
    except IntegrityError:  # made by another request a moment ago
        pass
    return AuthorIndex.objects.select_for_update().get(lookup=lookup)


def _lookup(secret: str) -> str:
    return tag("author-index", secret)
