"""Sanctions at the desk for programs: on whoever wrote a post, the list of them, and lifting one."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked, cursor_of, link_header, page_size_of, refuse_unknown
from forum.api.parameters import CURSOR, KEY, PAGE_SIZE
from forum.queries import label_of, post_for
from moderation import queries
from moderation.api.desk import DeskView
from moderation.models import Level, Sanction
from moderation.services.sanctions import MOST_DAYS, Terms, lift_sanction, sanction_author


class SanctionIn(serializers.Serializer[Any]):
    level = serializers.ChoiceField(Level.values)
    reason = serializers.CharField(help_text="Read by whoever wrote the post, with the post.")
    days = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        help_text=f"From today on, {MOST_DAYS} at most. A SUSPENSION needs them, a WARNING and a BAN have none.",
    )
    only_here = serializers.BooleanField(required=False, default=False, help_text="In the post's category alone.")


class LiftingIn(serializers.Serializer[Any]):
    why = serializers.CharField(help_text="Read by whoever wrote the post, with the post.")


class SanctionOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    post_id = serializers.CharField(source="post.public_id")
    name = serializers.SerializerMethodField(help_text="What the post stands under. Never whose else that is.")
    level = serializers.ChoiceField(Level.values)
    category_id = serializers.SerializerMethodField(help_text="Where it holds; null: everywhere.")
    reason = serializers.CharField()
    given_on = serializers.DateField()
    until = serializers.DateField(allow_null=True, help_text="The first day without it; null: without an end.")
    is_in_force = serializers.BooleanField()
    lifted_on = serializers.DateField(allow_null=True)
    why_lifted = serializers.CharField()

    def get_name(self, sanction: Sanction) -> str:
        return label_of(sanction.post)

    def get_category_id(self, sanction: Sanction) -> str | None:
        return sanction.category.public_id if sanction.category else None


class SanctionsOut(serializers.Serializer[Any]):
    sanctions = SanctionOut(many=True, source="rows")
    next = serializers.CharField(allow_null=True)
    prev = serializers.CharField(allow_null=True)


class PostSanctionsView(DeskView):
    @extend_schema(parameters=[KEY], request=SanctionIn, responses={201: SanctionOut}, operation_id="sanctionAuthor")
    def post(self, request: Request, post_id: str) -> Response:
        """A warning, a first look, a suspension or a ban for whoever carries this post's name, under all of their
        names. Nobody learns which those are.
        """
        post = post_for(self.reader, post_id)
        body = checked(SanctionIn, request)

        def work() -> tuple[dict[str, Any], str]:
            sanction = sanction_author(post, actor=self.moderator, terms=Terms(**body))
            return dict(SanctionOut(sanction).data), post.public_id

        return self.created(f"sanction:{post.public_id}", body, work)


class SanctionsView(DeskView):
    @extend_schema(parameters=[CURSOR, PAGE_SIZE], responses=SanctionsOut, operation_id="listSanctions")
    def get(self, request: Request) -> Response:
        """Newest first, those that are over among them."""
        refuse_unknown(request, {"cursor", "page_size"})
        page = queries.sanctions_page(cursor=cursor_of(request), size=page_size_of(request))
        links = link_header(request, next_cursor=page.next, prev_cursor=page.prev)
        return Response(SanctionsOut(page).data, headers=links)


class SanctionView(DeskView):
    @extend_schema(responses=SanctionOut, operation_id="getSanction")
    def get(self, request: Request, sanction_id: str) -> Response:
        return Response(SanctionOut(queries.sanction_with(sanction_id)).data)


class SanctionLiftingView(DeskView):
    @extend_schema(request=LiftingIn, responses=SanctionOut, operation_id="liftSanction")
    def put(self, request: Request, sanction_id: str) -> Response:
        """It ends now. Twice is once."""
        sanction = queries.sanction_with(sanction_id)
        lift_sanction(sanction, actor=self.moderator, **checked(LiftingIn, request))
        return Response(SanctionOut(queries.sanction_with(sanction_id)).data)
