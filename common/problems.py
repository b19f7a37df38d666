"""The one place where an error becomes an answer: problem+json (RFC 9457) for the API, a page for people.

Nothing of what was sent is repeated in either. Each `type` is a paragraph in docs/errors.md.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions as drf
from rest_framework.views import set_rollback

from common.errors import HearthError, Invalid, NotAllowed, NotFound, SignInNeeded, Stale, TooMany

logger = logging.getLogger("hearth.problems")


class BodyUnreadable(HearthError):
    status = 400
    code = "body-unreadable"
    message = _("The body could not be read. Send one JSON object.")


class BadRequest(HearthError):
    status = 400
    code = "bad-request"
    message = _("This could not be read. Go back, reload the page, and try again.")


class BodyTooLarge(HearthError):
    status = 413
    code = "body-too-large"
    message = _("This is more than can be sent at once.")


class FormTooOld(NotAllowed):
    code = "form-too-old"
    message = _("This page was open for too long, or cookies are switched off. Nothing was sent yet.")


class MethodNotAllowed(HearthError):
    status = 405
    code = "method-not-allowed"
    message = _("This address does not do that.")


class NotAcceptable(HearthError):
    status = 406
    code = "not-acceptable"
    message = _("This address answers in JSON only.")


class WrongMediaType(HearthError):
    status = 415
    code = "unsupported-media-type"
    message = _("Send the body as application/json.")


class Busy(HearthError):
    status = 503
    code = "busy"
    message = _("Just now too much is going on here at once, and this waited too long. Please try again in a moment.")
    retry_after = 5


class Broken(HearthError):
    status = 500
    code = "server-error"
    message = _("Something broke on our side. Nothing you did caused it. Please try again in a few minutes.")


_OF_TRANSPORT: dict[type[Exception], type[HearthError]] = {
    drf.ParseError: BodyUnreadable,
    drf.MethodNotAllowed: MethodNotAllowed,
    drf.NotAcceptable: NotAcceptable,
    drf.UnsupportedMediaType: WrongMediaType,
    RequestDataTooBig: BodyTooLarge,
    TooManyFieldsSent: BodyTooLarge,
    RecursionError: BodyUnreadable,  # JSON nested without end
    Http404: NotFound,
    PermissionDenied: NotAllowed,
    drf.PermissionDenied: NotAllowed,
    drf.NotAuthenticated: SignInNeeded,
    drf.AuthenticationFailed: SignInNeeded,
}


def problem(error: HearthError) -> JsonResponse:
    body: dict[str, Any] = {
        "type": f"/docs/errors#{error.code}",
        "title": str(error.text),
        "status": error.status,
        "code": error.code,
    }
    if isinstance(error, Stale) and error.changed is not None:
        body["changed"] = error.changed
    if isinstance(error, Invalid) and error.fields:
        body["errors"] = [
            {"pointer": f"#/{name}" if name else "#", "detail": str(text)}
            for name, texts in error.fields.items()
            for text in texts
        ]
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany | Busy) else {}
    if isinstance(error, SignInNeeded):
        headers["WWW-Authenticate"] = "Bearer"
    return JsonResponse(body, status=error.status, content_type="application/problem+json", headers=headers)


def error_page(request: HttpRequest, error: HearthError) -> HttpResponse:
    kept = _kept(request)
    context = {
        "error": error,
        "kept": kept,
        "may_send_again": bool(kept) and kept["is_form"] and isinstance(error, FormTooOld | TooMany | Busy),
    }
    response = render(request, "error.html", context, status=error.status)
    if isinstance(error, TooMany | Busy):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


# What people write in, in the order it is given back.
_WRITTEN = ("text", "why")
_WRITTEN_AT_THE_DESK = {*_WRITTEN, "title", "word", "reason", "answer", "note", "marks"}  # elsewhere a reason is chosen
# Beside it comes all that the form sent, whatever its fields are: a choice that stayed behind, such as when it may
# appear, would be another choice. But for these, and for what is a secret.
_NOT_CARRIED = {"title", "csrfmiddlewaretoken", "do", "language"}
_SECRETS = ("password", "code", "token")
_NOT_WRITTEN = {"chosen", "csrfmiddlewaretoken", "writer"}  # at the desk, of whatever many words


def written_at_the_desk(sent: QueryDict) -> dict[str, str]:
    """What somebody wrote in a form of the desk, whichever it is, in its order: fields with a name for it, and whatever
    has more than one word, for a choice has one.
    """
    fields = {name: str(sent.get(name, "")).strip() for name in sent if name not in _NOT_WRITTEN}
    return {
        name: value
        for name, value in fields.items()
        if len(value.split()) > 1 or (value and name.rpartition("-")[2].partition("_")[0] in _WRITTEN_AT_THE_DESK)
    }


def gives_back(request: HttpRequest) -> bool:
    """Whether the page of an error holds something of what was sent."""
    return bool(_kept(request))


def _kept(request: HttpRequest) -> dict[str, Any]:
    """What they wrote is given back to them. Nothing where the body cannot be read, and nothing that another site sent:
    it would be one press away from being theirs.
    """
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        return {}
    try:
        sent = request.POST
    except (RequestDataTooBig, TooManyFieldsSent):
        return {}
    if request.resolver_match and request.resolver_match.app_name == "admin":
        return _to_copy(written_at_the_desk(sent))
    written = [name for name in _WRITTEN if sent.get(name, "").strip()]
    if not written:
        return {}
    left = {*written, *_NOT_CARRIED, *(name for name in sent if any(secret in name for secret in _SECRETS))}
    return {
        "words": [(name, sent[name]) for name in written],
        "title": sent.get("title", ""),
        "hidden": {name: values for name, values in sent.lists() if name not in left},
        "asks_for_code": bool(sent.get("claim_code", "").strip()),
        "is_form": True,
    }


def _to_copy(written: Mapping[str, str]) -> dict[str, Any]:
    """In one piece. What is done at the desk is not done by pressing "again"."""
    return {"words": [("text", "\n\n".join(written.values()))], "is_form": False} if written else {}


def answer(request: HttpRequest, error: HearthError) -> HttpResponse:
    return problem(error) if request.path.startswith("/api/") else error_page(request, error)


class ProblemsMiddleware:
    """Domain errors that a page let pass. Doors catch none themselves, but for redisplaying a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405 and not request.path.startswith("/api/"):  # else an empty page
            page = answer(request, MethodNotAllowed())
            page.headers["Allow"] = response.headers.get("Allow", "")
            return page
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, HearthError):
            return answer(request, error)
        if isinstance(error, RequestDataTooBig | TooManyFieldsSent):
            return answer(request, BodyTooLarge())
        if isinstance(error, RecursionError | UnicodeEncodeError):  # nested JSON, half characters
            return answer(request, BodyUnreadable())
        if is_busy(error):
            with suppress(DatabaseError):  # which the page asks, too
                return answer(request, Busy())
        return None


