"""What the pages share: how often somebody may send, and asking for the password once more."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.fresh import has_fresh_password
from common.rate_limits import Limit, count, network_of

WRITES = Limit("page-writes", quota=30, window=60)

View = Callable[..., HttpResponse]


def limited(limit: Limit) -> Callable[[View], View]:
    """Counts what is sent, never what is read."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                count(limit, network_of(request))
            return view(request, *args, **kwargs)

        return counted

    return decorate


def behind_password(then: str) -> Callable[[View], View]:
    """A member gives their password once more, unless they did a moment ago (safety.md A3), and goes on to `then`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not has_fresh_password(request.session):
                return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': reverse(then)})}")
            return view(request, *args, **kwargs)

        return asked

    return decorate
