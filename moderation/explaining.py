"""What the codes of screeners and reports mean, in a moderator's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from moderation.models import ReportReason

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_WORDS: dict[str, _StrOrPromise] = {
    "brought_in": _("it waited already when it was brought in from elsewhere"),
    "guest": _("written by a guest, or anonymously by a member whose posts wait"),
    "newcomer": _("this member's first post"),
    "premoderated": _("every post in this category waits for a first look"),
    "put_back": _("its author took it back, and put it back"),
    "watched": _("the team decided to look first at what is written under this name"),
    "resubmitted": _("it was returned, and its author wrote it again"),
}


def reason_words(code: str) -> _StrOrPromise:
    kind, _colon, detail = code.partition(":")
    if kind == "reported" and detail in ReportReason.values:
        return _("reported: %(reason)s") % {"reason": ReportReason(detail).label}
    return _WORDS.get(code, code)
