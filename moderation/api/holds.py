"""Holds, for programs, by leads."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from forum.queries import post_at_desk
from moderation import queries
from moderation.api.desk import DeskView
from moderation.models import HoldKind
from moderation.services.holds import end_hold, place_hold, seal_evidence


class HoldIn(serializers.Serializer[Any]):
    post_id = serializers.CharField(max_length=40)
    kind = serializers.ChoiceField(HoldKind.choices)
    reason = serializers.CharField()
    until = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Of a LEGAL one. EVIDENCE is kept for a year."
    )


class HoldOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    post_id = serializers.CharField(source="post.public_id")
    kind = serializers.ChoiceField(HoldKind.choices)
    reason = serializers.CharField()
    placed_on = serializers.DateField()
    until = serializers.DateField()


class HoldsOut(serializers.Serializer[Any]):
    holds = HoldOut(many=True)


class HoldsView(DeskView):
    @extend_schema(responses=HoldsOut, operation_id="listHolds")
    def get(self, request: Request) -> Response:
        """What is kept, until when, and why. No words."""
        return Response(HoldsOut({"holds": queries.holds(self.moderator)}).data)

    @extend_schema(request=HoldIn, responses={201: HoldOut}, operation_id="placeHold")
    def post(self, request: Request) -> Response:
        """By a lead: a sealed copy is kept until the day. EVIDENCE, of what a decision has hidden some seconds ago or
        longer, is also gone for everybody, its author and the desk included.
        """
        body = checked(HoldIn, request)
        post = post_at_desk(body["post_id"])
        if body["kind"] == HoldKind.EVIDENCE:
            hold = seal_evidence(post, actor=self.moderator, reason=body["reason"])
        else:
            hold = place_hold(post, actor=self.moderator, reason=body["reason"], until=body["until"])
        return Response(HoldOut(hold).data, status=201)


class HoldView(DeskView):
    @extend_schema(responses={204: None}, operation_id="endHold")
    def delete(self, request: Request, hold_id: str) -> Response:
        """By a lead, before its day: what was kept for it alone is gone at once. Evidence stays its year."""
        end_hold(queries.hold_with(hold_id), actor=self.moderator)
        return Response(status=204)
