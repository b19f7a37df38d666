"""The step between pressing Send and sending: what the author should look at once more, without JavaScript.

Everything the form sent comes along in hidden fields, whatever its fields are; nothing of it is kept here, and it can
always be sent as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from forum.draft_check import DraftText, Remark, remarks_on, reworded
from forum.pages.answers import help_card
from forum.queries import ShownWish

# What the step's buttons say (`do`).
AS_IT_IS = "as-it-is"
WITH_ALL = "vaguer-all"
WITH_ONE = "vaguer-"  # and its number
GO_BACK = "go-back"
_NOT_CARRIED = {"csrfmiddlewaretoken", "do"}
_AROUND = 40  # characters before and after a passage, so that its author finds it again


@dataclass(frozen=True, slots=True)
class _Shown:
    """A remark with the words it is about."""

    remark: Remark
    before: str
    passage: str
    after: str


def look_again(request: HttpRequest, form: Any, asked: ShownWish) -> HttpResponse | None:
    """The step; None: there is nothing to look at, or its author has looked. For a valid form, before it is sent.

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
    context = {
        "form": form,
        "remarks": [_shown(draft, remark) for remark in remarks],
        "kinds": {remark.kind for remark in remarks},
        "asked": asked,
        "has_wordings": any(remark.wording for remark in remarks),
        "draft": draft,
        "carried": _carried(form.data),
        "card": help_card(request, draft.title, draft.text),
    }
    return render(request, "forum/before_sending.html", context)


def _draft(form: Any, asked: ShownWish) -> DraftText:
    return DraftText(form.cleaned_data.get("title", ""), form.cleaned_data["text"], asked.wish, asked.limits)


def _take_over(form: Any, draft: DraftText) -> None:
    form.data = form.data.copy()
    for name, words in (("title", draft.title), ("text", draft.text)):
        if name in form.cleaned_data:
            form.data[name] = form.cleaned_data[name] = words


def _carried(data: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name, values in data.lists() if name not in _NOT_CARRIED for value in values]


def _shown(draft: DraftText, remark: Remark) -> _Shown:
    words = draft.title if remark.field == "title" else draft.text
    before = words[max(0, remark.start - _AROUND) : remark.start]
    return _Shown(remark, before, words[remark.start : remark.end], words[remark.end : remark.end + _AROUND])
