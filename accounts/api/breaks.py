"""One's own break, for clients."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AccountView
from accounts.services.breaks import break_in, end_break, take_break
from common.api import checked


class BreakIn(serializers.Serializer[object]):
    until = serializers.DateField(help_text="The day on which the forum is there again: from tomorrow, within a year.")


class BreakOut(serializers.Serializer[object]):
    until = serializers.DateField(allow_null=True, help_text="Null: there is none.")


class BreakView(AccountView):
    @extend_schema(
        operation_id="account_break_get",
        summary="Whether one takes a break",
        description="Until its day the forum's endpoints answer this account with 403 `on-a-break`.",
        responses=BreakOut,
    )
    def get(self, request: Request) -> Response:
        _member = self.member
        return Response(BreakOut({"until": break_in(self.session)}).data)

    @extend_schema(
        operation_id="account_break_take",
        summary="Take a break",
        description="Every other visit ends. Again, with another day, moves it.",
        request=BreakIn,
        responses={204: None},
    )
    def put(self, request: Request) -> Response:
        member, body = self.member, checked(BreakIn, request)
        take_break(member, until=body["until"], session=self.session)
        self.session.save()
        return Response(status=204)

    @extend_schema(
        operation_id="account_break_end",
        summary="End it",
        description="With a password given a moment ago. That there is none is no error.",
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        member = self.member
        self.require_fresh_password()
        end_break(member, session=self.session)
        self.session.save()
        return Response(status=204)
