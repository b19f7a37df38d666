"""Who somebody is to the server alone: a short text that stands for one person, never stored but under a seal.

A member's is made from the row of the account, a guest's is drawn when they first write. Everything that is theirs and
must not show whose it is hangs from it: tags (common/sealing.py) and sealed records (accounts/sealed_records.py).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from accounts.models import User

Identity = NewType("Identity", str)

_MEMBER = "member:"


def identity_of(member: User) -> Identity:
    return identity_of_row(member.pk)


def identity_of_row(number: int) -> Identity:
    """Of an account that need not be loaded, or is no more."""
    return Identity(f"{_MEMBER}{number}")


def new_guest_identity() -> Identity:
    return Identity(f"guest:{secrets.token_urlsafe(16)}")


def member_number(identity: Identity) -> int | None:
    """The row of the account, or None for a guest."""
    return int(identity.removeprefix(_MEMBER)) if identity.startswith(_MEMBER) else None
