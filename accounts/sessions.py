"""Visits: sealed in the database, over with the browser or after some idle minutes (safety.md B6, S1).

A row holds a digest of the number in the cookie, a sealed value and an hour. Whoever copies the database cannot make
the cookie from the digest: 160 random bits need neither key nor salt. What a visit knows (who signed in, which
anonymous posts were opened) is under the seal, and `expire_date` is rounded up to the hour, so that rows tell neither
who nor when.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.dispatch import Signal
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.turning import Turned, turn_rows
from common.sealing import CannotOpen, is_sealed_anew, seal, unseal

_LAST_SEEN = "_seen"
_BEGAN = "_began"
_SEAL = "session"
_ROW_LENGTH = 40  # hexadecimal digits, 160 bits: Django's column has no more

# A member's visit goes on under another key: `member` (the row of the account), `before`, `after`.
visit_moved = Signal()


def row_of(key: str) -> str:
    """What the visit with this number in its cookie is found by."""
    return hashlib.sha256(key.encode()).hexdigest()[:_ROW_LENGTH]


class SessionStore(DatabaseSessionStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        row = None
        if self.session_key:
            alive = Session.objects.filter(expire_date__gt=timezone.now())
            row = alive.filter(session_key=row_of(self.session_key)).first()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=row_of(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        key: str = self._get_or_create_session_key()  # type: ignore[attr-defined]  # Django's own way to it
        return Session(session_key=row_of(key), session_data=self.encode(data), expire_date=self.get_expiry_date())

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            Session.objects.filter(session_key=row_of(key)).delete()

    def encode(self, session_dict: dict[str, Any]) -> str:
        return _sealed(json.dumps(session_dict).encode())

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads(unseal(_SEAL, base64.b64decode(session_data)))
        except (CannotOpen, ValueError):
            return {}  # as Django does with a session it cannot read: the visit starts anew
        return content

    def cycle_key(self) -> None:
        """Where somebody who is signed in changes their password, and the like."""
        before = self.session_key
        super().cycle_key()
        if before and (member := self.get(SESSION_KEY)):
            visit_moved.send(SessionStore, member=int(member), before=before, after=self.session_key)

    def get_expiry_date(self, **kwargs: Any) -> dt.datetime:
        exact: dt.datetime = super().get_expiry_date(**kwargs)
        return exact.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)


def is_over(content: Mapping[str, Any]) -> bool:
    """Whether a visit that knows this was idle for too long, or lasted too long."""
    now = int(timezone.now().timestamp())
    idle_seconds: int = now - content.get(_LAST_SEEN, now)
    seconds: int = now - content.get(_BEGAN, now)
    return idle_seconds > settings.SESSION_IDLE_MINUTES * 60 or seconds > settings.SESSION_COOKIE_AGE


def seal_visits_anew() -> Turned:
    """Under the newest key, as `rotate_seal_key` wants it: nobody is signed out by it."""
    return turn_rows(
        Session.objects.all(),
        is_turned=lambda visit: is_sealed_anew(_SEAL, base64.b64decode(visit.session_data)),
        turn=_turn,
    )


def _turn(visit: Session) -> list[str]:
    visit.session_data = _sealed(unseal(_SEAL, base64.b64decode(visit.session_data)))
    return ["session_data"]


def _sealed(content: bytes) -> str:
    return base64.b64encode(seal(_SEAL, content)).decode()


class IdleMiddleware:
    """Ends a visit after SESSION_IDLE_MINUTES without a request, and after SESSION_COOKIE_AGE seconds at the latest; an
    app's, which shows a token instead of a cookie, as well.

    The mark moves in steps of a third of that, so that reading writes to the database at most three times in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.step = max(settings.SESSION_IDLE_MINUTES * 60 // 3, 1)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            self._mark(request.session)
        if token := request.headers.get("X-Session-Token"):
            visit = SessionStore(token)
            self._mark(visit)
            if visit.modified and visit.session_key:
                visit.save()
        return self.get_response(request)

    def _mark(self, session: SessionBase) -> None:
        now = int(timezone.now().timestamp())
        seen = session.get(_LAST_SEEN, now)
        if is_over(session):
            session.flush()
        elif not session.is_empty() and (now - seen >= self.step or _LAST_SEEN not in session):
            session[_LAST_SEEN] = now
            session.setdefault(_BEGAN, now)
