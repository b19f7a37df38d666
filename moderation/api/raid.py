"""Against a raid, for programs; and for anybody, what of it and of the team's hours they should know."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from crisis.openness import team
from forum.api.base import ForumView
from moderation import queries
from moderation.api.desk import DeskView
from moderation.models import RaidSwitch, Switch
from moderation.services.raid import MOST_HOURS, end_switch, everything_waits, may_sign_up, set_switch


class TeamOut(serializers.Serializer[Any]):
    is_here = serializers.BooleanField(allow_null=True, help_text="By its usual hours; null: the site says none.")
    words = serializers.CharField(help_text="For whoever waits for a first look.")
    everything_waits = serializers.BooleanField(help_text="What anybody writes now waits for a first look.")
    may_sign_up = serializers.BooleanField(help_text="False: no new accounts just now. A guest can still write.")


class SwitchIn(serializers.Serializer[Any]):
    hours = serializers.IntegerField(help_text=f"From now on, {MOST_HOURS} at most.")


class SwitchOut(serializers.Serializer[Any]):
    switch = serializers.ChoiceField(Switch.choices)
    until = serializers.DateTimeField()
    set_by = serializers.SerializerMethodField(help_text="lead or moderator.")

    def get_set_by(self, row: RaidSwitch) -> str:
        return "lead" if row.is_by_lead else "moderator"


class SwitchesOut(serializers.Serializer[Any]):
    switches = SwitchOut(many=True)


class TeamView(ForumView):
    @extend_schema(responses=TeamOut, operation_id="getTeam")
    def get(self, request: Request) -> Response:
        """Whether somebody is here, and when next; whether all that is written waits. Never who."""
        here = team()
        body = {
            "is_here": here.is_here,
            "words": here.words,
            "everything_waits": everything_waits(),
            "may_sign_up": may_sign_up(),
        }
        return Response(TeamOut(body).data)


class SwitchesView(DeskView):
    @extend_schema(responses=SwitchesOut, operation_id="listRaidSwitches")
    def get(self, request: Request) -> Response:
        """Those that are set just now."""
        return Response(SwitchesOut({"switches": queries.raid_switches()}).data)


class SwitchView(DeskView):
    @extend_schema(request=SwitchIn, responses=SwitchOut, operation_id="setRaidSwitch")
    def put(self, request: Request, switch: str) -> Response:
        """On from now, for so many hours. It ends by itself, and stands in the log."""
        row = set_switch(switch, actor=self.moderator, **checked(SwitchIn, request))
        return Response(SwitchOut(row).data)

    @extend_schema(responses={204: None}, operation_id="endRaidSwitch")
    def delete(self, request: Request, switch: str) -> Response:
        """Now, and not at its hour. Twice is once."""
        end_switch(switch, actor=self.moderator)
        return Response(status=204)
