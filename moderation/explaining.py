"""What the codes of screeners and reports mean, in a moderator's words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from moderation.models import Lane, ReportReason, Screener, Signal
from moderation.screeners.words import FAMILIES, FRAMES, LABELS, SEVERITIES
from moderation.states import EXPOSED, NOW, READERS, SAID, lane_of

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_WORDS: dict[str, _StrOrPromise] = {
    "appealed": _("its author asks for another look at what was decided"),
    "appealed_by_reporter": _("whoever reported it asks for another look at what was decided"),
    "brought_in": _("it waited already when it was brought in from elsewhere"),
    "breaks_wish": _("whoever began the conversation says that it is not what they asked for"),
    "by_hand": _("somebody of the team wanted to decide about it"),
    "follow_up": _("somebody wanted to look again"),
    "guest": _("written by a guest, or anonymously by a member whose posts wait"),
    "note_taken_off": _("its author took off a content note"),
    "newcomer": _("this member's first post"),
    "premoderated": _("every post in this category waits for a first look"),
    "put_back": _("its author took it back, and put it back"),
    "raid": _("everything waits for a first look just now"),
    "resubmitted": _("its author changed it, or sent it again"),
    "watched": _("the team decided to look first at what is written under this name"),
    "unanswered": _("nobody has answered this story yet"),
}
_EVENTS: dict[str, _StrOrPromise] = {
    "access_approved": _("a look of two people was approved"),
    "access_asked": _("a look of two people was asked for"),
    "access_used": _("two people looked"),
    "appeal_decided": _("what was decided was looked at once more"),
    "appealed": _("an author asked for another look"),
    "appealed_by_reporter": _("whoever reported asked for another look"),
    "branch_unlocked": _("a conversation takes replies again"),
    "case_closed": _("a case closed by itself"),
    "case_decided": _("a case was decided"),
    "case_note_written": _("a note was written on a case"),
    "case_opened": _("a case was opened"),
    "case_opened_by_hand": _("a moderator opened a case"),
    "case_passed_on": _("a case was passed on"),
    "case_put_off": _("a case was put off"),
    "case_reopened": _("a case was opened again, to be decided anew"),
    "case_taken_over": _("a lead took a case over"),
    "category_arranged": _("something was set on a category"),
    "decision_reversed": _("a decision was taken back"),
    "decision_undone": _("a decision was undone in its first seconds"),
    "desk_given": _("somebody was given the desk"),
    "desk_taken": _("the desk was taken from somebody"),
    "entry_redacted": _("facts were taken out of the log"),
    "evidence_sealed": _("a post was sealed away as evidence"),
    "flag_undone": _("an author let a reply go that they had held"),
    "hold_ended": _("a hold was ended"),
    "hold_placed": _("a hold was placed"),
    "outside_told": _("somebody outside the team was told"),
    "post_erased": _("a post was erased"),
    "post_noted": _("content notes were put on a post"),
    "post_reported": _("a post was reported"),
    "post_withdrawn": _("a post was taken back"),
    "post_written": _("a post was written"),
    "posts_brought_in": _("posts came in from elsewhere"),
    "raid_switch_ended": _("a switch against a raid was ended"),
    "raid_switch_set": _("a switch against a raid was set"),
    "reply_flagged": _("an author held a reply"),
    "report_judged": _("a report was judged"),
    "report_judgement_undone": _("a judgement of a report was undone"),
    "sanction_given": _("a sanction was given"),
    "sanction_lifted": _("a sanction was lifted"),
    "second_step_reset": _("a lost second step was taken away"),
    "thread_arranged": _("something was set on a conversation"),
    "words_forgotten": _("what was kept long enough was forgotten"),
}
# By which a batch can be chosen (services/batches.py): what a screener thought of a text is read case by case.
REASONS_TO_CHOOSE = (*_WORDS, *(f"reported:{reason}" for reason in ReportReason.values))
OF_ITS_AUTHOR = frozenset({"put_back", "resubmitted"})  # told by the post itself, too
_PARTS: dict[str, _StrOrPromise] = {
    NOW: _("it may be now"),
    SAID: _("it is more than a bare report of somebody we do not know"),
    EXPOSED: _("it is there for everybody meanwhile"),
    READERS: _("readers reported it"),
}


def event_words(code: str) -> _StrOrPromise:
    """Of an entry of the log."""
    return _EVENTS.get(code, code)


def reason_words(code: str) -> _StrOrPromise:
    kind, _colon, detail = code.partition(":")
    if kind == "again":
        return _("reported again, in no other words, after the team left it: %(reason)s") % {
            "reason": ReportReason(detail).label
        }
    if is_report(code):
        reported = ReportReason(detail).label if detail in ReportReason.values else _noticed_words(detail)
        return _("reported: %(reason)s") % {"reason": reported}
    if is_about_words(code):
        return _noticed_words(detail)
    return _WORDS.get(code, code)


def _noticed_words(detail: str) -> _StrOrPromise:
    label, _colon, severity = detail.partition(":")
    grave = {str(known): words for known, words in SEVERITIES.items()}.get(severity)
    concern = LABELS.get(label, detail)
    return format_lazy("{concern} ({grave})", concern=concern, grave=grave) if grave else concern


def part_words(code: str) -> _StrOrPromise:
    """Of a part of the head start (moderation/states.py)."""
    return _PARTS.get(code) or reason_words(code)


def is_about_words(code: str) -> bool:
    """A screener's reason says something about what stands in the post."""
    return code.partition(":")[0] in Screener.values


def is_report(code: str) -> bool:
    return code.partition(":")[0] in {"reported", "again"}


def in_the_log(code: str) -> str:
    """That it is said again would join two lines there."""
    return code.replace("again:", "reported:", 1)


def is_noticed(code: str) -> bool:
    """By a screener, in the post or in what somebody wrote to the team when they reported it."""
    _kind, _colon, detail = code.partition(":")
    return is_about_words(code) or (is_report(code) and detail not in ReportReason.values)


def hard_words(codes: Iterable[str]) -> tuple[_StrOrPromise, ...]:
    """Of these reasons those that somebody should know before they read: what screeners noticed, and what may be
    about a life. Said once each, in an order of their own.
    """
    said = {code: reason_words(code) for code in codes if is_noticed(code) or lane_of([code]) is Lane.LIFE}
    return tuple(said[code] for code in sorted(said))


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
