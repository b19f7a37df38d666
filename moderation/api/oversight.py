"""What watches over the team's own work, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from moderation.api.desk import DeskView
from moderation.models import RedactedBecause
from moderation.services.redaction import redact_entry
from moderation.services.transparency import report_for_lead


class CountsOut(serializers.Serializer[Any]):
    cells = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text="By code; null: fewer than five."
    )
    total = serializers.IntegerField(allow_null=True, help_text="Null where something is missing.")


class TransparencyOut(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    smallest_shown = serializers.IntegerField()
    tables = serializers.DictField(child=CountsOut())
    deeds = serializers.DictField(child=serializers.IntegerField(allow_null=True))


class TransparencyView(DeskView):
    @extend_schema(responses=TransparencyOut, operation_id="getTransparencyReport")
    def get(self, request: Request, year: int) -> Response:
        """What was reported and decided in a year that is over, counted from the log alone. For leads."""
        return Response(TransparencyOut(report_for_lead(year, actor=self.moderator).as_json()).data)


class RedactionIn(serializers.Serializer[Any]):
    why = serializers.ChoiceField(RedactedBecause.choices)


class RedactionView(DeskView):
    @extend_schema(request=RedactionIn, responses={204: None}, operation_id="redactLogEntry")
    def put(self, request: Request, number: int) -> Response:
        """The facts of an entry of the log go for good; its kind, time and moderator stay, and the log stays proved.
        By a lead. Twice is once.
        """
        redact_entry(number, actor=self.moderator, **checked(RedactionIn, request))
        return Response(status=204)
