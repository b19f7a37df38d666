"""The pages people read and write on. Each view: arguments from the request, one query or service, one template."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.fresh import has_fresh_password
from common.errors import HearthError, Invalid, NotFound, Stale, TooMany
from common.rate_limits import Limit, count, network_of
from crisis.models import Resource, Scope
from crisis.queries import pinned_for
from forum import queries
from forum.authorship import Speaker, SpeaksAs
from forum.models import Post, ReactionKind
from forum.pages import searching
from forum.pages.base import WRITES, limited
from forum.pages.forms import ClaimForm, EditForm, ReplyForm, SearchForm, StoryForm
from forum.search.words import terms_of
from forum.services.anonymity import Claim, ClaimUnknown, Opened, open_member, open_own, read_claim
from forum.services.idempotency import once
from forum.services.posts import Written, edit_post, put_back_post, reply_to, start_thread
from forum.services.reactions import give_reaction, take_back_reaction
from forum.services.visibility import erase_post, withdraw_post
from forum.visit import claim_code_of, keep_claim_code, keep_open, open_in, reader_of

CLAIM_TRIES = Limit("page-claim", quota=10, window=60)
SEARCHES = Limit("page-search", quota=60, window=60)

# What makes two sendings the same. Not the claim code: after the first the visit holds it, and the field is gone.
_SAID = ("category", "title", "text", "speaks_as")


# --- Reading ----------------------------------------------------------------------------------------------------------


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
    reader = reader_of(request)
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
            "page": page,
            "view": view,
            "branch_id": branch_id,
            "reactions": ReactionKind.choices,
            "is_member": reader.member is not None,
            "may_follow": reader.member is not None or bool(claim_code_of(request)),
            "pinned": _pinned(request, (Scope.THREAD, thread.public_id), (Scope.CATEGORY, thread.category.public_id)),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """What is sent comes back as an address that says nothing, and that this visit's browser alone can open."""
    reader = reader_of(request)
    asked = searching.opened(request)
    categories = queries.categories_for(reader)
    form = SearchForm(request.POST or None, initial=asked, categories=categories)
    if form.is_valid():
        try:
            terms_of(form.cleaned_data["words"])
        except Invalid as error:
            form.add_errors(error)
        else:
            return redirect(f"{request.path}?{urlencode({'s': searching.closed(request, form.cleaned_data)})}")
    page = None
    if asked and not form.is_bound:
        count(SEARCHES, network_of(request))
        category = queries.category_for(reader, asked["category"]) if asked["category"] else None
        page = queries.search_page(reader, asked["words"], category, cursor=request.GET.get("cursor"))
    return _composer(request, "forum/search.html", form, {"page": page, "token": request.GET.get("s", "")})


def _pinned(request: HttpRequest, *places: tuple[str, str]) -> list[Resource]:
    return pinned_for(places, country=request.session.get("country"))


@require_safe
def staying_safe(request: HttpRequest) -> HttpResponse:
    """What leaving quickly does and what it cannot do (safety.md L6)."""
    return render(request, "forum/staying_safe.html")


# --- Writing ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def story_new(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    form = StoryForm(
        request.POST or None,
        initial={"category": request.GET.get("category", "")},
        categories=queries.categories_for(reader),
        reader=reader,
        has_code=bool(claim_code_of(request)),
    )

    def write(speaker: Speaker) -> Written:
        return start_thread(
            queries.category_for(reader, form.cleaned_data["category"]),
            actor=speaker,
            title=form.cleaned_data["title"],
            text=form.cleaned_data["text"],
        )

    return _write(request, form, write) or _composer(request, "forum/story_new.html", form, {})


