"""Forum asks, before anything is sent: is there something in these words that their author should look at once more?

Whoever FORUM_DRAFT_CHECKERS names owns an answer (as in forum/screening.py). What they say is for the author alone, in
the same moment; nothing of it is stored or logged, and nothing is ever refused because of it (safety.md D3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class DraftText:
    """What somebody is about to send, as they typed it; of a reply, what its conversation asks for, as plain codes."""

    title: str
    text: str
    reply_wish: str = ""
    reply_limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """About one passage. `field` is "title" or "text", `start` and `end` count its characters (code points).

    `kind` is "identifying", or "wish" for what a conversation asks not to read. `says` is a sentence for the author;
    `wording` what could stand there instead, empty where nothing is offered.
    """

    kind: str
    type: str
    field: str
    start: int
    end: int
    says: str
    wording: str = ""


Checker = Callable[[DraftText], Iterable[Remark]]


def remarks_on(draft: DraftText) -> list[Remark]:
    """Of all checkers, in the order in which somebody reads."""
    remarks: list[Remark] = []
    for name in settings.FORUM_DRAFT_CHECKERS:
        checker: Checker = import_string(name)
        remarks += checker(draft)
    return sorted(remarks, key=lambda remark: (remark.field != "title", remark.start, remark.end))


def reworded(draft: DraftText, remarks: Sequence[Remark]) -> DraftText:
    """With the wordings that these offer. They are of this very text; where two overlap the first one counts."""
    return replace(draft, title=_reworded(draft.title, remarks, "title"), text=_reworded(draft.text, remarks, "text"))


def _reworded(words: str, remarks: Iterable[Remark], field: str) -> str:
    done, pieces = 0, []
    for remark in remarks:
        if remark.field == field and remark.wording and remark.start >= done:
            pieces += [words[done : remark.start], remark.wording]
            done = remark.end
    return "".join([*pieces, words[done:]])
