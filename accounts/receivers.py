"""What accounts does when allauth or Django tells something. Page, app and desk all come here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.signals import authenticator_used
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.services.breaks import go_on_with_break
from accounts.services.recovery import keep_second_factor
from accounts.services.visits import begin_visit, move_visit
from accounts.sessions import visit_moved

if TYPE_CHECKING:
    from accounts.models import User


@receiver(authenticator_used)
def say_that_it_would_have_ended(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    if keep_second_factor(user) and not request.path.startswith("/api/"):
        text = _(
            "Somebody with your recovery words asked that your second step be taken away. It stays, as you have just "
            "used it. If that was not you, make new recovery words and change your password now."
        )
        messages.warning(request, text)


@receiver(user_logged_in)
def on_signed_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    if request.session.session_key is None:  # another's visit was here before and was thrown away
        request.session.save()
    begin_visit(user, str(request.session.session_key))
    go_on_with_break(user, request.session)


@receiver(visit_moved)
def on_visit_moved(member: int, before: str, after: str, **_kwargs: Any) -> None:
    move_visit(member, before=before, after=after)
