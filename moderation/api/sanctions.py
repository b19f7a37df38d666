"""Sanctions at the desk for programs: the list of them, and lifting one. One is given with a decision alone."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked, cursor_of, link_header, page_size_of, refuse_unknown
from forum.api.parameters import CURSOR, PAGE_SIZE
from moderation import queries
from moderation.api.desk import DeskView
from moderation.api.serializers import SanctionOut
from moderation.services.sanctions import lift_sanction


class LiftingIn(serializers.Serializer[Any]):
    why = serializers.CharField(help_text="Read by whoever wrote the post, with the post.")


class SanctionsOut(serializers.Serializer[Any]):
    sanctions = SanctionOut(many=True, source="rows")
    next = serializers.CharField(allow_null=True)
    prev = serializers.CharField(allow_null=True)


class SanctionsView(DeskView):
    @extend_schema(parameters=[CURSOR, PAGE_SIZE], responses=SanctionsOut, operation_id="listSanctions")
    def get(self, request: Request) -> Response:
        """Newest first, those that are over among them."""
        refuse_unknown(request, {"cursor", "page_size"})
        page = queries.sanctions_page(cursor=cursor_of(request), size=page_size_of(request))
        links = link_header(request, next_cursor=page.next, prev_cursor=page.prev)
        return Response(SanctionsOut(page).data, headers=links)


class SanctionView(DeskView):
    @extend_schema(responses=SanctionOut, operation_id="getSanction")
    def get(self, request: Request, sanction_id: str) -> Response:
        return Response(SanctionOut(queries.sanction_with(sanction_id)).data)


class SanctionLiftingView(DeskView):
    @extend_schema(request=LiftingIn, responses=SanctionOut, operation_id="liftSanction")
    def put(self, request: Request, sanction_id: str) -> Response:
        """It ends now. Twice is once."""
        sanction = queries.sanction_with(sanction_id)
        lift_sanction(sanction, actor=self.moderator, **checked(LiftingIn, request))
        return Response(SanctionOut(queries.sanction_with(sanction_id)).data)
