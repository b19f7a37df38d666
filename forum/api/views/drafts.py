"""Drafts of a member. What is kept is shown behind a fresh password only; keeping and throwing away need none."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from common.errors import PreconditionNeeded, Stale
from common.rate_limits import Limit
from forum.api.base import ForumView
from forum.api.parameters import IF_MATCH
from forum.api.serializers import DraftIn, DraftOut, DraftsOut
from forum.services.drafts import Draft, Words, draft_at, draft_for, drafts_of, drop_draft, keep_draft

IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="`*` where none is kept; else `If-Match`."
)


class DraftsView(ForumView):
    @extend_schema(responses=DraftsOut, operation_id="listDrafts")
    def get(self, request: Request) -> Response:
        """The one kept last first."""
        self.require_member()
        return Response(DraftsOut({"drafts": drafts_of(self.reader)}).data)


class DraftView(ForumView):
    """At "new", or at the id of the post that is answered."""

    writes = Limit("drafts", quota=60, window=60)  # a page keeps one by itself while somebody writes

    @extend_schema(responses=DraftOut, operation_id="getDraft")
    def get(self, request: Request, place: str) -> Response:
        self.require_member()
        draft = draft_for(place, actor=self.reader)
        return Response(DraftOut(draft).data, headers={"ETag": _etag(draft)})

    @extend_schema(
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER), IF_NONE_MATCH],
        request=DraftIn,
        responses={204: None},
        operation_id="keepDraft",
    )
    def put(self, request: Request, place: str) -> Response:
        """Kept for thirty days from now. The new `ETag` comes back, the words do not."""
        body = checked(DraftIn, request)
        is_new = request.headers.get("If-None-Match", "").strip() == "*"
        draft = keep_draft(place, Words(**body), actor=self.reader, mark="" if is_new else self._mark(place))
        return Response(status=204, headers={"ETag": _etag(draft)})

    @extend_schema(parameters=[IF_MATCH], responses={204: None}, operation_id="dropDraft")
    def delete(self, request: Request, place: str) -> Response:
        drop_draft(place, actor=self.reader, mark=self._mark(place))
        return Response(status=204)

    def _mark(self, place: str) -> str:
        """Of If-Match; `*` means the one that is kept, whichever it is (RFC 9110 13.1.1)."""
        wanted = self.request.headers.get("If-Match")
        if wanted is None:
            raise PreconditionNeeded
        if wanted.strip() != "*":
            return wanted.strip().strip('"')
        known = draft_at(place, actor=self.reader)
        if known is None:
            raise Stale
        return known.mark


def _etag(draft: Draft) -> str:
    return f'"{draft.mark}"'