@require_http_methods(["GET", "HEAD", "POST"])
def post_reply(request: HttpRequest, post_id: str) -> HttpResponse:
    reader = reader_of(request)
    parent = queries.post_for(reader, post_id)
    shown = queries.show_post(reader, parent, None)
    form = ReplyForm(request.POST or None, reader=reader, has_code=bool(claim_code_of(request)))

    def write(speaker: Speaker) -> Written:
        return reply_to(parent, actor=speaker, text=form.cleaned_data["text"])

    return _write(request, form, write) or _composer(
        request, "forum/post_reply.html", form, {"parent": shown, "thread": parent.thread}
    )


def _write(request: HttpRequest, form: ReplyForm, write: Callable[[Speaker], Written]) -> HttpResponse | None:
    """Sends a valid form once, opens the post for this visit, and leads to its page; None: show the form (again)."""
    try:
        if request.method == "POST":
            count(WRITES, network_of(request))
    except TooMany as error:
        form.add_errors(error)
    if not form.is_valid():
        return None
    reader = reader_of(request)

    def work() -> tuple[dict[str, Any], str]:
        written = write(speaker)
        post = written.post
        pseudonyms = sorted(queries.pseudonyms_of(post))
        return {"post": post.public_id, "pseudonyms": pseudonyms, "claim_code": written.claim_code}, post.public_id

    try:
        claim = _claim(request, form)
        kind = form.chosen_voice()
        if kind is SpeaksAs.GUEST:
            speaker = Speaker(kind, guest=claim.guest if claim else None)
        else:
            speaker = Speaker(kind, reader.member)
        answer, _replayed = once(
            actor_key=f"member:{reader.member.pk}" if reader.member else "guest",
            deed=request.path,
            key=form.cleaned_data["form_key"],
            request=repr([form.cleaned_data.get(name) for name in _SAID]),
            work=work,
        )
    except HearthError as error:
        form.renew_key()
        form.add_errors(error)
        return None
    if answer["pseudonyms"]:
        keep_open(request, Opened(frozenset(answer["pseudonyms"]), (answer["post"],)))
    if new_code := answer["claim_code"]:
        keep_claim_code(request, new_code)
    elif claim:
        keep_claim_code(request, claim.code)
    return redirect("forum:post-sent", answer["post"])


def _claim(request: HttpRequest, form: ReplyForm) -> Claim | None:
    """Of the code this visit already holds, or of the one typed; words that open nothing come back as a form error."""
    typed = form.cleaned_data.get("claim_code", "")
    if not typed:
        held = claim_code_of(request)
        return read_claim(held) if held else None
    count(CLAIM_TRIES, network_of(request))
    try:
        claim = read_claim(typed)
    except Invalid as error:
        raise Invalid(fields={"claim_code": [text for texts in error.fields.values() for text in texts]}) from error
    except ClaimUnknown as error:
        raise Invalid(fields={"claim_code": [error.text]}) from error
    keep_open(request, open_own(claim.guest))
    return claim


def _composer(request: HttpRequest, template: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=form.status if form.errors else 200)


@require_safe
def post_sent(request: HttpRequest, post_id: str) -> HttpResponse:
    """Right after writing: where it stands, what happens next, and the claim code of this visit."""
    reader = reader_of(request)
    post = queries.own_post_for(reader, post_id)
    context = {"post": queries.show_post(reader, post, None), "claim_code": _code_that_opens(post, request)}
    return render(request, "forum/post_sent.html", context)


def _code_that_opens(post: Post, request: HttpRequest) -> str:
    """The code of this visit, if this post is under it: a member's other name and another code's post have none."""
    code = claim_code_of(request)
    if code and post.public_id in open_own(read_claim(code).guest).post_ids:
        return code
    return ""


# --- One's own --------------------------------------------------------------------------------------------------------


@require_safe
def post_detail(request: HttpRequest, post_id: str) -> HttpResponse:
    """One's own post with what can be done about it; somebody else's: its place in the thread."""
    reader = reader_of(request)
    post = queries.post_for(reader, post_id)
    shown = queries.show_post(reader, post, None)
    if not shown.is_own:
        query = urlencode({"branch": post.public_id})
        return redirect(f"{reverse('forum:thread-detail', args=[post.thread.public_id])}?{query}")
    return render(request, "forum/post_detail.html", {"post": shown})


