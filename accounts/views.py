"""Where a page of allauth's needs one thing more."""

from __future__ import annotations

from allauth.account import views as allauth
from django.http import HttpRequest, HttpResponse


def sign_out(request: HttpRequest) -> HttpResponse:
    """GET asks, POST signs out, and tells the browser to forget what it kept of us (threats.md 2.3)."""
    response: HttpResponse = allauth.logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
