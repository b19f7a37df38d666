"""One's own visits, for clients."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AccountView
from accounts.services.visits import end_other_visits, end_visit, visits_of


class VisitSerializer(serializers.Serializer[object]):
    id = serializers.CharField()
    is_this = serializers.BooleanField(help_text="The one that asks.")
    words = serializers.CharField(help_text="For people: which it is and when it began, to the day or coarser.")


class VisitListSerializer(serializers.Serializer[object]):
    visits = VisitSerializer(many=True)


class VisitsView(AccountView):
    @extend_schema(
        operation_id="account_visits_list",
        summary="Where one is signed in",
        description="Without place, address, device or hour: none of them is kept.",
        responses=VisitListSerializer,
    )
    def get(self, request: Request) -> Response:
        visits = visits_of(self.member, this=self.session.session_key)
        return Response(VisitListSerializer({"visits": visits}).data)

    @extend_schema(
        operation_id="account_visits_end_others", summary="Sign out everywhere but here", responses={204: None}
    )
    def delete(self, request: Request) -> Response:
        end_other_visits(self.member, this=self.session.session_key)
        return Response(status=204)


class VisitView(AccountView):
    @extend_schema(
        operation_id="account_visits_end",
        summary="End one visit",
        description="From the next request on its cookie or token opens nothing.",
        responses={204: None},
    )
    def delete(self, request: Request, visit_id: str) -> Response:
        end_visit(self.member, visit_id)
        return Response(status=204)
