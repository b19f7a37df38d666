"""Content notes that moderators put on a post without deciding a case about it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import transaction

from forum.services.content_notes import notes_named, set_team_notes
from moderation import audit
from moderation.services.roles import require_moderator, require_not_ones_own

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Post


@transaction.atomic
def note_post(post: Post, *, actor: User, notes: Collection[str]) -> Post:
    """The moderators' notes on it are exactly these, by their ids; those of its author stay.

    Raises NotAModerator, OnesOwn, NoteUnknown, MoveNotAllowed.
    """
    require_moderator(actor)
    require_not_ones_own(post, actor)
    noted = set_team_notes(post, notes_named(notes), actor=actor)
    audit.append("post_noted", moderator=actor, post=post.public_id, notes=sorted(notes))
    return noted
