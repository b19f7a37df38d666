"""What the endpoints of one's own account do alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.fresh import FreshPasswordNeeded, has_fresh_password
from common.api import LimitedView
from common.errors import SignInNeeded

if TYPE_CHECKING:
    from accounts.models import User


class AccountView(LimitedView):
    @property
    def member(self) -> User:
        if not self.request.user.is_authenticated:
            raise SignInNeeded
        return self.request.user

    def require_fresh_password(self) -> None:
        if not has_fresh_password(self.session):
            raise FreshPasswordNeeded
