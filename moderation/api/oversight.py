"""What watches over the team's own work, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from forum.queries import ancestors_of, show_post
from forum.visit import unfiltered
from moderation.api.desk import DeskView
from moderation.api.serializers import BeforeWordsOut, NextIn
from moderation.folding import fold_before_a_second_look
from moderation.models import RedactedBecause, Verdict
from moderation.queries import WAITING_AT_MOST, reports_of
from moderation.services.figures import figures
from moderation.services.redaction import redact_entry
from moderation.services.second_looks import say_second, take_second_look
from moderation.services.transparency import report_for_lead

_TO_MOST = f"Counted to {WAITING_AT_MOST}; more is {WAITING_AT_MOST} too."


class ReportSeenOut(serializers.Serializer[Any]):
    reason = serializers.CharField()
    text = serializers.CharField()


class WaitingOut(serializers.Serializer[Any]):
    lane = serializers.IntegerField()
    not_due = serializers.IntegerField(help_text=_TO_MOST)
    due = serializers.IntegerField(help_text=f"Since a day at most. {_TO_MOST}")
    long_due = serializers.IntegerField(help_text=f"For longer. {_TO_MOST}")


class LookedOut(serializers.Serializer[Any]):
    lane = serializers.IntegerField()
    cases = serializers.DictField(child=serializers.IntegerField(), help_text="By how long they had waited.")


class FiguresOut(serializers.Serializer[Any]):
    waiting = WaitingOut(many=True, help_text="Open cases by lane, and by when somebody should have looked.")
    first_looks = LookedOut(many=True, help_text="Of the last three months.")
    stories = serializers.IntegerField(help_text="Published in the last 30 days.")
    stories_answered = serializers.IntegerField()
    appeals = serializers.IntegerField(help_text="Decided in the last year.")
    appeals_overturned = serializers.IntegerField()
    appeals_of_reporters = serializers.IntegerField(help_text="Of those decided; the others are authors'.")
    appeals_days = serializers.IntegerField(
        allow_null=True, help_text="In which half of them were answered; null while there are fewer than five."
    )
    second_looks = serializers.IntegerField(help_text="Of the last twelve months.")
    agree = serializers.IntegerField(allow_null=True, help_text="Percent; null while too few were looked at twice.")


class FiguresView(DeskView):
    @extend_schema(responses=FiguresOut, operation_id="getFigures")
    def get(self, request: Request) -> Response:
        """Of all moderators together, for leads. No figure is one person's."""
        return Response(FiguresOut(figures(actor=self.moderator)).data)


class SecondLookOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    category = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())
    before_words = BeforeWordsOut(help_text="To be shown first: of what the first moderator had before them.")
    title = serializers.CharField()
    html = serializers.CharField()
    above = serializers.ListField(child=serializers.CharField(), help_text="What it answers, from the story down.")
    reports = ReportSeenOut(many=True)


class NextLookView(DeskView):
    @extend_schema(request=NextIn, responses={200: SecondLookOut, 204: None}, operation_id="takeSecondLook")
    def post(self, request: Request) -> Response:
        """A decided case to read as if it had just come, without what was decided; 204 when there is none."""
        look = take_second_look(actor=self.moderator, **checked(NextIn, request))
        if look is None:
            return Response(status=204)
        case, reader = look.decision.case, unfiltered(self.reader)
        shown = show_post(reader, case.post, None)
        body = {
            "id": look.public_id,
            "category": case.post.thread.category.title,
            "reasons": case.reasons,
            "before_words": fold_before_a_second_look(shown, case.reasons, moderator=self.moderator),
            "title": shown.title,
            "html": shown.html,
            "above": [above.html for above in ancestors_of(reader, case.post)],
            "reports": reports_of(case),
        }
        return Response(SecondLookOut(body).data)


class VerdictIn(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(
        Verdict.choices, allow_blank=True, help_text="Empty: rather not; then nothing is counted."
    )


class VerdictView(DeskView):
    @extend_schema(request=VerdictIn, responses={204: None}, operation_id="saySecond")
    def put(self, request: Request, look_id: str) -> Response:
        """What you would have done. It is counted, and not with your name; the post stays as it is."""
        say_second(look_id, actor=self.moderator, **checked(VerdictIn, request))
        return Response(status=204)


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
    appeals_asked = serializers.IntegerField(
        allow_null=True, help_text="Null also where something is missing in their table, or could be reckoned."
    )
    appeals_days = serializers.IntegerField(
        allow_null=True, help_text="In which half of the appeals that the table shows were answered."
    )


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
