"""What signing in, and a new session key, mean for a member's list of visits. Page, app and desk all come here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.services.visits import begin_visit, move_visit
from accounts.sessions import visit_moved

if TYPE_CHECKING:
    from accounts.models import User


@receiver(user_logged_in)
def on_signed_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    if request.session.session_key is None:  # another's visit was here before and was thrown away
        request.session.save()
    begin_visit(user, str(request.session.session_key))


@receiver(visit_moved)
def on_visit_moved(member: int, before: str, after: str, **_kwargs: Any) -> None:
    move_visit(member, before=before, after=after)
