"""Blocking somebody, and whom one keeps away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import SignInNeeded
from forum import queries
from forum.pages.answers import behind_password
from forum.pages.forms import BlockForm
from forum.pages.limits import WRITES, limited
from forum.services.blocking import Voice, block_author, blocks_of, unblock
from forum.visit import identity_in, past_own_blocks, reader_of


@limited(WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def post_block(request: HttpRequest, post_id: str) -> HttpResponse:
    """GET says what a block does and what it cannot; POST blocks whoever wrote this."""
    reader = past_own_blocks(reader_of(request))
    post = queries.post_for(reader, post_id)
    if reader.member is None:
        raise SignInNeeded
    form = BlockForm(request.POST or None, pseudonym=reader.member.pseudonym)
    shown = queries.show_post(reader, post, None)
    if form.is_valid():
        block_author(post, actor=reader, voice=Voice(form.cleaned_data["voice"]))
        return render(request, "forum/post_blocked.html", {"name": shown.name})
    status = form.status if form.errors else 200
    return render(request, "forum/post_block.html", {"form": form, "post": shown}, status=status)


@require_safe
@behind_password("forum:blocks")
def blocks(request: HttpRequest) -> HttpResponse:
    """Names as they were, and nothing that was written under them."""
    identity = identity_in(reader_of(request), request.session)
    if identity is None:
        return redirect("forum:claim")
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
