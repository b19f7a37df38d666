"""The step between pressing Send and sending: what the author should look at once more, without JavaScript.

Sending leads to it by an address of its own, so that Back shows the form with everything in it, and neither Back nor
Forward asks whether to send again. What the form sent is kept meanwhile in the sealed visit, for ten minutes and until
it is sent (forum/visit.py); a wording that was given up is replaced there, not kept beside the new one. The step
carries all of it in hidden fields as well: a visit that ended loses nothing either. It can always be sent as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from forum.draft_check import DraftText, Remark, remarks_on, reworded
from forum.pages.answers import help_card
from forum.queries import ShownWish
from forum.visit import Fields, keep_unsent, unsent_words

# What the step's buttons say (`do`).
AS_IT_IS = "as-it-is"
WITH_ALL = "vaguer-all"
WITH_ONE = "vaguer-"  # and its number
GO_BACK = "go-back"
FORGET = "forget"  # on the form that they came back to
_LOOK = "look"  # in the address of the step
_AROUND = 40  # characters before and after a passage, so that its author finds it again


@dataclass(frozen=True, slots=True)
class _Shown:
    """A remark with the words it is about."""

    remark: Remark
    before: str
    passage: str
    after: str


def look_again(request: HttpRequest, form: Any, asked: ShownWish) -> HttpResponse | None:
    """Leads to the step; None: there is nothing to look at, or its author has looked. For a valid form, before it is
    sent.

    `asked`: what the conversation asks of a reply. Gives the form the wordings that were accepted.
    """
    do = request.POST.get("do", "")
    if do == AS_IT_IS:
        return None
    draft = _draft(form, asked)
    remarks = remarks_on(draft)
    accepted = [remark for number, remark in enumerate(remarks) if do in {WITH_ALL, f"{WITH_ONE}{number}"}]
    if accepted:
        draft = reworded(draft, accepted)
        _take_over(form, draft)
        remarks = remarks_on(draft)
    if not remarks and (do == WITH_ALL or not accepted):
        return None
    keep_unsent(request, _fields_of(form))
    return redirect(f"{request.path}?{_LOOK}")


def is_at_step(request: HttpRequest) -> bool:
    return request.method != "POST" and _LOOK in request.GET


def show_step(request: HttpRequest, form: Any | None, asked: ShownWish) -> HttpResponse:
    """Of what waits here to be sent; back to the form where nothing does, or where it cannot be sent any more."""
    if form is None:
        messages.info(
            request, _("Nothing waits here to be sent any more. What has arrived stands under “What I wrote”.")
        )
    if form is None or not form.is_valid():
        return redirect(request.path)
    draft = _draft(form, asked)
    remarks = remarks_on(draft)
    context = {
        "form": form,
        "remarks": [_shown(draft, remark) for remark in remarks],
        "kinds": {remark.kind for remark in remarks},
        "asked": asked,
        "has_wordings": any(remark.wording for remark in remarks),
        "draft": draft,
        "carried": [(name, value) for name, values in _fields_of(form).items() for value in values],
        "card": help_card(request, draft.title, draft.text),
    }
    return render(request, "forum/before_sending.html", context)


def go_back(request: HttpRequest, form: Any) -> HttpResponse | None:
    """To the form with what waits here. None: that is other words, or gone with its visit; show what was sent."""
    return redirect(request.path) if _fields_of(form) == unsent_words(request) else None


def unsent(request: HttpRequest) -> MultiValueDict[str, str] | None:
    """What waits at this address to be sent, as a form takes it."""
    fields = unsent_words(request) if request.method != "POST" else {}
    return MultiValueDict(fields) if fields else None


def _draft(form: Any, asked: ShownWish) -> DraftText:
    return DraftText(form.cleaned_data.get("title", ""), form.cleaned_data["text"], asked.wish, asked.limits)


def _take_over(form: Any, draft: DraftText) -> None:
    form.data = form.data.copy()
    for name, words in (("title", draft.title), ("text", draft.text)):
        if name in form.cleaned_data:
            form.data[name] = form.cleaned_data[name] = words


def _fields_of(form: Any) -> Fields:
    """Whatever its fields are, as they were sent."""
    return {name: form.data.getlist(name) for name in form.fields if name in form.data}


def _shown(draft: DraftText, remark: Remark) -> _Shown:
    words = draft.title if remark.field == "title" else draft.text
    before = words[max(0, remark.start - _AROUND) : remark.start]
    return _Shown(remark, before, words[remark.start : remark.end], words[remark.end : remark.end + _AROUND])
