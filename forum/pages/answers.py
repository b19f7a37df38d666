"""Answers that several pages give."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode


def form_page(request: HttpRequest, template: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=form.status if form.errors else 200)


def ask_password(request: HttpRequest) -> HttpResponse:
    """Once more, then back to this page (safety.md A3)."""
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")
