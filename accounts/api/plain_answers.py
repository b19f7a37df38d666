"""allauth's own answers under /api/auth/ without what no answer of ours holds: times, and the name to sign in with."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

_LEFT_OUT = frozenset({"at", "username", "email", "created_at", "last_used_at"})


class PlainAnswersMiddleware:
    """Whoever holds the phone need not know when somebody signed in on it (safety.md D1)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        if (
            request.path.startswith("/api/auth/")
            and is_json
            and isinstance(response, HttpResponse)
            and response.content
        ):
            response.content = json.dumps(_plain(json.loads(response.content))).encode()
            if response.has_header("Content-Length"):
                response.headers["Content-Length"] = str(len(response.content))
        return response


def _plain(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {name: _plain(value) for name, value in answer.items() if name not in _LEFT_OUT}
    return [_plain(value) for value in answer] if isinstance(answer, list) else answer
