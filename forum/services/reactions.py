"""Reactions: presence, never a number. The post's author sees which kinds are there, nobody who or how many."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.identity import Identity, identity_of, new_guest_identity
from accounts.turning import Turned, turn_rows
from common.errors import Conflict, SignInNeeded
from common.sealing import is_sealed_anew, seal, unseal
from forum.authorship import Name, Reader, reaction_tags, rows_of
from forum.models import Post, Reaction, ReactionKind
from forum.policies import can_read_post, is_author
from forum.services.restricting import require_may_act
from forum.states import PostState

_SEAL = "reaction-giver"
_BLOCK = 64  # bytes: longer than any identity
_AT_ONCE = 500  # posts in one query


class CannotReact(Conflict):
    code = "post-takes-no-reaction"
    message = _("This post cannot be reacted to.")


def give_reaction(post: Post, kind: ReactionKind, *, actor: Reader) -> None:
    """Twice is once. It reaches somebody, so a pause that the team asked for is one from reactions too."""
    giver = _giver(actor)
    if post.state != PostState.PUBLISHED or not can_read_post(actor, post) or is_author(actor, post):
        raise CannotReact
    require_may_act(giver, post.thread.category)
    own_tags = reaction_tags(giver, post.public_id)
    with transaction.atomic():
        if not Reaction.objects.filter(post=post, kind=kind, tag__in=own_tags).exists():
            Reaction.objects.get_or_create(post=post, kind=kind, tag=own_tags[0], defaults={"giver": _sealed(giver)})


def restore_reaction(post: Post, kind: ReactionKind, *, giver: Identity) -> None:
    """An account that was sealed is open again."""
    Reaction.objects.create(post=post, kind=kind, tag=reaction_tags(giver, post.public_id)[0], giver=_sealed(giver))


def nobodys_reaction(post: Post, kind: ReactionKind) -> Reaction:
    """Unsaved: it came from elsewhere, without whose it was. It is of somebody who is forgotten at once."""
    giver = new_guest_identity()
    return Reaction(post=post, kind=kind, tag=reaction_tags(giver, post.public_id)[0], giver=_sealed(giver))


def carried_reaction(post: Post, kind: ReactionKind, *, tag: str, giver: bytes) -> Reaction:
    """Unsaved: it came from another copy of this forum. Raises CannotOpen: one that no key opens would stand in the way
    of everybody who wants a copy of what is theirs.
    """
    unseal(_SEAL, giver)
    return Reaction(post=post, kind=kind, tag=tag, giver=giver)


def take_back_reaction(post: Post, kind: ReactionKind, *, actor: Reader) -> None:
    """Taking back what was not given is no error."""
    Reaction.objects.filter(post=post, kind=kind, tag__in=reaction_tags(_giver(actor), post.public_id)).delete()


def take_back_reactions_to(name: Name, *, giver: Identity) -> None:
    """All that somebody gave to what stands under a name, whichever of their own names they speak under."""
    members, pseudonyms = rows_of([name])
    under_it = Post.objects.filter(Q(author__in=members) | Q(thread_pseudonym__in=pseudonyms))
    rows = list(under_it.values_list("pk", "public_id"))
    for start in range(0, len(rows), _AT_ONCE):
        posts = dict(rows[start : start + _AT_ONCE])
        own_tags = [tag for post_id in posts.values() for tag in reaction_tags(giver, post_id)]
        Reaction.objects.filter(post__in=posts, tag__in=own_tags).delete()


def reactions_of(giver: Identity) -> Iterator[Reaction]:
    """All that they gave, with the post. Opens every reaction there is: for an export or an erasure, not for a page."""
    for reaction in Reaction.objects.select_related("post").order_by("pk").iterator():
        if unseal(_SEAL, reaction.giver).decode() == giver:
            yield reaction


def seal_reactions_anew() -> Turned:
    """Under the newest key, as `rotate_seal_key` wants it: who gave them, and the tag that is made of that."""
    return turn_rows(
        Reaction.objects.select_related("post"),
        is_turned=lambda reaction: is_sealed_anew(_SEAL, reaction.giver),
        turn=_turn,
    )


def _turn(reaction: Reaction) -> list[str]:
    giver = Identity(unseal(_SEAL, reaction.giver).decode())
    reaction.tag, reaction.giver = reaction_tags(giver, reaction.post.public_id)[0], _sealed(giver)
    return ["tag", "giver"]


def _giver(actor: Reader) -> Identity:
    if actor.member is None:
        raise SignInNeeded
    return identity_of(actor.member)


def _sealed(giver: Identity) -> bytes:
    return seal(_SEAL, giver.encode(), block=_BLOCK)
