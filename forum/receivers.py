"""What forum does when others tell something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.signals import user_signed_up
from django.dispatch import receiver

from forum.services.house_rules import agree_to_rules, current_rules

if TYPE_CHECKING:
    from accounts.models import User


@receiver(user_signed_up)
def agree_by_signing_up(user: User, **_kwargs: Any) -> None:
    """The page shows the rules and says so; whoever signs up over the API is told in docs/api.md."""
    if (rules := current_rules()) is not None:
        agree_to_rules(user, rules.version)
