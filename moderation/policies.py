"""Who may work at the desk: staff who may decide cases, and have a second step where one is asked for.

Whether it was shown in this visit is the doors' business (config/admin_site.py); here it must exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from accounts.second_factors import has_second_factor

if TYPE_CHECKING:
    from accounts.models import User

DECIDE = "moderation.change_case"
LEAD = "moderation.lead"


def can_decide(member: User) -> bool:
    if settings.MODERATORS_NEED_SECOND_FACTOR and not has_second_factor(member):
        return False
    return member.is_active and member.is_staff and member.has_perm(DECIDE)


def is_lead(member: User) -> bool:
    """A moderator who decides what others pass on."""
    return can_decide(member) and member.has_perm(LEAD)
