"""Looks of two people, for programs. What is seen is answered once and kept nowhere: not even for a sending again."""

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
from moderation.models import Access, AccessRequest
from moderation.services.roles import require_not_ones_own
from moderation.services.two_people import approve_look, ask_for_look, look


class LookIn(serializers.Serializer[Any]):
    post_id = serializers.CharField(max_length=40)
    access = serializers.ChoiceField(Access.choices)
    reason = serializers.CharField(help_text="For whoever approves it; of an unmasking its author reads it, too.")
    quiet_because = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="Why its author is not told. Empty: they are. Of what is erased it is needed (`author-not-told`).",
    )


class LookOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    post_id = serializers.CharField(source="post.public_id")
    access = serializers.ChoiceField(Access.choices)
    reason = serializers.CharField()
    quiet_because = serializers.CharField()
    is_mine = serializers.SerializerMethodField(help_text="You asked for it, so somebody else approves it.")
    is_approved = serializers.BooleanField(help_text="And nobody has looked, and there is time left.")
    is_over = serializers.BooleanField()
    runs_out_at = serializers.DateTimeField()

    def get_is_mine(self, asked: AccessRequest) -> bool:
        is_mine: bool = asked.asked_by_id == self.context["moderator"].pk
        return is_mine


class LooksOut(serializers.Serializer[Any]):
    looks = LookOut(many=True)


class SeenOut(serializers.Serializer[Any]):
    access = serializers.ChoiceField(Access.choices)
    account = serializers.CharField(help_text="Its pseudonym. Empty: no account stands behind it.")
    words = serializers.ListField(child=serializers.CharField(), help_text="What was sealed, the newest first.")


class _LookDesk(DeskView):
    def answer(self, asked: AccessRequest, *, status: int = 200) -> Response:
        return Response(LookOut(asked, context={"moderator": self.moderator}).data, status=status)


class LooksView(_LookDesk):
    @extend_schema(responses=LooksOut, operation_id="listLooks")
    def get(self, request: Request) -> Response:
        """The newest fifty, those that are over among them."""
        rows = LookOut(queries.looks(self.moderator), many=True, context={"moderator": self.moderator}).data
        return Response({"looks": rows})

    @extend_schema(request=LookIn, responses={201: LookOut}, operation_id="askForLook")
    def post(self, request: Request) -> Response:
        """By a lead: for one look, that somebody else approves within a day. None twice while the first one stands."""
        body = checked(LookIn, request)
        post = post_at_desk(body.pop("post_id"))
        return self.answer(ask_for_look(post, actor=self.moderator, **body), status=201)


class LookView(_LookDesk):
    @extend_schema(responses=LookOut, operation_id="getLook")
    def get(self, request: Request, look_id: str) -> Response:
        asked = queries.look_with(look_id)
        require_not_ones_own(asked.post, self.moderator)
        return self.answer(asked)


class ApprovalView(_LookDesk):
    @extend_schema(request=None, responses=LookOut, operation_id="approveLook")
    def put(self, request: Request, look_id: str) -> Response:
        """By another moderator. From then on whoever asked has an hour."""
        return self.answer(approve_look(queries.look_with(look_id), actor=self.moderator))


class OpeningView(DeskView):
    @extend_schema(request=None, responses=SeenOut, operation_id="look")
    def post(self, request: Request, look_id: str) -> Response:
        """Once, by whoever asked. It stands in the log, and an author who was looked up is told, unless a reason is
        on record why not.
        """
        return Response(SeenOut(look(queries.look_with(look_id), actor=self.moderator)).data)
