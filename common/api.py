"""What every endpoint does alike, whichever app it belongs to: limits and their headers, bodies, query parameters."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.errors import Invalid
from common.keyset import PageSizeUnreadable
from common.problems import BodyUnreadable
from common.rate_limits import Limit, Standing, count, network_of

READS = Limit("reads", quota=600, window=60)
WRITES = Limit("writes", quota=settings.WRITES_A_MINUTE, window=60)
REMOVALS = Limit("removals", quota=300, window=60)  # taking one's words out is never slowed by what was written before
_SAFE = {"GET", "HEAD", "OPTIONS"}


class LimitedView(APIView):
    """Counts the request against a limit and says in the headers where that stands.

    `limit` where neither READS nor WRITES is meant, `writes` in the place of WRITES.
    """

    limit: Limit | None = None
    writes: Limit | None = None
    takes_out = ""  # the method by which somebody takes their words out
    standing: Standing | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        changes = REMOVALS if request.method == self.takes_out else self.writes or WRITES
        limit = self.limit or (READS if request.method in _SAFE else changes)
        self.standing = count(limit, network_of(request._request))  # noqa: SLF001 - DRF's way to the HttpRequest
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.standing.headers() if self.standing else {}).items():
            final.headers[name] = value
        return final

    @property
    def session(self) -> SessionBase:
        """The visit: an app's, by its token, or the browser's, by its cookie."""
        if isinstance(self.request.auth, SessionBase):
            return self.request.auth
        return self.request._request.session  # noqa: SLF001 - as above


def page_size_of(request: Request) -> int | None:
    """`?page_size=`: refused, not ignored, when it is no number."""
    text = request.query_params.get("page_size")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise PageSizeUnreadable
    return int(text)


def cursor_of(request: Request) -> str | None:
    return request.query_params.get("cursor") or None


def link_header(request: Request, *, next_cursor: str | None, prev_cursor: str | None) -> dict[str, str]:
    """RFC 8288 links beside the cursors in the body."""
    links = []
    for relation, cursor in (("next", next_cursor), ("prev", prev_cursor)):
        if cursor:
            query = request.query_params.copy()
            query["cursor"] = cursor
            links.append(f'<{request.path}?{query.urlencode()}>; rel="{relation}"')
    return {"Link": ", ".join(links)} if links else {}


def refuse_unknown(request: Request, allowed: set[str]) -> None:
    """A query parameter we do not know is a mistake somebody should hear about."""
    unknown = [name for name in request.query_params if name not in allowed]
    if unknown:
        raise Invalid(fields={"": [_("This address does not take one of the query parameters that were sent.")]})


def checked(shape: Any, request: Request) -> dict[str, Any]:
    """The body in an input serializer's shape; a field it does not have is refused (no mass assignment)."""
    if not isinstance(request.data, dict):
        raise BodyUnreadable
    unknown = set(request.data) - set(shape().fields)
    if unknown:
        raise Invalid(fields={"": [_("One of the fields that were sent is not known here.")]})
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
