"""Lists and conversations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import NotFound
from crisis.models import Resource, Scope
from crisis.queries import pinned_for
from crisis.visit import SESSION_KEY
from forum import queries
from forum.authorship import Reader
from forum.models import Category, ReactionKind
from forum.services.house_rules import current_rules, rules_of
from forum.visit import notices_away, put_notice_away, reader_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    return render(
        request,
        "forum/home.html",
        {"categories": queries.categories_for(reader), **_threads(request, reader, None)},
    )


@require_safe
def category_detail(request: HttpRequest, category_id: str) -> HttpResponse:
    reader = reader_of(request)
    category = queries.category_for(reader, category_id)
    return render(
        request,
        "forum/category_detail.html",
        {
            "category": category,
            "pinned": _pinned(request, (Scope.CATEGORY, category.public_id)),
            **_threads(request, reader, category),
        },
    )


def _threads(request: HttpRequest, reader: Reader, category: Category | None) -> dict[str, Any]:
    order = request.GET.get("order", queries.Sorting.ACTIVITY)
    page = queries.threads_page(reader, category, order=order, cursor=request.GET.get("cursor"))
    notices = queries.notices_for(reader, category, away=notices_away(request)) if page.prev is None else []
    return {"page": page, "order": order, "notices": notices}


@require_http_methods(["GET", "HEAD", "POST"])
def notice_away(request: HttpRequest, notice_id: str) -> HttpResponse:
    """A page of its own, so that whoever only reads is given no cookie by the first one."""
    notice = queries.notice_for(reader_of(request), notice_id)
    if request.method == "POST":
        put_notice_away(request, notice.public_id)
        category = notice.category
        return redirect("forum:category-detail", category.public_id) if category else redirect("forum:home")
    return render(request, "forum/notice_away.html", {"notice": notice})


@require_safe
def unanswered(request: HttpRequest) -> HttpResponse:
    page = queries.unanswered_page(reader_of(request), cursor=request.GET.get("cursor"))
    return render(request, "forum/unanswered.html", {"page": page})


@require_safe
def thread_detail(request: HttpRequest, thread_id: str) -> HttpResponse:
    # `show` is a post under a content note that its reader filters, and opens all the same.
    reader = replace(reader_of(request), asked_for=request.GET.get("show", ""))
    thread = queries.thread_for(reader, thread_id)
    view = request.GET.get("view", queries.View.TREE)
    branch_id, at_id = request.GET.get("branch"), request.GET.get("at")
    page = queries.posts_page(
        reader,
        thread,
        view=view,
        cursor=request.GET.get("cursor"),
        branch=queries.post_in(reader, thread, branch_id) if branch_id else None,
        at=queries.post_in(reader, thread, at_id) if at_id else None,
    )
    opening = queries.show_post(reader, queries.opening_of(thread), queries.opening_of(thread))
    return render(
        request,
        "forum/thread_detail.html",
        {
            "thread": thread,
            "opening": opening,
            "asked": queries.wish_of(reader, thread),
            "held": queries.held_by_flag(reader, thread),
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
def house_rules(request: HttpRequest, version: int | None = None) -> HttpResponse:
    """The current ones, or those that were."""
    current = current_rules()
    rules = current if version is None else rules_of(version)
    if rules is None or current is None:
        raise NotFound
    earlier = range(current.version - 1, 0, -1)
    return render(
        request,
        "forum/house_rules.html",
        {"rules": rules, "is_current": rules == current, "earlier": earlier if rules == current else ()},
    )


@require_safe
def staying_safe(request: HttpRequest) -> HttpResponse:
    """What leaving quickly does and what it cannot do (safety.md L6)."""
    return render(request, "forum/staying_safe.html")
