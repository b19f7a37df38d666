"""Taking a copy of one's own, closing the account, and opening it again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import RecoveryWordsForm
from accounts.fresh import has_fresh_password
from accounts.pages.forms import LEAVE_WORDS, CloseForm
from accounts.pages.visits import member_of
from accounts.services.closing import close_account, closing_progress, reopen_account
from accounts.services.export import copy_of, file_of, remove_copy, start_copy
from common.errors import HearthError
from common.rate_limits import network_of

View = Callable[..., HttpResponse]

_TYPES = {"notes.json": "application/json", "notes.txt": "text/plain"}


def _with_fresh_password(view: View) -> View:
    """Asks for the password once more, and leads back to the page of the copy (safety.md A3)."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_fresh_password(request.session):
            return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': reverse('accounts:export')})}")
        return view(request, *args, **kwargs)

    return login_required(asked)


# --- A copy -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@_with_fresh_password
def export(request: HttpRequest) -> HttpResponse:
    """GET shows it, or how far it is; POST has it made."""
    member = member_of(request)
    if request.method == "POST":
        start_copy(member)
        return redirect("accounts:export")
    return render(request, "accounts/export.html", {"copy": copy_of(member)})


@require_safe
@_with_fresh_password
def export_file(request: HttpRequest, name: str) -> HttpResponse:
    content = file_of(member_of(request), name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=f"{_TYPES[name]}; charset=utf-8", headers=headers)


@require_POST
@_with_fresh_password
def export_remove(request: HttpRequest) -> HttpResponse:
    remove_copy(member_of(request))
    return redirect("accounts:export")


# --- Leaving, and coming back -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def erase(request: HttpRequest) -> HttpResponse:
    """The password is asked for on the page itself: how it is typed there may mean something (services/closing.py)."""
    form = CloseForm(request.POST or None)
    if form.is_valid():
        keep_words = form.cleaned_data["words"] == LEAVE_WORDS
        try:
            progress = close_account(member_of(request), password=form.cleaned_data["password"], keep_words=keep_words)
        except HearthError as error:
            form.add_errors(error)
        else:
            request.session.flush()
            response = redirect("accounts:closing", progress.id)
            response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
            return response
    return render(request, "accounts/erase.html", {"form": form}, status=form.status if form.errors else 200)


@require_safe
def closing(request: HttpRequest, job_id: str) -> HttpResponse:
    return render(request, "accounts/closing.html", {"progress": closing_progress(job_id)})


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest) -> HttpResponse:
    form = RecoveryWordsForm(request.POST or None)
    if form.is_valid():
        try:
            _member, words = reopen_account(**form.cleaned_data, network=network_of(request))
        except HearthError as error:
            form.add_errors(error)
        else:
            return render(request, "accounts/reopened.html", {"words": words})
    return render(request, "accounts/reopen.html", {"form": form}, status=form.status if form.errors else 200)
