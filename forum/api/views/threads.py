"""Reading categories and threads, and writing into them. Each method: arguments, one query or service, an answer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked, cursor_of, link_header, page_size_of, refuse_unknown
from common.rate_limits import Limit
from forum import queries
from forum.api.base import ForumView
from forum.api.parameters import CATEGORY, CURSOR, IF_MATCH, KEY, PAGE_SIZE, WITHOUT
from forum.api.serializers import (
    CategoriesOut,
    CategoryOut,
    NoticesOut,
    PostsOut,
    PreviewIn,
    PreviewOut,
    ReplyIn,
    StoryIn,
    ThreadDetailOut,
    ThreadsOut,
    WishIn,
    WrittenOut,
)
from forum.authorship import Reader
from forum.models import Category, Thread
from forum.policies import can_pause
from forum.queries import Sorting, ThreadsPage, View
from forum.services.content_notes import notes_named
from forum.services.drafts import NEW, forget_sent
from forum.services.pausing import end_pause, pause_replies
from forum.services.posts import Written, preview_post, reply_to, start_thread
from forum.services.wishes import change_wish


class CategoriesView(ForumView):
    @extend_schema(responses=CategoriesOut, operation_id="listCategories")
    def get(self, request: Request) -> Response:
        refuse_unknown(request, set())
        return Response(CategoriesOut({"categories": queries.categories_for(self.reader)}).data)


class CategoryView(ForumView):
    @extend_schema(responses=CategoryOut, operation_id="getCategory")
    def get(self, request: Request, category_id: str) -> Response:
        return Response(CategoryOut(queries.category_for(self.reader, category_id)).data)


class NoticesView(ForumView):
    @extend_schema(parameters=[CATEGORY], responses=NoticesOut, operation_id="listNotices")
    def get(self, request: Request) -> Response:
        """What the team says today to everybody: on the first page, or in a category."""
        refuse_unknown(request, {"category"})
        notices = queries.notices_for(self.reader, _category(request, self.reader))
        return Response(NoticesOut({"notices": notices}).data)


class ThreadsView(ForumView):
    @extend_schema(
        parameters=[
            CURSOR,
            PAGE_SIZE,
            WITHOUT,
            CATEGORY,
            OpenApiParameter("order", str, enum=[order.value for order in Sorting], description="Default: activity."),
        ],
        responses=ThreadsOut,
        operation_id="listThreads",
    )
    def get(self, request: Request) -> Response:
        """Newest activity first, or newest story: of one day in no order. `when` is of what they are sorted by."""
        refuse_unknown(request, {"cursor", "page_size", "without", "category", "order"})
        page = queries.threads_page(
            self.reader,
            _category(request, self.reader),
            order=request.query_params.get("order", Sorting.ACTIVITY),
            cursor=cursor_of(request),
            size=page_size_of(request),
        )
        return _threads(request, page)

    @extend_schema(parameters=[KEY], request=StoryIn, responses={201: WrittenOut}, operation_id="startThread")
    def post(self, request: Request) -> Response:
        """A story: a new thread with its opening post."""
        body = checked(StoryIn, request)
        country = body.pop("country", "")
        category = queries.category_for(self.reader, body["category_id"])
        speaker = self.speaker(body.get("speaks_as"))

        def work() -> tuple[dict[str, Any], str]:
            written = start_thread(
                category,
                actor=speaker,
                title=body["title"],
                text=body["text"],
                notes=notes_named(body.get("notes", ())),
                reply_wish=body["reply_wish"],
                reply_limits=body["reply_limits"],
                delay_hours=body.get("delay_hours", 0),
            )
            forget_sent(NEW, body["text"], actor=self.reader)
            return _written(written, self.reader)

        return self.with_help(self.created("start-thread", body, work), body["title"], body["text"], country)


class UnansweredView(ForumView):
    @extend_schema(
        parameters=[CURSOR, PAGE_SIZE, WITHOUT, CATEGORY], responses=ThreadsOut, operation_id="listUnansweredThreads"
    )
    def get(self, request: Request) -> Response:
        """Stories that nobody but their author's name has answered yet, the one that waits longest first."""
        refuse_unknown(request, {"cursor", "page_size", "without", "category"})
        category = _category(request, self.reader)
        page = queries.unanswered_page(self.reader, category, cursor=cursor_of(request), size=page_size_of(request))
        return _threads(request, page)


class ThreadView(ForumView):
    @extend_schema(parameters=[WITHOUT], responses=ThreadDetailOut, operation_id="getThread")
    def get(self, request: Request, thread_id: str) -> Response:
        return self.unless_known(_shown(self, queries.thread_for(self.author, thread_id)))


class ThreadWishView(ForumView):
    @extend_schema(parameters=[IF_MATCH], request=WishIn, responses=ThreadDetailOut, operation_id="changeReplyWish")
    def put(self, request: Request, thread_id: str) -> Response:
        """What the author of a story asks of replies, the whole of it: what is left out is asked no more."""
        body = checked(WishIn, request)
        thread = queries.thread_for(self.author, thread_id)
        self.require_match(queries.opening_of(thread), queries.wish_of(self.author, thread))
        change_wish(thread, actor=self.author, wish=body["reply_wish"], limits=body["reply_limits"])
        return _shown(self, queries.thread_for(self.author, thread_id))


