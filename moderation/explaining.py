"""What the codes of screeners and reports mean, in a moderator's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from moderation.models import ReportReason, Screener, Signal
from moderation.screeners.words import FAMILIES, FRAMES, LABELS, SEVERITIES

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_WORDS: dict[str, _StrOrPromise] = {
    "brought_in": _("it waited already when it was brought in from elsewhere"),
    "guest": _("written by a guest, or anonymously by a new member"),
    "newcomer": _("this member's first post"),
    "premoderated": _("every post in this category waits for a first look"),
    "put_back": _("its author took it back, and put it back"),
    "resubmitted": _("it was returned, and its author wrote it again"),
}


def reason_words(code: str) -> _StrOrPromise:
    kind, _colon, detail = code.partition(":")
    if kind == "reported" and detail in ReportReason.values:
        return _("reported: %(reason)s") % {"reason": ReportReason(detail).label}
    if kind in Screener.values and detail in LABELS:
        return LABELS[detail]
    return _WORDS.get(code, code)


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
