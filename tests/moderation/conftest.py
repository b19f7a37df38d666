"""Who else is at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moderation.services.moderators import create_moderator, leads
from tests.personas import PASSWORD

if TYPE_CHECKING:
    from accounts.models import User


@pytest.fixture
def second(db: None) -> User:
    """Beside `moderator`."""
    other, _password = create_moderator("desk two")
    other.set_password(PASSWORD)
    other.save()
    return other


@pytest.fixture
def lead(moderator: User) -> User:
    """`moderator`, who leads."""
    moderator.groups.add(leads())
    return moderator
