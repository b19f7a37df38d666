"""Blocking somebody, and whom one keeps away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import identity_of
from common.errors import SignInNeeded
from forum import queries
from forum.pages.answers import ask_password, ask_sign_in, behind_password
from forum.pages.forms import BlockForm
from forum.pages.limits import WRITES, limited
from forum.services.anonymity import own_name_in
from forum.services.blocking import (
    BlockingIsForMembers,
    Hidden,
    Voice,
    block_author,
    blocks_of,
    hide_from_author,
    unblock,
)
from forum.visit import identity_in, is_fresh, past_own_blocks, reader_of


@limited(WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def post_block(request: HttpRequest, post_id: str) -> HttpResponse:
    """GET says what a block does and what it cannot; POST blocks whoever wrote this.

    Which name goes with "the name I use here" can be seen by whoever is blocked: that asks for the password, whether
    there is one or not.
    """
    reader = past_own_blocks(reader_of(request))
    post = queries.post_for(reader, post_id)
    if reader.member is None:
        raise BlockingIsForMembers
    form = BlockForm(request.POST or None, pseudonym=reader.member.pseudonym)
    shown = queries.show_post(reader, post, None)
    if form.is_valid():
        voice, has_password = Voice(form.cleaned_data["voice"]), is_fresh(reader, request.session)
        is_shown = bool(own_name_in(post.thread, identity_of(reader.member), reader=reader))
        if voice is Voice.HERE and not (has_password or is_shown):
            return ask_password(request)
        block_author(post, actor=reader, voice=voice, is_fresh=has_password)
        return render(request, "forum/post_blocked.html", {"name": shown.name})
    status = form.status if form.errors else 200
    return render(request, "forum/post_block.html", {"form": form, "post": shown}, status=status)


@limited(WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def post_hide(request: HttpRequest, post_id: str) -> HttpResponse:
    """The rest of "someone who hurt me", where a report could not hide everything. GET asks; POST hides."""
    reader = past_own_blocks(reader_of(request))
    post = queries.post_for(reader, post_id)
    identity = identity_in(reader, request.session)
    if identity is None:
        return ask_sign_in(request)
    if not is_fresh(reader, request.session):
        return ask_password(request)
    template = "forum/post_hide.html"
    if request.method == "POST":
        hide_from_author(post, actor=identity, hides=Hidden.EVERYTHING)
        template = "forum/post_hidden.html"
    return render(request, template, {"post": queries.show_post(reader, post, None)})


@require_safe
@behind_password("forum:blocks")
def blocks(request: HttpRequest) -> HttpResponse:
    """Names as they were, and nothing that was written under them."""
    identity = identity_in(reader_of(request), request.session)
    if identity is None:
        return ask_sign_in(request)
    return render(request, "forum/blocks.html", {"blocks": blocks_of(identity)})


@limited(WRITES)
@require_POST
@behind_password("forum:blocks")
def block_undo(request: HttpRequest, block_id: str) -> HttpResponse:
    identity = identity_in(reader_of(request), request.session)
    if identity is None:
        raise SignInNeeded
    unblock(block_id, actor=identity)
    return redirect("forum:blocks")
