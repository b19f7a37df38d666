"""Answers that several pages give."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.fresh import has_fresh_password
from crisis.queries import Card
from crisis.visit import card_for
from forum.screening import help_for

View = Callable[..., HttpResponse]


def form_page(request: HttpRequest, template: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=form.status if form.errors else 200)


def help_card(request: HttpRequest, title: str, source: str) -> Card | None:
    """People who can help, for whoever wrote this, where the words say that they may be in danger. For nobody else."""
    kinds = help_for(title, source)
    return card_for(request, kinds) if kinds else None


def ask_password(request: HttpRequest) -> HttpResponse:
    """Once more, then back to this page (safety.md A3)."""
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")


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
