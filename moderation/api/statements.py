"""Statements of reasons: what was decided against somebody about their post, for them alone; and appeals."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from crisis.api.serializers import CardSerializer
from forum.api.base import ForumView
from forum.api.parameters import KEY
from forum.api.serializers import COUNTRY, HELP
from forum.authorship import Reader
from forum.queries import team_words
from moderation import queries
from moderation.api.views import ReportStatusOut
from moderation.models import RESTRICTING, Automation, Level, Outcome, Sanction
from moderation.services.appeals import MAX_APPEAL_CHARS, appeal_report, appeal_statement
from moderation.services.reports import report_with
from moderation.services.telling_reporters import report_status


class SanctionToldOut(serializers.Serializer[Any]):
    level = serializers.ChoiceField(Level.values)
    category_id = serializers.SerializerMethodField(help_text="Where it holds; null: everywhere.")
    reason = serializers.CharField()
    until = serializers.DateField(allow_null=True, help_text="The first day without it; null: without an end.")
    is_in_force = serializers.BooleanField()
    lifted_on = serializers.DateField(
        allow_null=True, source="told_lifted_on", help_text="Told some seconds after it holds no longer."
    )
    why_lifted = serializers.SerializerMethodField(help_text="In the team's words. Empty: nobody has lifted it.")

    def get_category_id(self, sanction: Sanction) -> str | None:
        return sanction.category.public_id if sanction.category else None

    def get_why_lifted(self, sanction: Sanction) -> str:
        return team_words(sanction.told_why_lifted)


class AppealOut(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="What you wrote to the team. Empty once you have erased the post.")
    made_on = serializers.DateField()
    outcome = serializers.ChoiceField(["", *Outcome.values], help_text="Empty while it waits.")
    answer = serializers.CharField(
        help_text="Of somebody else than whoever decided first. TAKEN_BACK: the team's, which saw it by itself."
    )
    decided_on = serializers.DateField(allow_null=True)


class AppealIn(serializers.Serializer[Any]):
    text = serializers.CharField(help_text=f"In your own words, {MAX_APPEAL_CHARS} characters at most.")
    country = serializers.CharField(required=False, allow_blank=True, max_length=2, help_text=COUNTRY)


class StatementOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    post_id = serializers.CharField()
    made_on = serializers.DateField()
    restriction = serializers.ChoiceField(["", *RESTRICTING], help_text="Of the post. Empty: it stays as it was.")
    besides = serializers.ListField(
        child=serializers.ChoiceField(["LOCK_BRANCH", "MOVE"]),
        help_text="What else restricts: no replies below the post; the conversation stands where fewer read it.",
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
    is_taken_back = serializers.BooleanField(help_text="By a later decision: it stands no longer.")
    taken_back_because = serializers.CharField(help_text="In the team's words.")


class StatementAppealedOut(StatementOut):
    help = CardSerializer(allow_null=True, help_text=HELP)


class ReportAppealedOut(ReportStatusOut):
    help = CardSerializer(allow_null=True, help_text=HELP)


class LookedUpOut(serializers.Serializer[Any]):
    looked_on = serializers.DateField()
    reason = serializers.CharField(help_text="Why, in the team's words.")


class StatementsOut(serializers.Serializer[Any]):
    statements = StatementOut(many=True, help_text="Newest first.")
    looked_up = LookedUpOut(
        many=True,
        help_text="Two people of the team together looked up whether an account stands behind it. Newest first.",
    )


class PostStatementsView(ForumView):
    @extend_schema(responses=StatementsOut, operation_id="listStatements")
    def get(self, request: Request, post_id: str) -> Response:
        """What was decided against you about your post, whether you were looked up, and why. To anybody else there is
        no such post.
        """
        author = self.author
        told = {
            "statements": queries.statements_about(author, post_id),
            "looked_up": queries.looks_at_author(author, post_id),
        }
        return Response(StatementsOut(told).data)


class StatementView(ForumView):
    @extend_schema(responses=StatementOut, operation_id="getStatement")
    def get(self, request: Request, statement_id: str) -> Response:
        return Response(_shown(self.author, statement_id))


class StatementAppealView(ForumView):
    @extend_schema(
        parameters=[KEY], request=AppealIn, responses={201: StatementAppealedOut}, operation_id="appealStatement"
    )
    def post(self, request: Request, statement_id: str) -> Response:
        """Another look at what was decided, by somebody else: once, within six months, also while you are paused."""
        body = checked(AppealIn, request)
        country = body.pop("country", "")
        author = self.author
        statement = queries.statement_for(author, statement_id)

        def work() -> tuple[dict[str, Any], str]:
            appeal_statement(statement, actor=author, **body)
            return _shown(author, statement_id), statement.post.public_id

        return self.with_help(self.created(f"appeal:{statement_id}", body, work), "", body["text"], country)


class ReportAppealView(ForumView):
    @extend_schema(parameters=[KEY], request=AppealIn, responses={201: ReportAppealedOut}, operation_id="appealReport")
    def post(self, request: Request, reference: str) -> Response:
        """Another look at what became of a report, for whoever has its reference: once, where the post was left."""
        body = checked(AppealIn, request)
        country = body.pop("country", "")
        report = report_with(reference)

        def work() -> tuple[dict[str, Any], str]:
            appeal_report(reference, **body)
            return dict(ReportStatusOut(report_status(reference)).data), report.case.post.public_id

        return self.with_help(self.created(f"appeal:{report.reference}", body, work), "", body["text"], country)


def _shown(reader: Reader, statement_id: str) -> dict[str, Any]:
    return dict(StatementOut(queries.show_statement(reader, queries.statement_for(reader, statement_id))).data)
