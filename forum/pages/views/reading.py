"""Lists and conversations."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crisis.models import Resource, Scope
from crisis.queries import pinned_for
from crisis.visit import SESSION_KEY
from forum import queries
from forum.models import ReactionKind
from forum.visit import reader_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    return render(
        request,
        "forum/home.html",
        {
            "categories": queries.categories_for(reader),
            "page": queries.threads_page(reader, cursor=request.GET.get("cursor")),
        },
    )


@require_safe
def category_detail(request: HttpRequest, category_id: str) -> HttpResponse:
    reader = reader_of(request)
    category = queries.category_for(reader, category_id)
    page = queries.threads_page(reader, category, cursor=request.GET.get("cursor"))
    return render(
        request,
        "forum/category_detail.html",
        {"category": category, "page": page, "pinned": _pinned(request, (Scope.CATEGORY, category.public_id))},
    )


@require_safe
def thread_detail(request: HttpRequest, thread_id: str) -> HttpResponse:
    # `show` is a post under a content note that its reader filters, and opens all the same.
    reader = replace(reader_of(request), asked_for=request.GET.get("show", ""))
    thread = queries.thread_for(reader, thread_id)
    view = request.GET.get("view", queries.View.TREE)
    branch_id = request.GET.get("branch")
    page = queries.posts_page(
        reader,
        thread,
        view=view,
        cursor=request.GET.get("cursor"),
        branch=queries.post_in(reader, thread, branch_id) if branch_id else None,
    )
    opening = queries.show_post(reader, queries.opening_of(thread), queries.opening_of(thread))
    return render(
        request,
        "forum/thread_detail.html",
        {
            "thread": thread,
            "opening": opening,
            "asked": queries.wish_of(reader, thread),
            "page": page,
            "view": view,
            "branch_id": branch_id,
            "asked_for": reader.asked_for,
            "reactions": ReactionKind.choices,
            "is_member": reader.member is not None,
            "may_follow": reader.member is not None or bool(reader.opened - reader.for_reading_only),
            "pinned": _pinned(request, (Scope.THREAD, thread.public_id), (Scope.CATEGORY, thread.category.public_id)),
        },
    )


def _pinned(request: HttpRequest, *places: tuple[str, str]) -> list[Resource]:
    return pinned_for(places, country=request.session.get(SESSION_KEY))


@require_safe
def staying_safe(request: HttpRequest) -> HttpResponse:
    """What leaving quickly does and what it cannot do (safety.md L6)."""
    return render(request, "forum/staying_safe.html")
