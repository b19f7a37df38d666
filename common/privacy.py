"""Headers that leave as little as possible in a browser, and none of our pages in another site's hands."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from common.problems import answer

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_HEADERS = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "browsing-topics=(), camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
    ),
    "X-DNS-Prefetch-Control": "off",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class PrivacyHeadersMiddleware:
    """Outermost, so that errors and redirects have them too. `no-store` on all but static files (B5, L4)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
            del response.headers["Last-Modified"]
        return response


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether a form was sent from another site, for forms without a token: a token would need a cookie, and readers
    get none (safety.md B4). Browsers name the site that a form stands on. The ones that say so by Sec-Fetch-Site never
    get to a view.
    """
    origin = request.headers.get("Origin")
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return False
    return origin.partition("://")[2] != request.get_host()


class FetchMetadataMiddleware:
    """Refuses what another site makes a browser send us, but for following a link (W3C Fetch Metadata)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self._is_foreign(request):
            return answer(request, NotAllowed(_("This was sent from another site and is not accepted.")))
        return self.get_response(request)

    @staticmethod
    def _is_foreign(request: HttpRequest) -> bool:
        if request.headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}:
            return False
        is_link = request.method in {"GET", "HEAD"} and request.headers.get("Sec-Fetch-Mode") == "navigate"
        return not (is_link and request.headers.get("Sec-Fetch-Dest", "document") == "document")
