"""Burning the link: an anonymous name in one thread becomes nobody's, for good."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import sealed_records
from common.errors import Conflict
from forum.authorship import pseudonym_name
from forum.models import ThreadPseudonym
from forum.services.anonymity import OWN_POSTS
from forum.services.blocking import carry_unseen
from forum.services.following import forget_written
from forum.services.restricting import carry_restrictions
from forum.services.visibility import lock_thread, require_own

if TYPE_CHECKING:
    from accounts.identity import Identity
    from forum.authorship import Name, Reader
    from forum.models import Post


class UnderOwnName(Conflict):
    code = "post-under-own-name"
    message = _("This stands under the name everybody knows you by. Only what stands under another name can be let go.")


def require_burnable(post: Post, actor: Reader) -> None:
    require_own(post, actor)
    if post.thread_pseudonym_id is None:
        raise UnderOwnName


@transaction.atomic
def burn_name(post: Post, *, actor: Reader, owners: Collection[Identity]) -> None:
    """Everything under the post's name in its thread: it stays as it stands, and nobody, its author included, can
    show that it was theirs, change it or take it back. `owners` are the identities the actor may speak for.

    The tag becomes one that nobody can make; the author's sealed list forgets the posts.
    """
    require_burnable(post, actor)
    assert post.thread_pseudonym_id is not None  # it is burnable
    lock_thread(post.thread_id)
    for owner in sorted(owners):
        entries = sealed_records.items(OWN_POSTS, owner)
        gone = [post_id for pseudonym, _thread_id, post_id in entries if pseudonym == post.thread_pseudonym_id]
        if gone:
            sealed_records.drop_items(OWN_POSTS, owner, lambda entry: entry[0] == post.thread_pseudonym_id)
            forget_written(post.thread, gone, actor=owner)
            _carry_on(pseudonym_name(post.thread_pseudonym_id), to=owner)
    # As long as a tag, and made of chance alone.
    ThreadPseudonym.objects.filter(pk=post.thread_pseudonym_id).update(tag=secrets.token_urlsafe(32))


def _carry_on(name: Name, *, to: Identity) -> None:
    """What came upon its author by this name stays with them: whose words are kept from them, and what the team decided
    about it. Else letting a name go would be a way round both.
    """
    carry_unseen(name, to=to)
    carry_restrictions(name, to=to)
