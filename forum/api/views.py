"""REST under /api/v1/. Each method: arguments from the request, one query or service, an answer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked, cursor_of, link_header, page_size_of, refuse_unknown
from common.errors import NotFound
from forum import queries
from forum.api.base import ForumView
from forum.api.serializers import (
    CategoriesOut,
    CategoryOut,
    OwnPostsOut,
    PostOut,
    PostPatchIn,
    PostsOut,
    ReplyIn,
    RevisionsOut,
    StoryIn,
    ThreadDetailOut,
    ThreadsOut,
    WrittenOut,
)
from forum.authorship import Reader
from forum.models import Post, ReactionKind
from forum.queries import View
from forum.services.posts import Written, edit_post, put_back_post, reply_to, start_thread
from forum.services.reactions import give_reaction, take_back_reaction
from forum.services.visibility import erase_post, withdraw_post

CURSOR = OpenApiParameter("cursor", str, description="From `next` or `prev` of the page before.")
PAGE_SIZE = OpenApiParameter("page_size", int, description="1 to 100.")
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)


class CategoriesView(ForumView):
    @extend_schema(responses=CategoriesOut, operation_id="listCategories")
    def get(self, request: Request) -> Response:
        refuse_unknown(request, set())
        return Response(CategoriesOut({"categories": queries.categories_for(self.reader)}).data)


class CategoryView(ForumView):
    @extend_schema(responses=CategoryOut, operation_id="getCategory")
    def get(self, request: Request, category_id: str) -> Response:
        return Response(CategoryOut(queries.category_for(self.reader, category_id)).data)


class ThreadsView(ForumView):
    @extend_schema(
        parameters=[CURSOR, PAGE_SIZE, OpenApiParameter("category", str, description="A category's id.")],
        responses=ThreadsOut,
        operation_id="listThreads",
    )
    def get(self, request: Request) -> Response:
        """Newest activity first."""
        refuse_unknown(request, {"cursor", "page_size", "category"})
        chosen = request.query_params.get("category")
        category = queries.category_for(self.reader, chosen) if chosen else None
        page = queries.threads_page(self.reader, category, cursor=cursor_of(request), size=page_size_of(request))
        return Response(
            ThreadsOut(page).data, headers=link_header(request, next_cursor=page.next, prev_cursor=page.prev)
        )

    @extend_schema(parameters=[KEY], request=StoryIn, responses={201: WrittenOut}, operation_id="startThread")
    def post(self, request: Request) -> Response:
        """A story: a new thread with its opening post."""
        body = checked(StoryIn, request)
        category = queries.category_for(self.reader, body["category_id"])
        speaker = self.speaker(body.get("speaks_as"))

        def work() -> tuple[dict[str, Any], str]:
            written = start_thread(category, actor=speaker, title=body["title"], text=body["text"])
            return _written(written, self.reader)

        return self.created("start-thread", body, work)


class ThreadView(ForumView):
    @extend_schema(responses=ThreadDetailOut, operation_id="getThread")
    def get(self, request: Request, thread_id: str) -> Response:
        thread = queries.thread_for(self.reader, thread_id)
        opening = queries.opening_of(thread)
        etag = self.etag(opening)
        if self.is_unchanged(etag):
            return Response(status=304, headers={"ETag": etag})
        shown = {
            "id": thread.public_id,
            "category_id": thread.category.public_id,
            "is_locked": thread.is_locked,
            "opening": queries.show_post(self.reader, opening, opening),
        }
        return Response(ThreadDetailOut(shown).data, headers={"ETag": etag})


class ThreadPostsView(ForumView):
    @extend_schema(
        parameters=[
            CURSOR,
            PAGE_SIZE,
            OpenApiParameter("view", str, enum=[view.value for view in View]),
            OpenApiParameter("branch", str, description="A post's id: it and what answers it."),
        ],
        responses=PostsOut,
        operation_id="listPosts",
    )
    def get(self, request: Request, thread_id: str) -> Response:
        """A page of a thread, as a tree or in the order of writing, with the ancestors of its first post."""
        refuse_unknown(request, {"cursor", "page_size", "view", "branch"})
        thread = queries.thread_for(self.reader, thread_id)
        branch = request.query_params.get("branch")
        page = queries.posts_page(
            self.reader,
            thread,
            view=request.query_params.get("view", View.TREE),
            cursor=cursor_of(request),
            size=page_size_of(request),
            branch=queries.post_in(self.reader, thread, branch) if branch else None,
        )
        return Response(PostsOut(page).data, headers=link_header(request, next_cursor=page.next, prev_cursor=page.prev))

    @extend_schema(parameters=[KEY], request=ReplyIn, responses={201: WrittenOut}, operation_id="reply")
    def post(self, request: Request, thread_id: str) -> Response:
        body = checked(ReplyIn, request)
        thread = queries.thread_for(self.reader, thread_id)
        parent_id = body.get("parent_id")
        parent = queries.post_in(self.reader, thread, parent_id) if parent_id else queries.opening_of(thread)
        speaker = self.speaker(body.get("speaks_as"))
        return self.created(
            f"reply:{thread.public_id}",
            body,
            lambda: _written(reply_to(parent, actor=speaker, text=body["text"]), self.reader),
        )


class PostView(ForumView):
    @extend_schema(responses=PostOut, operation_id="getPost")
    def get(self, request: Request, post_id: str) -> Response:
        post = queries.post_for(self.author, post_id)
        etag = self.etag(post)
        if self.is_unchanged(etag):
            return Response(status=304, headers={"ETag": etag})
        return self._shown(post)

    @extend_schema(parameters=[IF_MATCH], request=PostPatchIn, responses=PostOut, operation_id="editPost")
    def patch(self, request: Request, post_id: str) -> Response:
        """Its author changes it (RFC 7396: what is left out stays). A returned post goes back for a first look."""
        body = checked(PostPatchIn, request)
        post = queries.post_for(self.author, post_id)
        self.require_match(post)
        edited = edit_post(
            post,
            actor=self.author,
            version=post.version,
            title=body.get("title", post.title),
            text=body.get("text", post.source),
        )
        return self._shown(queries.post_for(self.author, edited.public_id))

    @extend_schema(parameters=[IF_MATCH], responses={204: None}, operation_id="erasePost")
    def delete(self, request: Request, post_id: str) -> Response:
        """Its author erases it: the words are gone for good."""
        post = queries.post_for(self.author, post_id)
        self.require_match(post)
        erase_post(post, actor=self.author)
        return Response(status=204)

    def _shown(self, post: Post) -> Response:
        return Response(PostOut(queries.show_post(self.author, post, None)).data, headers={"ETag": self.etag(post)})


class PostWithdrawalView(ForumView):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=PostOut, operation_id="withdrawPost")
    def put(self, request: Request, post_id: str) -> Response:
        """Its author takes it back; nobody else reads it."""
        post = queries.post_for(self.author, post_id)
        self.require_match(post)
        withdraw_post(post, actor=self.author)
        return Response(PostOut(queries.show_post(self.author, queries.post_for(self.author, post_id), None)).data)

    @extend_schema(parameters=[IF_MATCH], responses=PostOut, operation_id="putBackPost")
    def delete(self, request: Request, post_id: str) -> Response:
        """Its author puts it back, after a first look if one is asked for."""
        post = queries.post_for(self.author, post_id)
        self.require_match(post)
        put_back_post(post, actor=self.author)
        return Response(PostOut(queries.show_post(self.author, queries.post_for(self.author, post_id), None)).data)


class PostRevisionsView(ForumView):
    @extend_schema(responses=RevisionsOut, operation_id="listRevisions")
    def get(self, request: Request, post_id: str) -> Response:
        """What a post said before: for its author and moderators."""
        post = queries.post_for(self.author, post_id)
        return Response(RevisionsOut({"revisions": queries.revisions_of(self.author, post)}).data)


class PostReactionView(ForumView):
    @extend_schema(request=None, responses={204: None}, operation_id="giveReaction")
    def put(self, request: Request, post_id: str, kind: str) -> Response:
        give_reaction(queries.post_for(self.reader, post_id), _kind(kind), actor=self.reader)
        return Response(status=204)

    @extend_schema(responses={204: None}, operation_id="takeBackReaction")
    def delete(self, request: Request, post_id: str, kind: str) -> Response:
        take_back_reaction(queries.post_for(self.reader, post_id), _kind(kind), actor=self.reader)
        return Response(status=204)


class OwnPostsView(ForumView):
    @extend_schema(responses=OwnPostsOut, operation_id="listOwnPosts")
    def get(self, request: Request) -> Response:
        """What a claim code opens; for a member, everything of theirs, behind a fresh password."""
        opened = self.own_opened()
        reader = Reader(self.reader.member, opened=opened.pseudonyms)
        return Response(OwnPostsOut({"posts": queries.own_posts(reader, opened.post_ids)}).data)


def _written(written: Written, reader: Reader) -> tuple[dict[str, Any], str]:
    """The answer to a create; its author sees it as their own, whoever they are otherwise."""
    post = queries.just_written(written.post.public_id)
    author = Reader(reader.member, opened=reader.opened | queries.pseudonyms_of(post))
    body = WrittenOut({"post": queries.show_post(author, post, None), "claim_code": written.claim_code}).data
    return dict(body), post.public_id


def _kind(kind: str) -> ReactionKind:
    try:
        return ReactionKind(kind)
    except ValueError:
        raise NotFound from None
