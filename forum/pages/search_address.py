"""An address for what was looked for that tells nobody what that was.

The words go to the server in a form, and come back in the address as a token: sealed, padded, and bound to the cookie
that every form needs. So Back, reloading and turning pages work without a script, nothing is kept on the server, and
what stays in the history opens nothing once the browser was closed, the site left, or from another browser.
"""

from __future__ import annotations

import json
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

from common.sealing import CannotOpen, open_token, token

_PAD: Final = 256  # bytes, so that the length of an address says little


def closed(request: HttpRequest, asked: dict[str, Any]) -> str:
    plain = json.dumps([asked["words"], asked["category"], asked.get("without", [])], ensure_ascii=False).encode()
    return token("search", plain + b" " * (-len(plain) % _PAD), bound_to=_visit(request))


def opened(request: HttpRequest) -> dict[str, Any]:
    """Nothing where there is no token, or where it is not this visit's any more: then the form is simply empty."""
    try:
        words, category, without = json.loads(open_token("search", request.GET.get("s", ""), bound_to=_visit(request)))
    except (CannotOpen, ValueError):
        return {}
    return {"words": words, "category": category, "without": without}


def _visit(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
