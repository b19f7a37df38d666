"""Statements of reasons: what was decided against somebody about their post, for them alone; and appeals."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from forum.api.base import ForumView
from forum.api.parameters import KEY
from forum.authorship import Reader
from moderation import queries
from moderation.api.views import ReportStatusOut
from moderation.models import RESTRICTING, Automation, Level, Outcome, Sanction
from moderation.services.appeals import MAX_APPEAL_CHARS, appeal_report, appeal_statement
from moderation.services.reports import report_status, report_with


class SanctionToldOut(serializers.Serializer[Any]):
    level = serializers.ChoiceField(Level.values)
    category_id = serializers.SerializerMethodField(help_text="Where it holds; null: everywhere.")
    reason = serializers.CharField()
    until = serializers.DateField(allow_null=True, help_text="The first day without it; null: without an end.")
    is_in_force = serializers.BooleanField()
    lifted_on = serializers.DateField(allow_null=True)

    def get_category_id(self, sanction: Sanction) -> str | None:
        return sanction.category.public_id if sanction.category else None


class AppealOut(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="What you wrote to the team. Empty once you have erased the post.")
    made_on = serializers.DateField()
    outcome = serializers.ChoiceField(["", *Outcome.values], help_text="Empty while it waits.")
    answer = serializers.CharField(help_text="Of somebody else than whoever decided first.")
    decided_on = serializers.DateField(allow_null=True)


class AppealIn(serializers.Serializer[Any]):
    text = serializers.CharField(help_text=f"In your own words, {MAX_APPEAL_CHARS} characters at most.")


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
    automation = serializers.ChoiceField(
        Automation.values, help_text="What a program did before a person decided: held it by a rule, or noticed words."
    )
    automation_words = serializers.CharField()
    rules_version = serializers.IntegerField(
        allow_null=True, help_text="Of the house rules it rests on, as they were then (house-rules/{version}/)."
    )

    appeal_until = serializers.DateField(help_text="The last day on which another look can be asked for.")
    may_appeal = serializers.BooleanField()
    appeal = AppealOut(allow_null=True, help_text="Another look that was asked for.")


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
        return Response(_shown(self.author, statement_id))


class StatementAppealView(ForumView):
    @extend_schema(parameters=[KEY], request=AppealIn, responses={201: StatementOut}, operation_id="appealStatement")
    def post(self, request: Request, statement_id: str) -> Response:
        """Another look at what was decided, by somebody else: once, within six months, also while you are paused."""
        body = checked(AppealIn, request)
        author = self.author
        statement = queries.statement_for(author, statement_id)

        def work() -> tuple[dict[str, Any], str]:
            appeal_statement(statement, actor=author, **body)
            return _shown(author, statement_id), statement.post.public_id

        return self.created(f"appeal:{statement_id}", body, work)


class ReportAppealView(ForumView):
    @extend_schema(parameters=[KEY], request=AppealIn, responses={201: ReportStatusOut}, operation_id="appealReport")
    def post(self, request: Request, reference: str) -> Response:
        """Another look at what became of a report, for whoever has its reference: once, where the post was left."""
        body = checked(AppealIn, request)
        report = report_with(reference)

        def work() -> tuple[dict[str, Any], str]:
            appeal_report(reference, **body)
            return dict(ReportStatusOut(report_status(reference)).data), report.case.post.public_id

        return self.created(f"appeal:{reference}", body, work)


def _shown(reader: Reader, statement_id: str) -> dict[str, Any]:
    return dict(StatementOut(queries.show_statement(reader, queries.statement_for(reader, statement_id))).data)
