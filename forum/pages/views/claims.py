"""Claim codes: coming back with one, making another, ending them, taking the posts into an account.

A code is typed into a form or shown on a page once; it is never part of an address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from accounts.fresh import has_fresh_password
from common.errors import HearthError, SignInNeeded
from forum.pages.answers import ask_password, form_page
from forum.pages.forms import ClaimForm, NewCodeForm
from forum.pages.limits import CLAIM_TRIES, limited
from forum.services.adopting import adopt_posts
from forum.services.anonymity import Claim, open_claims, read_claim
from forum.services.claims import count_codes, end_code, end_other_codes, make_code, require_same_guest
from forum.services.idempotency import once
from forum.visit import current_claim, drop_claim_code, keep_claim_code, keep_open, reader_of


@limited(CLAIM_TRIES)
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest) -> HttpResponse:
    """A guest comes back: the six words open what was written under them, for this visit. `next`: where they wanted to
    go, on this site alone.
    """
    sent = request.POST if request.method == "POST" else request.GET
    then = sent.get("next", "")
    then = then if then.startswith("/") and url_has_allowed_host_and_scheme(then, allowed_hosts=None) else ""
    form = ClaimForm(request.POST or None)
    if form.is_valid():
        try:
            opened = read_claim(form.cleaned_data["code"])
        except HearthError as error:
            form.add_errors(error)
        else:
            keep_claim_code(request, opened.code)
            return redirect(then or "forum:mine")
    return form_page(request, "forum/claim.html", form, {"then": then, "is_open": current_claim(request) is not None})


@limited(CLAIM_TRIES)
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code in use. POST makes another one for the same posts and shows it, this once."""
    claim = current_claim(request)
    if claim is None:
        return redirect("forum:claim")
    form = NewCodeForm(request.POST or None)
    made = ""
    if form.is_valid():
        try:
            require_same_guest(form.cleaned_data["code"], claim)
            made = _made(claim, form)
        except HearthError as error:
            form.add_errors(error)
        else:
            form = NewCodeForm()
    context = {"claim": claim, "codes": count_codes(claim), "made": made}
    return form_page(request, "forum/claim_code.html", form, context)


def _made(claim: Claim, form: NewCodeForm) -> str:
    """Sending the form twice makes one code."""

    def work() -> tuple[dict[str, Any], str]:
        return {"code": make_code(claim, may_write=form.cleaned_data["may_write"] == "yes").code}, ""

    answer, _replayed = once(
        actor_key=claim.guest,
        deed="make-claim-code",
        key=form.cleaned_data["form_key"],
        request=form.cleaned_data["may_write"],
        work=work,
    )
    made: str = answer["code"]
    return made


def code_end(request: HttpRequest) -> HttpResponse:
    """GET asks once; POST ends the code in use."""

    def end(claim: Claim) -> HttpResponse:
        end_code(claim)
        drop_claim_code(request, claim.code)
        return render(request, "forum/claim_ended.html")

    return _with_words(request, "forum/claim_end.html", end)


def codes_end_others(request: HttpRequest) -> HttpResponse:
    """GET asks once; POST ends every code but the one in use."""

    def end(claim: Claim) -> HttpResponse:
        end_other_codes(claim)
        return redirect("forum:claim-code")

    return _with_words(request, "forum/claim_end_others.html", end)


def adopt(request: HttpRequest) -> HttpResponse:
    """GET asks once; POST makes what the code opens the account's. It stays open for this visit."""
    member = reader_of(request).member
    if member is None:
        raise SignInNeeded
    if not has_fresh_password(request.session):  # what somebody else adopts on her phone would tell, or bind her
        return ask_password(request)

    def take(claim: Claim) -> HttpResponse:
        opened = open_claims([claim])
        adopt_posts(claim, actor=member)
        drop_claim_code(request, claim.code)
        keep_open(request, opened)
        return redirect("forum:mine")

    return _with_words(request, "forum/claim_adopt.html", take)


@limited(CLAIM_TRIES)
@require_http_methods(["GET", "HEAD", "POST"])
def _with_words(request: HttpRequest, template: str, deed: Callable[[Claim], HttpResponse]) -> HttpResponse:
    """What cannot be turned back asks for the six words once more: whoever sits down at an open visit has not typed
    them.
    """
    claim = current_claim(request)
    if claim is None:
        return redirect("forum:claim")
    form = ClaimForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            require_same_guest(form.cleaned_data["code"], claim)
            return deed(claim)
        except HearthError as error:
            form.add_errors(error)
    context = {
        "guest": claim.writer,
        "count": len(open_claims([claim]).post_ids),
        "is_last": count_codes(claim) == 1,
    }
    return form_page(request, template, form, context)
