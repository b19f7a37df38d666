"""Answers that several pages give."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.forms import MultipleChoiceField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.fresh import has_fresh_password
from common.errors import HearthError
from common.forms import QuietForm
from common.rate_limits import count, network_of
from crisis.models import Kind
from crisis.queries import Card, card
from crisis.visit import card_for
from forum.authorship import SpeaksAs
from forum.pages.forms import AnswerForm, StoryForm
from forum.pages.limits import WRITES
from forum.screening import help_for
from forum.services.content_notes import MOST_NOTES
from forum.services.drafts import MAX_DRAFT_CHARS
from forum.services.posts import Preview, preview_post
from forum.services.visibility import ANYWHERE
from forum.visit import Words, keep_words

View = Callable[..., HttpResponse]
# Of a form whose words are kept: a secret, what the form is given anew, and the voice, which needs a look.
_NOT_KEPT = {"claim_code", "form_key", "writer", "speaks_as", "under_words"}


def form_page(request: HttpRequest, template: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    """A refused one shows people who can help to whoever may be in danger: what they wrote has reached nobody yet."""
    if form.errors:
        title, text = (form.data.get(name, "")[:MAX_DRAFT_CHARS] for name in ("title", "text"))
        context = {"card": help_card(request, title, text), **context}
    return render(request, template, {"form": form, **context}, status=form.status if form.errors else 200)


def help_card(request: HttpRequest, title: str, source: str) -> Card | None:
    """People who can help, for whoever wrote this, where the words say that they may be in danger. For nobody else."""
    kinds = help_for(title, source)
    return card_for(request, kinds) if kinds else None


def button_of(request: HttpRequest) -> str:
    """What the button of a writing form says (`do`). Another language (config/language.py) only looks at it, too."""
    return "preview" if is_other_language(request) else request.POST.get("do", "")


def is_other_language(request: HttpRequest) -> bool:
    """Whether the form came from a button of the footer: it is shown with its words, and nothing is done."""
    return "language" in request.POST


def card_from_team(country: str) -> Card | None:
    """People who can help, whom a moderator sent with a word: in a country, or ANYWHERE."""
    if not country:
        return None
    return card(None if country == ANYWHERE else country, (Kind.DOMESTIC_ABUSE, Kind.SUICIDE))


def preview_of(request: HttpRequest, form: QuietForm) -> Preview | None:
    """What was typed as it would stand there; None, and the form says why, where it could not be sent so, and where it
    is only shown in another language.
    """
    form.ask_nothing()
    if is_other_language(request):
        return None
    try:
        count(WRITES, network_of(request))
        return preview_post(title=request.POST.get("title", ""), text=request.POST.get("text", ""))
    except HearthError as error:
        form.add_errors(error)
        return None


def ask_password(request: HttpRequest, *, then: str = "") -> HttpResponse:
    """Once more, then back to this page or to another (safety.md A3)."""
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': then or request.path})}")


def ask_sign_in(request: HttpRequest, *, then: str = "") -> HttpResponse:
    """Then back to this page or to another. The page to sign in leads guests on to their words."""
    return redirect(f"{reverse('account_login')}?{urlencode({'next': then or request.path})}")


def ask_first(request: HttpRequest, address: str) -> HttpResponse:
    """For the password, or to sign in; then back to the form at this address, which shows once what was typed."""
    keep_words(request, address, _words_of(request.POST), mark=request.POST.get("writer", ""))
    if not request.user.is_authenticated:
        return ask_sign_in(request, then=address)
    messages.info(request, _("Your words are kept. Give your password, and you go on with them."))
    return ask_password(request, then=address)


def _words_of(sent: QueryDict) -> Words:
    """Of whatever fields our writing forms have, so that a new one is not forgotten."""
    words: Words = {}
    for name, field in (StoryForm.base_fields | AnswerForm.base_fields).items():
        if name in _NOT_KEPT:
            continue
        if isinstance(field, MultipleChoiceField):
            words[name] = [value[:40] for value in sent.getlist(name)[:MOST_NOTES]]
        else:
            words[name] = sent.get(name, "")[:MAX_DRAFT_CHARS]
    voice = sent.get("speaks_as") or sent.get("voice")
    return words | ({"speaks_as": voice} if voice in set(SpeaksAs) else {})


def behind_password(then: str) -> Callable[[View], View]:
    """A member gives their password once more, unless they did a moment ago (safety.md A3), and goes on to `then`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not has_fresh_password(request.session):
                return ask_password(request, then=reverse(then))
            return view(request, *args, **kwargs)

        return asked

    return decorate
