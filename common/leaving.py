"""The way out (safety.md L1-L5): /leave/ ends everything here, /away/ makes Back show nothing, then an ordinary page.

Two steps, because `Clear-Site-Data: "cookies"` also removes a cookie that the same answer sets (measured in Chromium).
The mark that /away/ leaves is a dull cookie without content that dies after minutes: while it lives every page of
ours is an empty one with a button. That is what Back finds, with JavaScript off as well. Setting it also evicts pages
that the browser kept for Back (an HttpOnly cookie changes; whatwg/html#7189). No row, no log line says it happened.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_POST

from common.errors import NotFound

MARK = "0"
MARK_SECONDS = 15 * 60


def leave(request: HttpRequest) -> HttpResponse:
    """GET or POST, signed in or not. Ends the session on the server: its cookie opens nothing any more."""
    request.session.flush()
    response = HttpResponseRedirect(reverse("away"))
    response.delete_cookie(settings.CSRF_COOKIE_NAME)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def away(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(settings.EXIT_URL)
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        MARK,
        max_age=MARK_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
def still_here(request: HttpRequest) -> HttpResponse:
    """Whether a page on which a guest was writing may show its words again, when the browser kept it for Back.

    It asks with the token of its form. Leaving takes away the cookie that the token belongs to, signing in changes it;
    while the mark lives the answer is the empty page.
    """
    if request.user.is_authenticated:
        raise NotFound
    return HttpResponse(status=204)


def come_back(request: HttpRequest) -> HttpResponse:
    """The button on the empty page."""
    response = HttpResponseRedirect("/")
    response.delete_cookie(settings.SESSION_COOKIE_NAME)
    return response


class AwayMiddleware:
    """Answers every page with an empty one while the mark lives. The API and static files are not pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME) != MARK:
            return self.get_response(request)
        if request.path in _open_paths() or request.path.startswith(("/static/", "/api/")):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME)  # it is no session
            return self.get_response(request)
        return empty_page(request)


def empty_page(request: HttpRequest) -> HttpResponse:
    """In the browser's language: what was chosen by hand went with the visit."""
    with translation.override(translation.get_language_from_request(request)):
        return render(request, "away.html")


def _open_paths() -> tuple[str, ...]:
    return (reverse("leave"), reverse("away"), reverse("come-back"), "/livez", "/readyz")
