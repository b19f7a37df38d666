"""Who may work at the desk: staff who may decide cases, and have a second step where one is asked for; and about what.

Whether it was shown in this visit is the doors' business (config/admin_site.py); here it must exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from accounts.second_factors import has_second_factor

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Post

DECIDE = "moderation.change_case"
LEAD = "moderation.lead"


def can_decide(member: User) -> bool:
    if settings.MODERATORS_NEED_SECOND_FACTOR and not has_second_factor(member):
        return False
    return member.is_active and member.is_staff and member.has_perm(DECIDE)


def is_lead(member: User) -> bool:
    """A moderator who decides what others pass on."""
    return can_decide(member) and member.has_perm(LEAD)


def is_ones_own(post: Post, member: User) -> bool:
    """Under their own name: whose an anonymous one is nobody at the desk can know (docs/decisions/0026)."""
    return post.author_id is not None and post.author_id == member.pk


def not_ones_own(member: User, post: str = "post") -> Q:
    """The same as a condition on rows; `post` is the way to theirs. What is about one's own words is not seen either:
    nobody learns at the desk who told of them.
    """
    return ~Q(**{f"{post}__author": member})