# SQLSTATE: lock not available, query cancelled by a timeout, deadlock, too many connections.
_BUSY_STATES = {"55P03", "57014", "40P01", "53300"}
_SQLITE_BUSY = {5, 6}  # SQLITE_BUSY, SQLITE_LOCKED


def is_busy(error: BaseException | None) -> bool:
    """Whether the database could not be had in time: trying again helps, and nothing is broken."""
    cause = error.__cause__ if isinstance(error, OperationalError) else None
    if cause is None:
        return False
    return (
        getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE_BUSY
        or getattr(cause, "sqlstate", None) in _BUSY_STATES
        or type(cause).__name__ in {"PoolTimeout", "TooManyRequests"}  # psycopg_pool's, where there is one
    )


def api_exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's EXCEPTION_HANDLER."""
    translated = _translated(error)
    if translated is None:
        return None
    set_rollback()
    response = problem(translated)
    if isinstance(error, drf.MethodNotAllowed) and (view := context.get("view")) is not None:
        response.headers["Allow"] = ", ".join(view.allowed_methods)
    return response


def _translated(error: Exception) -> HearthError | None:
    if isinstance(error, HearthError):
        return error
    if isinstance(error, drf.ValidationError):
        return Invalid(fields=_fields(error.detail))
    if is_busy(error):
        return Busy()
    for kind, ours in _OF_TRANSPORT.items():
        if isinstance(error, kind):
            return ours()
    return None


def _fields(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """DRF's nested details, flattened to JSON-pointer paths. DRF quotes values in few messages; those are dropped."""
    if isinstance(detail, dict):
        flat: dict[str, list[str]] = {}
        for name, inner in detail.items():
            key = "" if name == "non_field_errors" else str(name)
            flat |= _fields(inner, f"{prefix}/{key}".strip("/"))
        return flat
    details = detail if isinstance(detail, list) else [detail]
    return {prefix: [_drf_text(item) for item in details]}


def _drf_text(detail: Any) -> str:
    quoting = {"invalid_choice", "does_not_exist", "incorrect_type"}
    if getattr(detail, "code", "") in quoting:
        return str(_("This value is not one of those allowed."))
    return str(detail)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, NotFound())


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, NotAllowed())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return answer(request, BodyTooLarge())
    return answer(request, BadRequest())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer(request, FormTooOld())


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs no database, session or context: those may be what broke."""
    error = Busy() if is_busy(sys.exc_info()[1]) else Broken()
    if request.path.startswith("/api/"):
        return problem(error)
    page = render(None, "500.html", {"site_name": settings.SITE_NAME}).content
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, Busy) else {}
    return HttpResponse(page, status=error.status, headers=headers)
