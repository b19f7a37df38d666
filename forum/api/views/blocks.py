"""Blocking somebody, and whom one keeps away."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked, refuse_unknown
from forum.api.base import ForumView
from forum.queries import post_for
from forum.services.blocking import Hidden, Voice, block_author, blocks_of, unblock, unblock_author
from forum.visit import past_own_blocks


class BlockIn(serializers.Serializer[Any]):
    voice = serializers.ChoiceField(
        [voice.value for voice in Voice],
        required=False,
        default=Voice.HERE.value,
        help_text="Under which name they no longer read you: the one you have in this thread, or your pseudonym.",
    )


class BlockOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField(help_text="As it was when you blocked it.")
    in_one_thread = serializers.BooleanField()
    hides = serializers.ChoiceField([Hidden.EVERYTHING.value, Voice.PSEUDONYM.value, Voice.HERE.value])
    is_two_sided = serializers.BooleanField(help_text="False after a report that somebody who hurt you may be here.")


class BlocksOut(serializers.Serializer[Any]):
    blocks = BlockOut(many=True)


class PostBlockView(ForumView):
    @extend_schema(request=BlockIn, responses={204: None}, operation_id="blockAuthor")
    def put(self, request: Request, post_id: str) -> Response:
        """You no longer read what stands under this post's name, nor whoever carries it what stands under yours."""
        body = checked(BlockIn, request)
        reader = past_own_blocks(self.reader)
        block_author(post_for(reader, post_id), actor=reader, voice=Voice(body["voice"]))
        return Response(status=204)

    @extend_schema(responses={204: None}, operation_id="unblockAuthor")
    def delete(self, request: Request, post_id: str) -> Response:
        reader = past_own_blocks(self.reader)
        unblock_author(post_for(reader, post_id), actor=reader)
        return Response(status=204)


class BlocksView(ForumView):
    @extend_schema(responses=BlocksOut, operation_id="listBlocks")
    def get(self, request: Request) -> Response:
        """Whom you keep away, newest first; of a member behind a fresh password."""
        refuse_unknown(request, set())
        identity = self.identity
        self.require_fresh_password()
        return Response(BlocksOut({"blocks": blocks_of(identity)}).data)


class BlockView(ForumView):
    @extend_schema(responses={204: None}, operation_id="unblock")
    def delete(self, request: Request, block_id: str) -> Response:
        identity = self.identity
        self.require_fresh_password()
        unblock(block_id, actor=identity)
        return Response(status=204)
