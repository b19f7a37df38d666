"""Has this visit given its password a moment ago? Asked before anything that only the person herself should do (A3)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed

# Where allauth records each sign-in and each password given again.
_RECORDS = "account_authentication_methods"


class FreshPasswordNeeded(NotAllowed):
    code = "fresh-password-needed"
    message = _("Please give your password once more first.")


def has_fresh_password(session: SessionBase) -> bool:
    """Signed in, or gave the password again, within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds."""
    records: list[dict[str, Any]] = session.get(_RECORDS, [])
    newest = max((record.get("at", 0) for record in records), default=0)
    return bool(timezone.now().timestamp() - newest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
