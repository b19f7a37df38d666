"""What the codes of screeners and reports mean, in a moderator's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from moderation.models import ReportReason, Screener, Signal
from moderation.screeners.words import FAMILIES, FRAMES, LABELS, SEVERITIES
from moderation.states import EXPOSED, NOW, READERS

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_WORDS: dict[str, _StrOrPromise] = {
    "appealed": _("its author asks for another look at what was decided"),
    "appealed_by_reporter": _("whoever reported it asks for another look at what was decided"),
    "brought_in": _("it waited already when it was brought in from elsewhere"),
    "breaks_wish": _("whoever began the conversation says that it is not what they asked for"),
    "follow_up": _("somebody wanted to look again"),
    "guest": _("written by a guest, or anonymously by a member whose posts wait"),
    "note_taken_off": _("its author took off a content note"),
    "newcomer": _("this member's first post"),
    "premoderated": _("every post in this category waits for a first look"),
    "put_back": _("its author took it back, and put it back"),
    "raid": _("everything waits for a first look just now"),
    "resubmitted": _("it was returned, and its author wrote it again"),
    "watched": _("the team decided to look first at what is written under this name"),
    "unanswered": _("nobody has answered this story yet"),
}
# By which a batch can be chosen (services/batches.py): what a screener thought of a text is read case by case.
REASONS_TO_CHOOSE = (*_WORDS, *(f"reported:{reason}" for reason in ReportReason.values))
_PARTS: dict[str, _StrOrPromise] = {
    NOW: _("it may be now"),
    EXPOSED: _("it is there for everybody meanwhile"),
    READERS: _("readers reported it"),
}


def reason_words(code: str) -> _StrOrPromise:
    kind, _colon, detail = code.partition(":")
    if kind == "reported" and detail in ReportReason.values:
        return _("reported: %(reason)s") % {"reason": ReportReason(detail).label}
    label, _colon, severity = detail.partition(":")
    if kind in Screener.values and label in LABELS:
        grave = {str(known): words for known, words in SEVERITIES.items()}.get(severity)
        return format_lazy("{concern} ({grave})", concern=LABELS[label], grave=grave) if grave else LABELS[label]
    return _WORDS.get(code, code)


def part_words(code: str) -> _StrOrPromise:
    """Of a part of the head start (moderation/states.py)."""
    return _PARTS.get(code) or reason_words(code)


def is_about_words(code: str) -> bool:
    """A screener's reason says something about what stands in the post."""
    return code.partition(":")[0] in Screener.values


def label_words(label: str) -> _StrOrPromise:
    return LABELS.get(label, label)


def severity_words(severity: int) -> _StrOrPromise:
    return SEVERITIES.get(severity, "")


def signal_words(signal: Signal) -> str:
    """What the rule found, and what around it speaks against it: "speaks of a threat (told as over)"."""
    _language, _dot, rule = signal.rule.partition(".")
    family = rule.partition(".")[0]
    found = str(FAMILIES.get(family, family))
    against = ", ".join(str(FRAMES.get(frame, frame)) for frame in signal.frames)
    return f"{found} ({against})" if against else found
