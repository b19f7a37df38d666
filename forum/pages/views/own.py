"""One's own posts, and what others leave on a post."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.fresh import has_fresh_password
from common.errors import HearthError, NotFound, Stale
from forum import policies, queries
from forum.models import Post, ReactionKind
from forum.pages import before_sending
from forum.pages.answers import (
    ask_password,
    ask_sign_in,
    button_of,
    card_from_team,
    form_page,
    help_card,
    preview_of,
)
from forum.pages.forms import DelayForm, EditForm, WishForm
from forum.pages.limits import FLAGS, REMOVALS, WRITES, limited
from forum.services.anonymity import open_member
from forum.services.burning import burn_name, require_burnable
from forum.services.flagging import flag_reply, require_flaggable, undo_flag
from forum.services.pausing import end_pause, pause_replies
from forum.services.posts import edit_post, put_back_post
from forum.services.reactions import give_reaction, take_back_reaction
from forum.services.scheduling import let_appear_now, put_off_post
from forum.services.visibility import erase_post, require_changeable, withdraw_post
from forum.services.wishes import change_wish
from forum.visit import (
    current_claim,
    drop_unsent,
    keep_open,
    opened_in,
    owners_of,
    reader_of,
    take_words,
    writer_mark,
)


@require_safe
def post_detail(request: HttpRequest, post_id: str) -> HttpResponse:
    """One's own post with what can be done about it; somebody else's: its place in the thread."""
    reader = reader_of(request)
    post = queries.post_for(reader, post_id)
    shown = queries.show_alone(reader, post)
    if not shown.is_own:
        query = urlencode({"branch": post.public_id})
        return redirect(f"{reverse('forum:thread-detail', args=[post.thread.public_id])}?{query}")
    context = {
        "post": shown,
        "thread": post.thread,
        "can_pause": post.parent_id is None and policies.can_pause(reader, post),
        "asked": queries.wish_above(reader, post) if shown.is_flagged else None,
        "card": help_card(request, shown.title, shown.source),
        "card_from_team": card_from_team(shown.help_for),
    }
    return render(request, "forum/post_detail.html", context)


@require_safe
def post_revisions(request: HttpRequest, post_id: str) -> HttpResponse:
    """One edit at a time, the newest first: what was taken out and what was put in. For its author and moderators."""
    reader = reader_of(request)
    post = queries.post_for(reader, post_id)
    number = request.GET.get("number", "")
    revision = queries.revision_of(reader, post, int(number) if number.isdecimal() and len(number) < 10 else None)
    return render(
        request, "forum/post_revisions.html", {"post": queries.show_post(reader, post, None), "revision": revision}
    )


@limited(WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def post_edit(request: HttpRequest, post_id: str) -> HttpResponse:
    kept = take_words(request, request.path) if request.method == "GET" else {}
    if kept and request.user.is_authenticated:  # and gave the password for it a moment ago
        keep_open(request, open_member(request.user))
    reader = reader_of(request)
    post = queries.own_post_for(reader, post_id)
    require_changeable(post, reader)
    of_form = {"version": post.version, "writer": writer_mark(reader.member)}
    initial = {"title": post.title, "text": post.source, **kept, **of_form}
    sent = None if kept else before_sending.unsent(request)
    form = EditForm(request.POST or sent, initial=initial, has_title=post.parent_id is None)
    if before_sending.is_at_step(request):
        return before_sending.show_step(request, form if sent else None, queries.wish_of_others(reader, post))
    do = button_of(request)
    if do == before_sending.FORGET:
        drop_unsent(request)
        return redirect(request.path)
    if do == before_sending.GO_BACK and (back := before_sending.go_back(request, form)):
        return back
    preview = preview_of(request, form) if do == "preview" else None
    if request.method == "POST" and do not in {"preview", before_sending.GO_BACK} and form.is_valid():
        if step := before_sending.look_again(request, form, queries.wish_of_others(reader, post)):
            return step
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
            drop_unsent(request)
            return redirect("forum:post-detail", post_id)
    shown, asked = queries.show_post(reader, post, None), queries.wish_of_others(reader, post)
    context = {"post": shown, "preview": preview, "asked": asked, "is_unsent": bool(sent)}
    return form_page(request, "forum/post_edit.html", form, context)


@limited(WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def thread_wish(request: HttpRequest, thread_id: str) -> HttpResponse:
    """What the author of a story asks of those who answer."""
    reader = reader_of(request)
    thread = queries.thread_for(reader, thread_id)
    opening = queries.own_post_for(reader, queries.opening_of(thread).public_id)
    require_changeable(opening, reader)
    asked = queries.wish_of(reader, thread)
    data = request.POST if request.method == "POST" else None
    form = WishForm(data, initial={"reply_wish": asked.wish, "reply_limits": asked.limits})
    if form.is_valid():
        said = form.cleaned_data
        change_wish(thread, actor=reader, wish=said["reply_wish"], limits=said["reply_limits"])
        messages.success(request, _("Whoever answers now reads above their reply what you ask for."))
        return redirect("forum:thread-detail", thread_id)
    return form_page(request, "forum/thread_wish.html", form, {"post": queries.show_post(reader, opening, None)})


@limited(FLAGS)
@require_http_methods(["GET", "HEAD", "POST"])
def post_flag(request: HttpRequest, post_id: str) -> HttpResponse:
    """GET says what it does; POST holds the reply."""
    reader = reader_of(request)
    post = queries.flaggable_for(reader, post_id)
    if request.method == "POST":
        flag_reply(post, actor=reader)
        return render(request, "forum/post_flagged.html", {"post_id": post_id, "thread_id": post.thread.public_id})
    require_flaggable(post, reader)
    shown = queries.show_post(reader, post, None)
    return render(request, "forum/post_flag.html", {"post": shown, "asked": queries.wish_above(reader, post)})


@limited(FLAGS)
@require_POST
def post_flag_undo(request: HttpRequest, post_id: str) -> HttpResponse:
    reader = reader_of(request)
    post = queries.flaggable_for(reader, post_id)
    undo_flag(post, actor=reader)
    return redirect("forum:thread-detail", post.thread.public_id)


@limited(REMOVALS)
@require_POST
def post_withdraw(request: HttpRequest, post_id: str) -> HttpResponse:
    reader = reader_of(request)
    withdraw_post(queries.own_post_for(reader, post_id), actor=reader)
    return redirect("forum:post-detail", post_id)


@limited(WRITES)
@require_POST
def thread_pause(request: HttpRequest, thread_id: str) -> HttpResponse:
    """Whoever began it takes no replies for a while, or takes them again."""
    reader = reader_of(request)
    opening = queries.opening_of(queries.thread_for(reader, thread_id))
    change = end_pause if request.POST.get("end") else pause_replies
    change(opening, actor=reader)
    return redirect("forum:post-detail", opening.public_id)


@limited(WRITES)
@require_POST
def post_put_back(request: HttpRequest, post_id: str) -> HttpResponse:
    reader = reader_of(request)
    put_back_post(queries.own_post_for(reader, post_id), actor=reader)
    return redirect("forum:post-detail", post_id)


@limited(WRITES)
@require_http_methods(["GET", "HEAD", "POST"])
def post_delay(request: HttpRequest, post_id: str) -> HttpResponse:
    """What was put off: another day, or now."""
    reader = reader_of(request)
    post = queries.own_post_for(reader, post_id)
    form = DelayForm(request.POST or None)
    if form.is_valid():
        try:
            if form.cleaned_data["delay_hours"]:
                put_off_post(post, actor=reader, hours=form.cleaned_data["delay_hours"])
            else:
                let_appear_now(post, actor=reader, owners=owners_of(request.session, reader.member))
        except HearthError as error:
            form.add_errors(error)
        else:
            return redirect("forum:post-detail", post_id)
    return form_page(request, "forum/post_delay.html", form, {"post": queries.show_post(reader, post, None)})


@limited(REMOVALS)
@require_http_methods(["GET", "HEAD", "POST"])
def post_erase(request: HttpRequest, post_id: str) -> HttpResponse:
    """GET asks once; POST erases."""
    reader = reader_of(request)
    post = queries.own_post_for(reader, post_id)
    if request.method == "POST":
        erase_post(post, actor=reader)
        return render(request, "forum/post_erased.html")
    require_changeable(post, reader)
    return render(request, "forum/post_erase.html", {"post": queries.show_post(reader, post, None)})


@limited(REMOVALS)
@require_http_methods(["GET", "HEAD", "POST"])
def post_burn(request: HttpRequest, post_id: str) -> HttpResponse:
    """GET asks once, and says what it means; POST makes the name nobody's."""
    reader = reader_of(request)
    post = queries.own_post_for(reader, post_id)
    if request.method == "POST":
        burn_name(post, actor=reader, owners=owners_of(request.session, reader.member))
        return render(request, "forum/post_burnt.html", {"thread_id": post.thread.public_id})
    require_burnable(post, reader)
    return render(request, "forum/post_burn.html", {"post": queries.show_post(reader, post, None)})


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


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What this visit has opened; for a member everything of theirs, behind a fresh password (safety.md A3)."""
    reader = reader_of(request)
    if reader.member is not None:
        if not has_fresh_password(request.session):
            return ask_password(request)
        keep_open(request, open_member(reader.member))
        reader = reader_of(request)
    opened = opened_in(request.session, reader.member)
    if reader.member is None and not opened.post_ids:
        return ask_sign_in(request)
    return render(
        request,
        "forum/mine.html",
        {"posts": queries.own_posts(reader, opened.post_ids), "claim": current_claim(request)},
    )


def _safe_place(request: HttpRequest, post: Post) -> str:
    """Back to the page of the thread the form was on, named by its cursor; never to an address that was sent."""
    place = reverse("forum:thread-detail", args=[post.thread.public_id])
    kept = {name: request.POST[name] for name in ("cursor", "view", "branch", "show") if request.POST.get(name)}
    return f"{place}?{urlencode(kept)}" if kept else place
