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