class ThreadPauseView(ForumView):
    @extend_schema(request=None, responses={204: None}, operation_id="pauseReplies")
    def put(self, request: Request, thread_id: str) -> Response:
        """Whoever began it takes no replies just now, in a locked thread too. Twice is once."""
        pause_replies(queries.opening_of(queries.thread_for(self.author, thread_id)), actor=self.author)
        return Response(status=204)

    @extend_schema(responses={204: None}, operation_id="endPause")
    def delete(self, request: Request, thread_id: str) -> Response:
        """Replies come again, unless a moderator closed the thread."""
        end_pause(queries.opening_of(queries.thread_for(self.author, thread_id)), actor=self.author)
        return Response(status=204)


class ThreadPostsView(ForumView):
    @extend_schema(
        parameters=[
            CURSOR,
            PAGE_SIZE,
            WITHOUT,
            OpenApiParameter("view", str, enum=[view.value for view in View]),
            OpenApiParameter("branch", str, description="A post's id: it and what answers it."),
            OpenApiParameter("at", str, description="A post's id: the first page begins with it."),
        ],
        responses=PostsOut,
        operation_id="listPosts",
    )
    def get(self, request: Request, thread_id: str) -> Response:
        """A page of a thread, as a tree or in the order of writing, with the ancestors of its first post."""
        refuse_unknown(request, {"cursor", "page_size", "without", "view", "branch", "at"})
        thread = queries.thread_for(self.author, thread_id)
        branch, at = request.query_params.get("branch"), request.query_params.get("at")
        page = queries.posts_page(
            self.author,
            thread,
            view=request.query_params.get("view", View.TREE),
            cursor=cursor_of(request),
            size=page_size_of(request),
            branch=queries.post_in(self.author, thread, branch) if branch else None,
            at=queries.post_in(self.author, thread, at) if at else None,
        )
        return Response(PostsOut(page).data, headers=link_header(request, next_cursor=page.next, prev_cursor=page.prev))

    @extend_schema(parameters=[KEY], request=ReplyIn, responses={201: WrittenOut}, operation_id="reply")
    def post(self, request: Request, thread_id: str) -> Response:
        body = checked(ReplyIn, request)
        country = body.pop("country", "")
        thread = queries.thread_for(self.reader, thread_id)
        parent_id = body.get("parent_id")
        parent = queries.post_in(self.reader, thread, parent_id) if parent_id else queries.opening_of(thread)
        quote = body.get("quote", {})
        quoted = queries.post_in(self.reader, thread, quote["post"]) if "post" in quote else None
        speaker = self.speaker(body.get("speaks_as"), thread=thread)

        def work() -> tuple[dict[str, Any], str]:
            written = reply_to(
                parent,
                actor=speaker,
                text=body["text"],
                notes=notes_named(body.get("notes", ())),
                delay_hours=body.get("delay_hours", 0),
                quoted=quoted,
                passage=quote.get("passage", ""),
            )
            forget_sent(parent.public_id, body["text"], actor=self.reader)
            return _written(written, self.reader)

        return self.with_help(self.created(f"reply:{thread.public_id}", body, work), "", body["text"], country)


class PreviewsView(ForumView):
    limit = Limit("previews", quota=60, window=60)

    @extend_schema(request=PreviewIn, responses=PreviewOut, operation_id="preview")
    def post(self, request: Request) -> Response:
        """How a text would look. Nothing is stored."""
        return Response(PreviewOut(preview_post(**checked(PreviewIn, request))).data)


def _category(request: Request, reader: Reader) -> Category | None:
    chosen = request.query_params.get("category")
    return queries.category_for(reader, chosen) if chosen else None


def _threads(request: Request, page: ThreadsPage) -> Response:
    return Response(ThreadsOut(page).data, headers=link_header(request, next_cursor=page.next, prev_cursor=page.prev))


def _shown(view: ForumView, thread: Thread) -> Response:
    opening = queries.opening_of(thread)
    asked = queries.wish_of(view.author, thread)
    shown = {
        "id": thread.public_id,
        "category_id": thread.category.public_id,
        "is_locked": thread.is_locked,
        "is_pinned": thread.is_pinned,
        "slow_minutes": thread.minutes_between,
        "is_paused": thread.is_paused,
        "can_pause": can_pause(view.author, opening),
        "reply_wish": asked.wish,
        "reply_limits": asked.limits,
        "opening": queries.show_post(view.author, opening, opening),
    }
    return view.versioned(ThreadDetailOut(shown).data, opening, asked)


def _written(written: Written, reader: Reader) -> tuple[dict[str, Any], str]:
    """The answer to a create; its author sees it as their own, whoever they are otherwise."""
    post = queries.just_written(written.post.public_id)
    author = Reader(reader.member, opened=reader.opened | queries.pseudonyms_of(post))
    shown = queries.show_post(author, post, None)
    body = WrittenOut({"post": shown, "claim_code": written.claim_code, "help": None}).data  # help is not kept
    return dict(body), post.public_id