@limited(WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def post_edit(request: HttpRequest, post_id: str) -> HttpResponse:
    reader = reader_of(request)
    post = queries.own_post_for(reader, post_id)
    initial = {"title": post.title, "text": post.source, "version": post.version}
    form = EditForm(request.POST or None, initial=initial, has_title=post.parent_id is None)
    if form.is_valid():
        try:
            edit_post(
                post,
                actor=reader,
                version=form.cleaned_data["version"],
                title=form.cleaned_data.get("title", ""),
                text=form.cleaned_data["text"],
            )
        except Stale as error:
            form.add_errors(error)
            # What they typed stays; sending it again is then a decision.
            form.data = {**request.POST.dict(), "version": str(post.version)}
        except HearthError as error:
            form.add_errors(error)
        else:
            return redirect("forum:post-detail", post_id)
    return _composer(request, "forum/post_edit.html", form, {"post": queries.show_post(reader, post, None)})


@limited(WRITES)
@require_POST
def post_withdraw(request: HttpRequest, post_id: str) -> HttpResponse:
    reader = reader_of(request)
    withdraw_post(queries.own_post_for(reader, post_id), actor=reader)
    return redirect("forum:post-detail", post_id)


@limited(WRITES)
@require_POST
def post_put_back(request: HttpRequest, post_id: str) -> HttpResponse:
    reader = reader_of(request)
    put_back_post(queries.own_post_for(reader, post_id), actor=reader)
    return redirect("forum:post-detail", post_id)


@limited(WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def post_erase(request: HttpRequest, post_id: str) -> HttpResponse:
    """GET asks once; POST erases."""
    reader = reader_of(request)
    post = queries.own_post_for(reader, post_id)
    if request.method == "POST":
        erase_post(post, actor=reader)
        return render(request, "forum/post_erased.html")
    return render(request, "forum/post_erase.html", {"post": queries.show_post(reader, post, None)})


@limited(WRITES)
@require_POST
def post_react(request: HttpRequest, post_id: str) -> HttpResponse:
    reader = reader_of(request)
    post: Post = queries.post_for(reader, post_id)
    taken_back = request.POST.get("take_back", "")
    kind = taken_back or request.POST.get("kind", "")
    if kind not in ReactionKind.values:
        raise NotFound
    change = take_back_reaction if taken_back else give_reaction
    change(post, ReactionKind(kind), actor=reader)
    return redirect(f"{_safe_place(request, post)}#p-{post.public_id}")


@limited(CLAIM_TRIES)
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest) -> HttpResponse:
    """A guest comes back: the six words open what was written under them, for this visit."""
    form = ClaimForm(request.POST or None)
    if form.is_valid():
        try:
            opened = read_claim(form.cleaned_data["code"])
        except HearthError as error:
            form.add_errors(error)
        else:
            keep_open(request, open_own(opened.guest))
            keep_claim_code(request, opened.code)
            return redirect("forum:mine")
    return _composer(request, "forum/claim.html", form, {})


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What this visit has opened; for a member everything of theirs, behind a fresh password (safety.md A3)."""
    reader = reader_of(request)
    if reader.member is not None:
        if not has_fresh_password(request.session):
            return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")
        keep_open(request, open_member(reader.member))
        reader = reader_of(request)
    opened = open_in(request.session)
    if reader.member is None and not opened.post_ids:
        return redirect("forum:claim")
    return render(request, "forum/mine.html", {"posts": queries.own_posts(reader, opened.post_ids)})


def _safe_place(request: HttpRequest, post: Post) -> str:
    """Back to the page of the thread the form was on, named by its cursor; never to an address that was sent."""
    place = reverse("forum:thread-detail", args=[post.thread.public_id])
    kept = {name: request.POST[name] for name in ("cursor", "view", "branch") if request.POST.get(name)}
    return f"{place}?{urlencode(kept)}" if kept else place
