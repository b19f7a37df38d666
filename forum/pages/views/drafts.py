"""What a member kept for later, and words that a sign-in came between."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST, require_safe

from accounts.fresh import has_fresh_password
from common.errors import NotFound
from forum.pages.answers import ask_first, ask_password, ask_sign_in
from forum.pages.limits import WRITES, limited
from forum.services.drafts import drafts_of, drop_draft
from forum.visit import reader_of

_FORMS = {"forum:story-new", "forum:post-reply", "forum:post-edit"}


@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """Behind a fresh password: the words stand here in full, also where what they answer is gone."""
    reader = reader_of(request)
    if reader.member is None:
        return ask_sign_in(request)
    if not has_fresh_password(request.session):
        return ask_password(request)
    return render(request, "forum/drafts.html", {"drafts": drafts_of(reader)})


@limited(WRITES)
@require_POST
def draft_drop(request: HttpRequest) -> HttpResponse:
    """From the list."""
    drop_draft(request.POST.get("place", ""), actor=reader_of(request), mark=request.POST.get("draft", ""))
    return redirect("forum:drafts")


@limited(WRITES)
@require_POST
def go_on(request: HttpRequest) -> HttpResponse:
    """From a form whose visit had ended, or had closed the name it is about: see `ask_first`."""
    address = request.POST.get("address", "")
    try:
        match = resolve(address)
    except Resolver404:
        raise NotFound from None
    if match.view_name not in _FORMS:
        raise NotFound
    return ask_first(request, address)
