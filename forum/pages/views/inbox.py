"""Following a conversation, and what is new."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.fresh import has_fresh_password
from accounts.identity import Identity
from common.errors import SignInNeeded
from forum import queries
from forum.authorship import Reader
from forum.pages.answers import ask_password, ask_sign_in, behind_password
from forum.pages.limits import WRITES, limited
from forum.services.anonymity import open_member
from forum.services.following import (
    MOST_FOLLOWS,
    first_unread,
    follow_thread,
    inbox_of,
    mark_all_seen,
    mark_post_seen,
    mark_thread_seen,
    unfollow_thread,
)
from forum.visit import identity_in, keep_open, reader_of


@limited(WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def thread_follow(request: HttpRequest, thread_id: str) -> HttpResponse:
    """Does not say whether it is followed: who writes somewhere follows it, and this page asks for no password."""
    reader = reader_of(request)
    thread = queries.thread_for(reader, thread_id)
    identity = _identity(request, reader)
    if request.method == "POST":
        change = unfollow_thread if request.POST.get("stop") else follow_thread
        change(thread, actor=identity)
        return redirect("forum:thread-detail", thread_id)
    opening = queries.show_post(reader, queries.opening_of(thread), None)
    return render(request, "forum/thread_follow.html", {"opening": opening, "most": MOST_FOLLOWS})


@require_safe
def thread_unread(request: HttpRequest, thread_id: str) -> HttpResponse:
    """To the first post that is new, in the order they came, so that all that follows is new as well.

    Behind a fresh password, and the way here stands on every thread: it does not say what is followed.
    """
    reader = reader_of(request)
    thread = queries.thread_for(reader, thread_id)
    identity = _identity(request, reader)
    if request.user.is_authenticated and not has_fresh_password(request.session):
        return ask_password(request)
    post = first_unread(_author(request), thread, actor=identity)
    address = reverse("forum:thread-detail", args=[thread_id])
    if post is None:
        return redirect(f"{address}?new=none")
    return redirect(f"{address}?view=flat&at={post.public_id}#p-{post.public_id}")


@require_safe
@behind_password("forum:inbox")
def inbox(request: HttpRequest) -> HttpResponse:
    """For a member behind a fresh password, like all that leads to what they wrote anonymously."""
    reader = _author(request)
    identity = identity_in(reader, request.session)
    if identity is None:
        return ask_sign_in(request)
    return render(request, "forum/inbox.html", {"inbox": inbox_of(reader, identity), "most": MOST_FOLLOWS})


@limited(WRITES)
@require_POST
@behind_password("forum:inbox")
def inbox_seen(request: HttpRequest) -> HttpResponse:
    """One conversation, one own post, or everything."""
    reader = _author(request)
    identity = _identity(request, reader)
    if thread_id := request.POST.get("thread"):
        mark_thread_seen(queries.thread_for(reader, thread_id), actor=identity)
    elif post_id := request.POST.get("post"):
        mark_post_seen(queries.own_post_for(reader, post_id), actor=identity)
    else:
        mark_all_seen(reader, actor=identity)
    return redirect("forum:inbox")


def _author(request: HttpRequest) -> Reader:
    """The reader, with all they wrote opened."""
    if request.user.is_authenticated:
        keep_open(request, open_member(request.user))
    return reader_of(request)


def _identity(request: HttpRequest, reader: Reader) -> Identity:
    identity = identity_in(reader, request.session)
    if identity is None:
        raise SignInNeeded
    return identity
