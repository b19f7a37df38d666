"""What the desk forgets by itself, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from moderation.api.desk import DeskView
from moderation.services.retention import retention_report


class RetentionRuleOut(serializers.Serializer[Any]):
    name = serializers.CharField(source="rule.name", help_text="As in the log (words_forgotten).")
    what = serializers.CharField(source="rule.what")
    days = serializers.IntegerField(source="rule.days")
    since = serializers.CharField(source="rule.since")
    due = serializers.IntegerField(help_text="Rows that wait for the next run; those under a hold do not count.")
    forgotten = serializers.IntegerField(help_text="Within a year, by the log.")


class RetentionOut(serializers.Serializer[Any]):
    rules = RetentionRuleOut(many=True)


class RetentionView(DeskView):
    @extend_schema(responses=RetentionOut, operation_id="getRetention")
    def get(self, request: Request) -> Response:
        """Which words are forgotten after how long, and how many were. Counts, nothing else."""
        return Response(RetentionOut({"rules": retention_report()}).data)
