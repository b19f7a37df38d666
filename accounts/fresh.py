"""Has this visit given its password a moment ago? Asked before anything that only the person herself should do (A3)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed

# Where allauth records each sign-in and each password given again, and of whom.
_RECORDS = "account_authentication_methods"
_RECORDS_OF = "account_authentication_methods_user"


class FreshPasswordNeeded(NotAllowed):
    code = "fresh-password-needed"
    message = _("Please give your password once more first.")


def has_fresh_password(session: SessionBase) -> bool:
    """Signed in, or gave the password again, within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds."""
    return timezone.now().timestamp() - _newest(session) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def has_shown_password_since(session: SessionBase, moment: float) -> bool:
    """Signed in, or gave the password again, at or after a moment (seconds of a timestamp)."""
    return _newest(session) >= moment


def _newest(session: SessionBase) -> float:
    return float(max((record.get("at", 0) for record in authentication_records(session)), default=0))


def authentication_records(session: SessionBase) -> list[dict[str, Any]]:
    """How whoever is signed in has shown who they are in this visit.

    What somebody else showed in it counts for nothing: allauth records a passkey of a closed account, too, and leaves
    signed in who was.
    """
    if session.get(_RECORDS_OF) != session.get(SESSION_KEY):
        return []
    records: list[dict[str, Any]] = session.get(_RECORDS, [])
    return records
