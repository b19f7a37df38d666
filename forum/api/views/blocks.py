"""Blocking somebody, and whom one keeps away."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked, refuse_unknown
from forum.api.base import ForumView
from forum.api.parameters import FOR_MEMBERS
from forum.queries import post_for
from forum.services.blocking import (
    Hidden,
    Voice,
    block_author,
    blocks_of,
    hide_from_author,
    unblock,
    unblock_author,
)
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
    @extend_schema(request=BlockIn, responses={204: None}, operation_id="blockAuthor", auth=FOR_MEMBERS)
    def put(self, request: Request, post_id: str) -> Response:
        """You no longer read what stands under this post's name, nor whoever carries it what stands under yours.

        The name you have in this thread takes a fresh password, unless this visit has it open.
        """
        body = checked(BlockIn, request)
        reader, voice = past_own_blocks(self.reader), Voice(body["voice"])
        post = post_for(reader, post_id)
        if voice is Voice.HERE and reader.member is not None:
            self.require_name_or_password(post.thread, reader.member)
        block_author(post, actor=reader, voice=voice, is_fresh=self.is_fresh)
        return Response(status=204)

    @extend_schema(responses={204: None}, operation_id="unblockAuthor", auth=FOR_MEMBERS)
    def delete(self, request: Request, post_id: str) -> Response:
        """What comes into sight again would say whose it is: a fresh password is needed."""
        reader = past_own_blocks(self.reader)
        post = post_for(reader, post_id)
        self.require_fresh_password()
        unblock_author(post, actor=reader)
        return Response(status=204)


class PostHidingView(ForumView):
    @extend_schema(request=None, responses={204: None}, operation_id="hideFromAuthor")
    def put(self, request: Request, post_id: str) -> Response:
        """Whoever wrote this reads no more of what you wrote, under any name; you read on. What a report of HURT_ME
        does by itself where a fresh password or a claim code comes with it.
        """
        reader = past_own_blocks(self.reader)
        post = post_for(reader, post_id)
        identity = self.identity
        self.require_fresh_password()
        hide_from_author(post, actor=identity, hides=Hidden.EVERYTHING)
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
