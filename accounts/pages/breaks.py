"""Taking a break, and ending it."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.fresh import has_fresh_password
from accounts.pages.forms import BreakForm
from accounts.pages.visits import member_of
from accounts.services.breaks import break_in, end_break, take_break
from common.days import today
from common.errors import HearthError


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def break_page(request: HttpRequest) -> HttpResponse:
    """Asks for no password to begin one: whoever else does it hides the forum from her until she ends it, no more."""
    form = BreakForm(request.POST or None, initial={"until": today() + dt.timedelta(days=7)})
    if request.method == "POST" and form.is_valid():
        try:
            take_break(member_of(request), until=form.cleaned_data["until"], session=request.session)
        except HearthError as error:
            form.add_errors(error)
        else:
            return redirect("accounts:break")
    context = {"form": form, "until": break_in(request.session)}
    return render(request, "accounts/break.html", context, status=form.status if form.errors else 200)


@require_POST
@login_required
def break_end(request: HttpRequest) -> HttpResponse:
    """With the password given a moment ago: a break may be there to keep somebody else out as well."""
    if not has_fresh_password(request.session):
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': reverse('accounts:break')})}")
    end_break(member_of(request), session=request.session)
    messages.success(request, _("Welcome back. Everything is where it was."))
    return redirect("forum:home")
