"""The language a page is in: chosen by hand for this visit, else what the browser asks for (decision 0013).

Nothing is stored until somebody chooses, and then only in the visit, which ends with the browser. The API speaks as
`Accept-Language` says and knows no choice: whoever calls it can ask each time.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common.errors import NotAllowed
from common.privacy import is_from_elsewhere
from common.problems import BadRequest

SESSION_KEY = "language"


class LanguageMiddleware:
    """In place of Django's, which reads a cookie, and which leaves its language behind in the thread."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with translation.override(_language_of(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        patch_vary_headers(response, ["Accept-Language"])
        return response


def _language_of(request: HttpRequest) -> str:
    if not request.path.startswith("/api/") and _is_offered(chosen := request.session.get(SESSION_KEY)):
        return str(chosen)
    return translation.get_language_from_request(request)


def _is_offered(language: str | None) -> bool:
    return language in dict(settings.LANGUAGES)


@csrf_exempt  # is_from_elsewhere stands in for the token
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Back to the page on which it was chosen, as the browser names it: only to us, and to nobody else.

    From a page to write on its form comes along with all that was typed, and `back` names its address: a browser sends
    it there once more (307), and that page shows it as it stands (forum/pages/answers.py).
    """
    if is_from_elsewhere(request):
        raise NotAllowed
    language = request.POST.get("language")
    if not _is_offered(language):
        raise BadRequest
    request.session[SESSION_KEY] = language
    if form_at := request.GET.get("back"):
        if not _is_ours(request, form_at):
            raise BadRequest
        return HttpResponseRedirect(form_at, preserve_request=True)
    came_from = request.headers.get("Referer", "")
    return HttpResponseRedirect(came_from if _is_ours(request, came_from) else reverse("forum:home"))


def _is_ours(request: HttpRequest, address: str) -> bool:
    """The whole address and not its path alone: //elsewhere.example is a path, too."""
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
