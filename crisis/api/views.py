"""The directory for clients."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.errors import Invalid
from crisis import queries
from crisis.api.serializers import HelpSerializer
from crisis.models import Kind


class CrisisResourceList(APIView):
    authentication_classes = ()  # the same for everyone, and asking leaves no mark on a session
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="crisis_resources_list",
        summary="Services that help",
        description=(
            "A country's helplines and services, then those for people anywhere. Without a country only the latter. "
            "Show a country's EMERGENCY entries and `pinned` beside whatever you show, and never one country's line "
            "to somebody in another."
        ),
        parameters=[
            OpenApiParameter("country", str, description="ISO 3166-1 alpha-2, one that the directory has."),
            OpenApiParameter("kind", str, enum=Kind.values, many=True, description="Only these kinds."),
            OpenApiParameter(
                "language", str, description='"es": leaves out who does not speak it; never emergency numbers.'
            ),
            OpenApiParameter(
                "open_now", bool, description="Leaves out what is closed now as far as known; never emergency numbers."
            ),
        ],
        responses=HelpSerializer,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        country = request.query_params.get("country", "").upper() or None
        kinds = [kind.upper() for kind in request.query_params.getlist("kind")]
        open_now = request.query_params.get("open_now", "").lower()
        _check(country, kinds, open_now)
        body = {
            "country": country,
            "resources": queries.resources_for(
                country,
                kinds=kinds,
                language=request.query_params.get("language", ""),
                open_now=_YES_OR_NO[open_now],
            ),
            "pinned": queries.pinned_for(country=country),
        }
        return Response(HelpSerializer(body).data)


_YES_OR_NO = {"": False, "0": False, "false": False, "1": True, "true": True}


def _check(country: str | None, kinds: list[str], open_now: str) -> None:
    wrong = {}
    if country and country not in dict(queries.countries()):
        wrong["country"] = [_("The directory has no such country.")]
    if not set(kinds) <= set(Kind.values):
        wrong["kind"] = [_("This is not one of the kinds of help.")]
    if open_now not in _YES_OR_NO:
        wrong["open_now"] = [_("Say true or false.")]
    if wrong:
        raise Invalid(fields=wrong)
