"""House rules, and agreeing to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked, refuse_unknown
from common.errors import NotFound, SignInNeeded
from forum.api.base import ForumView
from forum.services.house_rules import agree_to_rules, agreed_version, current_rules, rules_of

if TYPE_CHECKING:
    from accounts.models import User


class HouseRulesOut(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    text = serializers.CharField(help_text="Markdown.")
    html = serializers.CharField(help_text="Safe HTML.")


class AgreementOut(serializers.Serializer[Any]):
    agreed = serializers.IntegerField(help_text="The version you agreed to; 0: to none.")


class AgreementIn(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1, max_value=1_000_000)


class HouseRulesView(ForumView):
    @extend_schema(responses=HouseRulesOut, operation_id="getHouseRules")
    def get(self, request: Request, version: int | None = None) -> Response:
        """The current ones, or an earlier version."""
        refuse_unknown(request, set())
        rules = current_rules() if version is None else rules_of(version)
        if rules is None:
            raise NotFound
        return Response(HouseRulesOut(rules).data)


class HouseRulesVersionView(HouseRulesView):
    @extend_schema(responses=HouseRulesOut, operation_id="getHouseRulesVersion")
    def get(self, request: Request, version: int | None = None) -> Response:
        """As they were. The current ones are among them."""
        return super().get(request, version)


class AgreementView(ForumView):
    @extend_schema(responses=AgreementOut, operation_id="getAgreement")
    def get(self, request: Request) -> Response:
        """Where it is not the current version, a member's next post is refused until they agree."""
        refuse_unknown(request, set())
        return Response(AgreementOut({"agreed": agreed_version(self.member)}).data)

    @extend_schema(request=AgreementIn, responses={204: None}, operation_id="agreeToHouseRules")
    def put(self, request: Request) -> Response:
        """To the current version, by its number, after it was shown."""
        agree_to_rules(self.member, checked(AgreementIn, request)["version"])
        return Response(status=204)

    @property
    def member(self) -> User:
        if self.reader.member is None:
            raise SignInNeeded
        return self.reader.member
