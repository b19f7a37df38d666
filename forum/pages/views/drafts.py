"""What a member kept for later, and words that a sign-in came between."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.fresh import has_fresh_password
from common.errors import NotFound, SignInNeeded
from forum.authorship import SpeaksAs
from forum.pages.answers import ask_password
from forum.pages.limits import WRITES, limited
from forum.services.drafts import MAX_DRAFT_CHARS, drafts_of, drop_draft
from forum.visit import Words, keep_words, reader_of

_FORMS = {"forum:story-new", "forum:post-reply", "forum:post-edit"}
_FIELDS = ("category", "title", "text", "reply_wish", "draft")


@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """Behind a fresh password: the words stand here in full, also where what they answer is gone."""
    reader = reader_of(request)
    if reader.member is None:
        raise SignInNeeded
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
    """From a form whose visit had ended: keeps its words in the new visit, leads to the sign-in, and from there back
    to the form, which shows them once.
    """
    address = request.POST.get("address", "")
    try:
        match = resolve(address)
    except Resolver404:
        raise NotFound from None
    if match.view_name not in _FORMS:
        raise NotFound
    words: Words = {name: request.POST.get(name, "")[:MAX_DRAFT_CHARS] for name in _FIELDS}
    words["reply_limits"] = [limit[:40] for limit in request.POST.getlist("reply_limits")[:10]]
    voice = request.POST.get("speaks_as") or request.POST.get("voice")
    keep_words(request, address, words | ({"speaks_as": voice} if voice in set(SpeaksAs) else {}))
    return redirect(f"{reverse('account_login')}?{urlencode({'next': address})}")
