"""Where one is signed in, and signing out there."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.services.visits import end_other_visits, end_visit, visits_of

if TYPE_CHECKING:
    from accounts.models import User


def member_of(request: HttpRequest) -> User:
    return cast("User", request.user)


@require_safe
@login_required
def visits(request: HttpRequest) -> HttpResponse:
    found = visits_of(member_of(request), this=request.session.session_key)
    return render(request, "accounts/visits.html", {"visits": found})


@require_POST
@login_required
def visit_end(request: HttpRequest, visit_id: str) -> HttpResponse:
    end_visit(member_of(request), visit_id)
    messages.success(request, _("That visit is over."))
    return redirect("accounts:visits")


@require_POST
@login_required
def visits_end_others(request: HttpRequest) -> HttpResponse:
    """Asks for no password: she may be in a hurry, and whoever else does it locks out nobody."""
    end_other_visits(member_of(request), this=request.session.session_key)
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("accounts:visits")
