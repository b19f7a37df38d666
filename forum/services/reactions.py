"""Reactions: presence, never a number. The post's author sees which kinds are there, nobody who or how many."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from forum.authorship import Reader, reaction_tags
from forum.models import Post, Reaction, ReactionKind
from forum.policies import can_read_post, is_author
from forum.states import PostState


class CannotReact(Conflict):
    code = "post-takes-no-reaction"
    message = _("This post cannot be reacted to.")


def give_reaction(post: Post, kind: ReactionKind, *, actor: Reader) -> None:
    """Twice is once."""
    own_tags = reaction_tags(actor, post.public_id)
    if post.state != PostState.PUBLISHED or not can_read_post(actor, post) or is_author(actor, post):
        raise CannotReact
    with transaction.atomic():
        if not Reaction.objects.filter(post=post, kind=kind, tag__in=own_tags).exists():
            Reaction.objects.get_or_create(post=post, kind=kind, tag=own_tags[0])


def take_back_reaction(post: Post, kind: ReactionKind, *, actor: Reader) -> None:
    """Taking back what was not given is no error."""
    Reaction.objects.filter(post=post, kind=kind, tag__in=reaction_tags(actor, post.public_id)).delete()
