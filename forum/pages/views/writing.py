"""The composer: a story or a reply, under one of three voices, sent, kept for later, taken up again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.fresh import has_fresh_password
from accounts.identity import identity_of
from common.errors import HearthError, Invalid, KeyReused, NotFound, TooMany
from common.rate_limits import count, network_of
from forum import queries
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import HouseRules, Post, Thread
from forum.pages import before_sending, limits
from forum.pages.answers import ask_first, ask_password, button_of, form_page, help_card, preview_of
from forum.pages.forms import AnswerForm, ReplyForm, StoryForm, Voices
from forum.policies import can_reply
from forum.services.anonymity import Claim, ClaimUnknown, Opened, open_claims, own_name_in, read_claim
from forum.services.content_notes import MOST_NOTES, notes_named
from forum.services.drafts import NEW, Words, draft_at, draft_for, drop_draft, forget_sent, keep_draft
from forum.services.house_rules import agree_to_rules, rules_to_agree_to
from forum.services.idempotency import earlier_answer, once
from forum.services.posts import Preview, Written, reply_to, start_thread
from forum.services.quoting import quotable_words
from forum.visit import (
    drop_unsent,
    is_code_shown,
    keep_claim_code,
    keep_made_code,
    keep_open,
    keep_voice,
    reader_of,
    stop_showing_code,
    take_words,
    voice_in,
    writer_mark,
    writing_claim,
)

# What makes two sendings the same. Not the claim code: after the first the visit holds it, and the field is gone.
_SAID = (
    "category", "title", "text", "notes", "speaks_as", "reply_wish", "reply_limits", "delay_hours", "passage",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    """Where somebody writes. `draft` is its name in forum/services/drafts.py."""

    draft: str
    template: str
    context: dict[str, Any]
    thread: Thread | None = None
    parent: Post | None = None


@dataclass(frozen=True, slots=True)
class _Arrived:
    """What was sent from the same form before; no id where it is not theirs in this visit."""

    post_id: str


@require_http_methods(["GET", "HEAD", "POST"])
def story_new(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    place = _Place(NEW, "forum/story_new.html", {})
    categories = queries.categories_for(reader)

    def form_of(data: Any, initial: dict[str, Any]) -> StoryForm:
        initial = {"category": request.GET.get("category", ""), **initial}
        asked = {"voices": _voices(request, reader, place), "notes": queries.notes_offered(), "rules": _rules(reader)}
        return StoryForm(data, initial=initial, categories=categories, **asked)

    def write(form: ReplyForm, speaker: Speaker) -> Written:
        said = form.cleaned_data
        category = queries.category_for(reader, said["category"])
        return start_thread(
            category,
            actor=speaker,
            title=said["title"],
            text=said["text"],
            notes=notes_named(said.get("notes", ())),
            reply_wish=said["reply_wish"],
            reply_limits=said["reply_limits"],
            delay_hours=said["delay_hours"],
        )

    return _compose(request, reader, place, form_of, write)


@require_http_methods(["GET", "HEAD", "POST"])
def post_reply(request: HttpRequest, post_id: str) -> HttpResponse:
    reader = reader_of(request)
    parent = queries.post_for(reader, post_id)
    context = {
        "parent": queries.show_post(reader, parent, None),
        "thread": parent.thread,
        "asked": queries.wish_above(reader, parent),
    }
    place = _Place(parent.public_id, "forum/post_reply.html", context, parent.thread, parent)

    def form_of(data: Any, initial: dict[str, Any]) -> ReplyForm:
        if "quote" in request.GET and can_reply(reader, parent):
            initial = {"passage": quotable_words(parent), **initial}
        voices, notes = _voices(request, reader, place), queries.notes_offered()
        return AnswerForm(data, initial=initial, voices=voices, notes=notes, rules=_rules(reader))

    def write(form: ReplyForm, speaker: Speaker) -> Written:
        said = form.cleaned_data
        return reply_to(
            parent,
            actor=speaker,
            text=said["text"],
            notes=notes_named(said.get("notes", ())),
            delay_hours=said["delay_hours"],
            passage=said["passage"],
        )

    return _compose(request, reader, place, form_of, write)


@require_http_methods(["GET", "HEAD", "POST"])
def post_sent(request: HttpRequest, post_id: str) -> HttpResponse:
    """Right after writing: where it stands, what happens next, and the claim code if it was made just now. POST: the
    code was written down, and no page shows it any more.
    """
    reader = reader_of(request)
    post = queries.own_post_for(reader, post_id)
    if request.method == "POST":
        stop_showing_code(request, post_id)
        answer = redirect("forum:post-sent", post_id)
        answer.headers["Clear-Site-Data"] = '"cache"'  # the page that showed it, which the browser keeps for Back
        return answer
    claim = writing_claim(request)
    is_its_code = claim is not None and post.thread_pseudonym_id in open_claims([claim]).pseudonyms
    shown = queries.show_post(reader, post, None)
    context = {
        "post": shown,
        "is_guests": is_its_code,
        "claim_code": claim.code if claim and is_its_code and is_code_shown(request, post_id) else "",
        "card": help_card(request, shown.title, shown.source),
    }
    return render(request, "forum/post_sent.html", context)


# --- What the composer's buttons do -----------------------------------------------------------------------------------

_FormOf = Callable[[Any, dict[str, Any]], ReplyForm]
_Write = Callable[[ReplyForm, Speaker], Written]


def _compose(request: HttpRequest, reader: Reader, place: _Place, form_of: _FormOf, write: _Write) -> HttpResponse:
    if request.method != "POST":
        return _begin(request, reader, place, form_of)
    do = button_of(request)
    if do == "take-up":
        return _take_up(request, reader, place, form_of)
    if do in {"throw-away", before_sending.FORGET}:
        return _forget(request, reader, place)
    form = form_of(request.POST, {})
    match do:
        case "preview":
            return _show(request, reader, place, form, preview=preview_of(request, form))
        case "keep":
            answer = _keep(request, reader, place, form)
        case before_sending.GO_BACK:
            answer = before_sending.go_back(request, form)
        case _:
            answer = _send(request, reader, place, form, write)
    return answer or _show(request, reader, place, form)


def _forget(request: HttpRequest, reader: Reader, place: _Place) -> HttpResponse:
    """What was kept here for later, or what waits here to be sent."""
    if request.POST.get("do") == before_sending.FORGET:
        drop_unsent(request)
    else:
        drop_draft(place.draft, actor=reader, mark=request.POST.get("draft", ""))
    return redirect(request.path)


def _begin(request: HttpRequest, reader: Reader, place: _Place, form_of: _FormOf) -> HttpResponse:
    """What a sign-in came between is shown, once; what waits to be sent, to whoever comes back to it. What was kept for
    later is offered, never shown unasked (L7).
    """
    sent = before_sending.unsent(request)
    if before_sending.is_at_step(request):
        return before_sending.show_step(request, form_of(sent, {}) if sent else None, _asked(reader, place))
    words = take_words(request, request.path) if request.method == "GET" else {}
    if sent and not words:
        return _show(request, reader, place, form_of(sent, {}), is_unsent=True)
    if not words and "anew" not in request.GET and (draft := draft_at(place.draft, actor=reader)):
        return render(request, "forum/draft_offered.html", {"draft": draft, **place.context})
    return _show(request, reader, place, form_of(None, {"writer": writer_mark(reader.member), **words}))


def _take_up(request: HttpRequest, reader: Reader, place: _Place, form_of: _FormOf) -> HttpResponse:
    """Kept words are shown to whoever knows the password (A3): it may be somebody else who holds the phone now."""
    draft = draft_for(place.draft, actor=reader)
    if not has_fresh_password(request.session):
        return ask_password(request)
    words = draft.words
    initial: dict[str, Any] = {
        "text": words.text,
        "title": words.title,
        "notes": words.notes,
        "reply_wish": words.reply_wish,
        "reply_limits": words.reply_limits,
        "draft": draft.mark,
        "writer": writer_mark(reader.member),
    }
    if words.speaks_as:
        initial["speaks_as"] = words.speaks_as
    if words.category_id:
        initial["category"] = words.category_id
    if words.passage:
        initial["passage"] = words.passage
    if words.delay_hours:
        initial["delay_hours"] = words.delay_hours
    return _show(request, reader, place, form_of(None, initial))


def _keep(request: HttpRequest, reader: Reader, place: _Place, form: ReplyForm) -> HttpResponse | None:
    """None: show the form again. Whatever can be sent can be kept, and what cannot be sent yet, too."""
    form.ask_nothing()
    sent = request.POST
    voice = sent.get("speaks_as", "")
    words = Words(
        text=sent.get("text", ""),
        title=sent.get("title", ""),
        speaks_as=voice if voice in set(SpeaksAs) else "",
        category_id=sent.get("category", "")[:40],
        notes=[note[:40] for note in sent.getlist("notes")[:MOST_NOTES]],
        reply_wish=sent.get("reply_wish", "")[:40],
        reply_limits=[limit[:40] for limit in sent.getlist("reply_limits")[:10]],
        delay_hours=form.chosen_delay(),
        passage=sent.get("passage", ""),
    )
    try:
        count(limits.WRITES, network_of(request))
        keep_draft(place.draft, words, actor=reader, mark=sent.get("draft", ""))
    except HearthError as error:
        form.add_errors(error)
        return None
    drop_unsent(request)
    said = _("Your words are kept for thirty days. They are offered to you where you wrote them, and under Drafts.")
    messages.success(request, said)
    return redirect("forum:thread-detail", place.thread.public_id) if place.thread else redirect("forum:home")


def _send(request: HttpRequest, reader: Reader, place: _Place, form: ReplyForm, write: _Write) -> HttpResponse | None:
    """Sends a valid form once, opens the post for this visit, and leads to its page; None: show the form (again).

    Where its author should look at something once more, that comes first.
    """
    try:
        count(limits.WRITES, network_of(request))
    except TooMany as error:
        form.add_errors(error)
    if not form.is_valid():
        return None
    kind = form.chosen_voice()
    if _needs_password(request, place, form, kind):
        drop_unsent(request)
        return ask_first(request, request.path)
    if step := before_sending.look_again(request, form, _asked(reader, place)):
        return step

    form_key = form.cleaned_data["form_key"]

    def work() -> tuple[dict[str, Any], str]:
        written = write(form, speaker)
        post = written.post
        forget_sent(place.draft, form.cleaned_data["text"], actor=reader, mark=form.cleaned_data["draft"])
        return {
            "post": post.public_id,
            "thread": post.thread.public_id,
            "pseudonyms": sorted(queries.pseudonyms_of(post)),
            "claim_code": written.claim_code,
        }, post.public_id

    try:
        _agree(reader, form)
        claim = _claim(request, form) if kind is SpeaksAs.GUEST else None
        speaker = Speaker(kind, None if kind is SpeaksAs.GUEST else reader.member, claim.writer if claim else None)
        answer, _replayed = once(
            actor_key=_actor_key(reader),
            deed=request.path,
            key=form_key,
            request=repr([form.cleaned_data.get(name) for name in _SAID]),
            work=work,
        )
    except KeyReused:  # an old copy of this form, or of the step before sending
        form.renew_key()
        return _show(request, reader, place, form, arrived=_arrived(request, reader, form_key))
    except HearthError as error:
        form.renew_key()
        form.add_errors(error)
        return None
    drop_unsent(request)
    _open(request, kind, claim, answer)
    return redirect("forum:post-sent", answer["post"])


def _open(request: HttpRequest, kind: SpeaksAs, claim: Claim | None, answer: dict[str, Any]) -> None:
    """What was just written is theirs in this visit."""
    if kind is not SpeaksAs.GUEST:
        if answer["pseudonyms"]:
            keep_open(request, Opened(frozenset(answer["pseudonyms"]), ()))
    elif claim is not None:
        keep_claim_code(request, claim.code)
    else:
        keep_made_code(request, answer["post"], answer["claim_code"])
    keep_voice(request, answer["thread"], kind)


def _asked(reader: Reader, place: _Place) -> queries.ShownWish:
    """Of a reply, by its conversation."""
    return queries.wish_of_others(reader, place.parent) if place.parent else queries.ShownWish()


def _actor_key(reader: Reader) -> str:
    return f"member:{reader.member.pk}" if reader.member else "guest"


def _arrived(request: HttpRequest, reader: Reader, form_key: str) -> _Arrived:
    answer = earlier_answer(actor_key=_actor_key(reader), deed=request.path, key=form_key)
    try:
        return _Arrived(queries.own_post_for(reader, answer["post"]).public_id if answer else "")
    except NotFound:
        return _Arrived("")


def _show(
    request: HttpRequest,
    reader: Reader,
    place: _Place,
    form: ReplyForm,
    *,
    preview: Preview | None = None,
    is_unsent: bool = False,
    arrived: _Arrived | None = None,
) -> HttpResponse:
    """It keeps by itself, with JavaScript, unless other words are kept here that it does not know of."""
    kept = draft_at(place.draft, actor=reader)
    keeps = reader.member is not None and form["draft"].value() == (kept.mark if kept else "")
    about_form = {"place": place.draft, "keeps": keeps, "preview": preview, "is_unsent": is_unsent, "arrived": arrived}
    context = {**place.context, **about_form}
    return form_page(request, place.template, form, context)


# --- Who speaks -------------------------------------------------------------------------------------------------------


def _voices(request: HttpRequest, reader: Reader, place: _Place) -> Voices:
    """An anonymous name that this visit has not opened is as if it were not there: somebody may look on."""
    claim = writing_claim(request)
    thread = place.thread
    own_name = own_name_in(thread, identity_of(reader.member), reader=reader) if thread and reader.member else ""
    guest_name = own_name_in(thread, claim.guest, reader=reader) if thread and claim else ""
    used_last = voice_in(request, thread.public_id) if thread else None
    if used_last is SpeaksAs.THREAD_PSEUDONYM and not own_name:
        used_last = None  # the name has closed since: that it was used here is not said either
    return Voices(
        pseudonym=reader.member.pseudonym if reader.member else "",
        own_name=own_name,
        guest_name=guest_name,
        has_code=claim is not None,
        first=used_last or (SpeaksAs.THREAD_PSEUDONYM if own_name else SpeaksAs.PSEUDONYM),
    )


def _rules(reader: Reader) -> HouseRules | None:
    """To be agreed to first. A guest is told in a sentence: a box to tick is one more thing to be afraid of."""
    return rules_to_agree_to(reader.member) if reader.member else None


def _agree(reader: Reader, form: ReplyForm) -> None:
    if form.rules is not None and reader.member is not None:
        agree_to_rules(reader.member, form.rules.version)


def _needs_password(request: HttpRequest, place: _Place, form: ReplyForm, kind: SpeaksAs) -> bool:
    """Speaking under another name in a conversation shows which one is theirs there, if they have one. Whoever has none
    is asked as well, so that being asked says nothing.
    """
    shows_name = kind is SpeaksAs.THREAD_PSEUDONYM and place.thread is not None and not form.voices.own_name
    return shows_name and not has_fresh_password(request.session)


def _claim(request: HttpRequest, form: ReplyForm) -> Claim | None:
    """Of the code this visit already holds, or of the one typed; words that open nothing come back as a form error."""
    typed = form.cleaned_data.get("claim_code", "")
    if not typed:
        return writing_claim(request)
    count(limits.CLAIM_TRIES, network_of(request))
    try:
        return read_claim(typed)
    except Invalid as error:
        raise Invalid(fields={"claim_code": [text for texts in error.fields.values() for text in texts]}) from error
    except ClaimUnknown as error:
        raise Invalid(fields={"claim_code": [error.text]}) from error
