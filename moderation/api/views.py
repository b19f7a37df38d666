from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from forum.api.base import ForumView
from forum.api.parameters import IF_MATCH, KEY
from forum.api.serializers import NotesIn, PostOut
from forum.queries import post_for, show_post
from forum.services.blocking import Hidden
from forum.visit import reporter_key
from moderation.services.cases import NotAModerator
from moderation.services.content_notes import note_post
from moderation.services.reports import report_and_hide, report_status

_HIDDEN = [(choice.value, choice.name) for choice in Hidden]  # as config/settings.py names them in the schema


class ReportIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=20)
    text = serializers.CharField(required=False, allow_blank=True, default="")
    hides = serializers.ChoiceField(
        _HIDDEN,
        required=False,
        default=Hidden.EVERYTHING.value,
        help_text="With HURT_ME: what whoever wrote it reads no more of what you wrote, at once.",
    )


class ReportedOut(serializers.Serializer[Any]):
    received = serializers.BooleanField()
    hidden = serializers.ChoiceField(
        _HIDDEN,
        help_text="What whoever wrote it reads no more. pseudonym: of an anonymous name what the visit had open, too.",
    )
    rest_needs = serializers.ChoiceField(
        ["", "password", "sign-in"],
        help_text="Before the rest can be hidden, with PUT on the post's hiding/. Empty: all that was asked for is.",
    )
    reference = serializers.CharField(help_text="To ask later what became of it. It says nothing about you.")


class ReportStatusOut(serializers.Serializer[Any]):
    is_waiting = serializers.BooleanField()
    outcome = serializers.CharField(help_text="In words; empty while it waits.")
    may_ask_again = serializers.BooleanField(help_text="Whether somebody else can be asked to look at it again.")
    is_asked_again = serializers.BooleanField()
    answer = serializers.CharField(help_text="Of whoever looked again; empty until then.")


class PostTeamNotesView(ForumView):
    @extend_schema(parameters=[IF_MATCH], request=NotesIn, responses=PostOut, operation_id="setTeamNotes")
    def put(self, request: Request, post_id: str) -> Response:
        """A moderator says what it contains: exactly these, beside what its author said, who cannot take them off."""
        body = checked(NotesIn, request)
        post = post_for(self.reader, post_id)
        if not self.reader.is_moderator or self.reader.member is None:
            raise NotAModerator
        self.require_match(post)
        note_post(post, actor=self.reader.member, notes=body["notes"])
        post = post_for(self.reader, post_id)
        return Response(PostOut(show_post(self.reader, post, None)).data, headers={"ETag": self.etag(post)})


class PostReportsView(ForumView):
    @extend_schema(parameters=[KEY], request=ReportIn, responses={201: ReportedOut}, operation_id="reportPost")
    def post(self, request: Request, post_id: str) -> Response:
        """A reader's word about a post. The answer is the same for the first and the fiftieth."""
        body = checked(ReportIn, request)
        post = post_for(self.reader, post_id)
        reporter = reporter_key(self.reader, request._request)  # noqa: SLF001 - DRF's way to the HttpRequest
        identity = self.known_identity

        def work() -> tuple[dict[str, Any], str]:
            reported = report_and_hide(
                post,
                actor=reporter,
                identity=identity,
                also=self.owners - {identity},
                shown=self.reader.opened,
                is_fresh=self.is_fresh,
                **body,
            )
            rest_needs = "" if reported.hiding.is_whole else "password" if identity else "sign-in"
            answer = {
                "received": True,
                "reference": reported.report.reference,
                "hidden": reported.hiding.hidden.value,
                "rest_needs": rest_needs,
            }
            return answer, post.public_id

        return self.created(f"report:{post.public_id}", body, work)


class ReportView(ForumView):
    @extend_schema(responses=ReportStatusOut, operation_id="getReport")
    def get(self, request: Request, reference: str) -> Response:
        """What became of a report, for whoever has its reference."""
        return Response(ReportStatusOut(report_status(reference)).data)
