"""What moderators set on a conversation and on a category, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from forum.queries import category_with, thread_for
from forum.services.arranging import arrange_category, arrange_thread
from moderation.api.desk import DeskView


class ThreadArrangement(serializers.Serializer[Any]):
    is_pinned = serializers.BooleanField(help_text="First in its category. Three at most: 409 pins-full.")
    slow_minutes = serializers.IntegerField(help_text="Between two replies of one name. 0: as its category has it.")


class CategoryArrangement(serializers.Serializer[Any]):
    is_premoderated = serializers.BooleanField(help_text="Every post waits for a first look.")
    slow_minutes = serializers.IntegerField(
        help_text="Between two replies of one name in one conversation. 0: no pause."
    )


class ThreadArrangementView(DeskView):
    @extend_schema(responses=ThreadArrangement, operation_id="getThreadArrangement")
    def get(self, request: Request, thread_id: str) -> Response:
        """As it is set just now."""
        return Response(ThreadArrangement(thread_for(self.reader, thread_id)).data)

    @extend_schema(request=ThreadArrangement, responses=ThreadArrangement, operation_id="arrangeThread")
    def put(self, request: Request, thread_id: str) -> Response:
        """Both of it. It stands in the log. Closing a conversation is a decision (`desk/posts/{id}/case/`)."""
        wanted = checked(ThreadArrangement, request)
        thread = thread_for(self.reader, thread_id)
        return Response(ThreadArrangement(arrange_thread(thread, actor=self.moderator, **wanted)).data)


class CategoryArrangementView(DeskView):
    @extend_schema(responses=CategoryArrangement, operation_id="getCategoryArrangement")
    def get(self, request: Request, category_id: str) -> Response:
        """As it is set just now."""
        return Response(CategoryArrangement(category_with(category_id)).data)

    @extend_schema(request=CategoryArrangement, responses=CategoryArrangement, operation_id="arrangeCategory")
    def put(self, request: Request, category_id: str) -> Response:
        """Both of it. It stands in the log. Else a category is set up at the desk."""
        wanted = checked(CategoryArrangement, request)
        category = category_with(category_id)
        return Response(CategoryArrangement(arrange_category(category, actor=self.moderator, **wanted)).data)
