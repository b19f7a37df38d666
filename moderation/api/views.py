from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from crisis.api.serializers import CardSerializer
from forum.api.base import ForumView
from forum.api.parameters import IF_MATCH, KEY
from forum.api.serializers import COUNTRY, HELP, NotesIn, PostOut
from forum.queries import post_for
from forum.services.blocking import Hidden
from forum.visit import reader_at_desk, reporter_key
from moderation.services.content_notes import note_post
from moderation.services.reports import report_and_hide
from moderation.services.roles import NotAModerator
from moderation.services.telling_reporters import report_status

_HIDDEN = [(choice.value, choice.name) for choice in Hidden]  # as config/settings.py names them in the schema


class ReportIn(serializers.Serializer[Any]):
    reason = serializers.CharField(
        max_length=20, help_text="WISH is for whoever began the conversation, and holds the reply as `flag/` does."
    )
    text = serializers.CharField(required=False, allow_blank=True, default="")
    country = serializers.CharField(required=False, allow_blank=True, max_length=2, help_text=COUNTRY)
    hides = serializers.ChoiceField(
        _HIDDEN,
        required=False,
        default=Hidden.EVERYTHING.value,
        help_text="With HURT_ME: what whoever wrote it reads no more of what you wrote, at once.",
    )


class ReportedOut(serializers.Serializer[Any]):
    received = serializers.BooleanField()
    is_held = serializers.BooleanField(help_text="Nobody else reads the reply until somebody of the team has looked.")
    hidden = serializers.ChoiceField(
        _HIDDEN,
        help_text="What whoever wrote it reads no more. pseudonym: of an anonymous name what the visit had open, too.",
    )
    rest_needs = serializers.ChoiceField(
        ["", "password", "sign-in"],
        help_text="Before the rest can be hidden, with PUT on the post's hiding/. Empty: all that was asked for is.",
    )
    reference = serializers.CharField(help_text="To ask later what became of it. It says nothing about you.")
    help = CardSerializer(allow_null=True, help_text=HELP)


class ReportStatusOut(serializers.Serializer[Any]):
    is_waiting = serializers.BooleanField()
    outcome = serializers.CharField(help_text="In words; empty while it waits.")
    may_ask_again = serializers.BooleanField(help_text="Whether somebody else can be asked to look at it again.")
    is_asked_again = serializers.BooleanField()
    answer = serializers.CharField(help_text="Of whoever looked again; empty until then.")


class PostTeamNotesView(ForumView):
    read_as = staticmethod(reader_at_desk)

    @extend_schema(parameters=[IF_MATCH], request=NotesIn, responses=PostOut, operation_id="setTeamNotes")
    def put(self, request: Request, post_id: str) -> Response:
        """A moderator says what it contains: exactly these, beside what its author said, who cannot take them off."""
        body = checked(NotesIn, request)
        post = post_for(self.reader, post_id)
        if not self.reader.is_moderator or self.reader.member is None:
            raise NotAModerator
        self.require_match(post)
        note_post(post, actor=self.reader.member, notes=body["notes"])
        return self.alone(post_for(self.reader, post_id))


class PostReportsView(ForumView):
    @extend_schema(parameters=[KEY], request=ReportIn, responses={201: ReportedOut}, operation_id="reportPost")
    def post(self, request: Request, post_id: str) -> Response:
        """A reader's word about a post. The answer is the same for the first and the fiftieth."""
        body = checked(ReportIn, request)
        country = body.pop("country", "")
        post = post_for(self.reader, post_id)
        reporter = reporter_key(self.reader, request._request)  # noqa: SLF001 - DRF's way to the HttpRequest
        identity, reader = self.known_identity, self.author

        def work() -> tuple[dict[str, Any], str]:
            reported = report_and_hide(
                post,
                actor=reporter,
                identity=identity,
                also=self.owners - {identity},
                reader=reader,
                is_fresh=self.is_fresh,
                **body,
            )
            rest_needs = "" if reported.hiding.is_whole else "password" if identity else "sign-in"
            answer = {
                "received": True,
                "is_held": reported.is_held,
                "reference": reported.report.reference,
                "hidden": reported.hiding.hidden.value,
                "rest_needs": rest_needs,
            }
            return answer, post.public_id

        answer = self.created(f"report:{post.public_id}", body, work)
        return self.with_help(answer, "", body["text"], country)


class ReportView(ForumView):
    @extend_schema(responses=ReportStatusOut, operation_id="getReport")
    def get(self, request: Request, reference: str) -> Response:
        """What became of a report, for whoever has its reference."""
        return Response(ReportStatusOut(report_status(reference)).data)
