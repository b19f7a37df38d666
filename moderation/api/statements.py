"""Statements of reasons: what was decided against somebody about their post. For them alone."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from forum.api.base import ForumView
from moderation import queries
from moderation.models import RESTRICTING, Automation, Level, Sanction


class SanctionToldOut(serializers.Serializer[Any]):
    level = serializers.ChoiceField(Level.values)
    category_id = serializers.SerializerMethodField(help_text="Where it holds; null: everywhere.")
    reason = serializers.CharField()
    until = serializers.DateField(allow_null=True, help_text="The first day without it; null: without an end.")
    is_in_force = serializers.BooleanField()
    lifted_on = serializers.DateField(allow_null=True)

    def get_category_id(self, sanction: Sanction) -> str | None:
        return sanction.category.public_id if sanction.category else None


class StatementOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    post_id = serializers.CharField()
    made_on = serializers.DateField()
    restriction = serializers.ChoiceField(
        ["", *RESTRICTING], help_text="Of the post. Empty: it stays as it was, there is a sanction alone."
    )
    sanctions = SanctionToldOut(many=True, help_text="Of whoever wrote it, under whichever name.")
    effects = serializers.ListField(child=serializers.CharField(), help_text="In words: what, where, how long.")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why, in the team's words.")
    was_reported = serializers.BooleanField(help_text="Whether a reader had told the team. Never who.")
    automation = serializers.ChoiceField(
        Automation.values, help_text="What a program did before a person decided: held it by a rule, or noticed words."
    )
    automation_words = serializers.CharField()
    rules_version = serializers.IntegerField(
        allow_null=True, help_text="Of the house rules it rests on, as they were then (house-rules/{version}/)."
    )


class StatementsOut(serializers.Serializer[Any]):
    statements = StatementOut(many=True, help_text="Newest first.")


class PostStatementsView(ForumView):
    @extend_schema(responses=StatementsOut, operation_id="listStatements")
    def get(self, request: Request, post_id: str) -> Response:
        """What was decided against you about your post, and why. To anybody else there is no such post."""
        return Response(StatementsOut({"statements": queries.statements_about(self.author, post_id)}).data)


class StatementView(ForumView):
    @extend_schema(responses=StatementOut, operation_id="getStatement")
    def get(self, request: Request, statement_id: str) -> Response:
        return Response(StatementOut(queries.show_statement(queries.statement_for(self.author, statement_id))).data)
