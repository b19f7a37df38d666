"""What accounts does when allauth tells something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.signals import authenticator_used
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.services.recovery import keep_second_factor

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
