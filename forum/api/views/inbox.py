"""Following a conversation, and what is new."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked, refuse_unknown
from forum.api.base import ForumView
from forum.api.parameters import WITHOUT
from forum.api.serializers import PostOut, ThreadOut
from forum.queries import own_post_for, thread_for
from forum.services.following import (
    first_unread,
    follow_thread,
    inbox_of,
    mark_all_seen,
    mark_post_seen,
    mark_thread_seen,
    unfollow_thread,
)


class InboxOut(serializers.Serializer[Any]):
    conversations = ThreadOut(many=True, help_text="That you follow, and somebody else wrote in since you saw them.")
    own = PostOut(many=True, help_text="Yours that the team published, sent back or took down since you saw it.")


class SeenIn(serializers.Serializer[Any]):
    thread_id = serializers.CharField(required=False, max_length=40)
    post_id = serializers.CharField(required=False, max_length=40)


class ThreadFollowView(ForumView):
    @extend_schema(request=None, responses={204: None}, operation_id="followThread")
    def put(self, request: Request, thread_id: str) -> Response:
        """From now on your inbox says when somebody writes in it."""
        follow_thread(thread_for(self.reader, thread_id), actor=self.identity)
        return Response(status=204)

    @extend_schema(responses={204: None}, operation_id="unfollowThread")
    def delete(self, request: Request, thread_id: str) -> Response:
        unfollow_thread(thread_for(self.reader, thread_id), actor=self.identity)
        return Response(status=204)


class UnreadOut(serializers.Serializer[Any]):
    post_id = serializers.CharField(allow_null=True, help_text="Null: nothing is new, or the thread is not followed.")


class ThreadUnreadView(ForumView):
    @extend_schema(responses=UnreadOut, operation_id="getFirstUnread")
    def get(self, request: Request, thread_id: str) -> Response:
        """The first post that is new to you: list the posts `at` it in the flat view, and all that follow are new.

        Of a member behind a fresh password.
        """
        refuse_unknown(request, set())
        thread = thread_for(self.reader, thread_id)
        identity = self.identity
        self.require_fresh_password()
        post = first_unread(self.author, thread, actor=identity)
        return Response(UnreadOut({"post_id": post.public_id if post else None}).data)


class InboxView(ForumView):
    @extend_schema(parameters=[WITHOUT], responses=InboxOut, operation_id="getInbox")
    def get(self, request: Request) -> Response:
        """What is new for you, without numbers; of a member behind a fresh password."""
        refuse_unknown(request, {"without"})
        identity = self.identity
        self.require_fresh_password()
        return Response(InboxOut(inbox_of(self.author, identity)).data)


class InboxSeenView(ForumView):
    @extend_schema(request=SeenIn, responses={204: None}, operation_id="markSeen")
    def put(self, request: Request) -> Response:
        """You have seen one thread, one own post, or, without either, all that is new."""
        body = checked(SeenIn, request)
        identity = self.identity
        self.require_fresh_password()
        if "thread_id" in body:
            mark_thread_seen(thread_for(self.reader, body["thread_id"]), actor=identity)
        if "post_id" in body:
            mark_post_seen(own_post_for(self.author, body["post_id"]), actor=identity)
        if not body:
            mark_all_seen(self.author, actor=identity)
        return Response(status=204)
