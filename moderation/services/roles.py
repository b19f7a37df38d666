"""Who may do something at the desk, asked by every verb itself (moderation/policies.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed
from moderation.policies import can_decide, is_lead, is_ones_own
from moderation.queries import has_other_leads

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Post
    from moderation.models import AuditEntry, Case


class NotAModerator(NotAllowed):
    code = "not-a-moderator"
    message = _("Only moderators do this.")


class OnlyLeads(NotAllowed):
    code = "only-leads"
    message = _("Only leads do this.")


class OnesOwn(NotAllowed):
    code = "ones-own"
    message = _("This is about what you wrote yourself. Somebody else of the team looks at it.")


class OwnDeed(NotAllowed):
    code = "own-deed"
    message = _("You did this yourself, so another lead looks whether something has to go. Nothing was changed.")


def require_moderator(member: User) -> None:
    if not can_decide(member):
        raise NotAModerator


def require_lead(member: User) -> None:
    if not is_lead(member):
        raise OnlyLeads


def require_not_ones_own(post: Post, actor: User) -> None:
    if is_ones_own(post, actor):
        raise OnesOwn


def require_not_own_deed(entry: AuditEntry, actor: User) -> None:
    """As long as there is another lead."""
    if entry.moderator_id == actor.pk and has_other_leads(actor):
        raise OwnDeed


def is_barred(case: Case, member: User) -> bool:
    """From deciding it, whatever they may else: they wrote it, or decided first what an appeal is about."""
    decided_first = case.appeal is not None and case.appeal.first_moderator_id == member.pk
    return decided_first or is_ones_own(case.post, member)
