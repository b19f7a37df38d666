"""Who may work at the desk: staff who hold moderation's permission to decide cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User

DECIDE = "moderation.change_case"


def can_decide(member: User) -> bool:
    return member.is_active and member.is_staff and member.has_perm(DECIDE)
