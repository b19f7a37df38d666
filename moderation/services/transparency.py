"""The yearly report: what was reported and decided, counted from the log alone, so that anybody who has the log can
count it again.

It names codes of ours and numbers, nothing else; a code that is not one of ours is "other". A number under five is not
shown, since whoever knows one of the few people would know the rest. Nothing that is shown depends on one that is not:
a table in which something is missing has no total, from which it could be reckoned. Only a year that is over is
reported: two reports of a running year, taken from each other, would show a week.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Invalid
from moderation import audit
from moderation.models import DECIDABLE, AuditEntry, Judgement, Level, ReportReason
from moderation.services.redaction import require_lead

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User

SMALLEST_SHOWN = 5
OTHER, TAKEN_OUT = "OTHER_CODE", "TAKEN_OUT"
_FIRST_YEAR = 2000
_Counts = tuple[Counter[str], dict[str, Counter[str]]]  # by event; by table, and in it by code
_KEPT_SECONDS = 24 * 60 * 60  # a year that is over changes no more, but for what is taken out of it


class YearNotOver(Invalid):
    code = "year-not-over"
    message = _("Choose a year that is over: parts of a year, taken from each other, would show a few people.")


@dataclass(frozen=True, slots=True)
class Counted:
    """How one table is made: of which event, by which of its facts, with which codes."""

    name: str
    title: _StrOrPromise
    event: str
    by: str
    codes: Mapping[str, _StrOrPromise]


_COUNTED = (
    Counted(
        "reports", _("Reports by readers"), "post_reported", "reason", {each.value: each.label for each in ReportReason}
    ),
    Counted(
        "judgements",
        _("What reports were"),
        "report_judged",
        "judgement",
        {each.value: each.label for each in Judgement},
    ),
    Counted("decisions", _("Decisions"), "case_decided", "action", {each.value: each.label for each in DECIDABLE}),
    Counted("sanctions", _("Sanctions"), "sanction_given", "level", {each.value: each.label for each in Level}),
    Counted(
        "appeals",
        _("Appeals"),
        "appeal_decided",
        "outcome",
        {"UPHELD": _("it stayed as it was decided"), "OVERTURNED": _("it was decided anew")},
    ),
)
# Counted alone: nothing here adds up to anything else, so nothing can be reckoned.
_DEEDS: Mapping[str, _StrOrPromise] = {
    "post_written": _("posts written or changed"),
    "post_withdrawn": _("posts taken back by their authors"),
    "post_erased": _("posts erased by their authors"),
    "reply_flagged": _("replies flagged by whoever began the conversation"),
    "case_passed_on": _("cases passed on to or by a lead"),
    "decision_undone": _("decisions undone within seconds"),
    "case_reopened": _("decisions taken back later"),
    "sanction_lifted": _("sanctions lifted"),
    audit.REDACTED: _("entries of the log whose facts were taken out"),
}


_WHAT_IS_MISSING = _(
    "Counted from the log. “–”: fewer than five, or the sum of a table in which such a number stands."  # noqa: RUF001
)


@dataclass(frozen=True, slots=True)
class Table:
    """None: under five, nought among them. `total` None: something is missing, and could be reckoned from it."""

    name: str
    title: _StrOrPromise
    cells: Mapping[str, int | None]
    words: Mapping[str, _StrOrPromise]
    total: int | None

    def rows(self) -> Iterator[tuple[_StrOrPromise, int | None]]:
        for code, number in self.cells.items():
            yield self.words[code], number


@dataclass(frozen=True, slots=True)
class Report:
    year: int
    tables: Sequence[Table]
    deeds: Mapping[str, int | None]

    def as_json(self) -> dict[str, Any]:
        return {
            "year": self.year,
            "smallest_shown": SMALLEST_SHOWN,
            "tables": {table.name: {"cells": dict(table.cells), "total": table.total} for table in self.tables},
            "deeds": dict(self.deeds),
        }

    def rows_of_deeds(self) -> Iterator[tuple[_StrOrPromise, int | None]]:
        for event, number in self.deeds.items():
            yield _DEEDS[event], number

    def as_text(self) -> str:
        lines = [_now("Moderation in %(year)d") % {"year": self.year}, ""]
        lines += [str(_WHAT_IS_MISSING)]
        for table in self.tables:
            lines += ["", str(table.title)]
            lines += [_line(words, number) for words, number in table.rows()]
            lines += [_line(_now("together"), table.total)]
        lines += ["", _now("Else")]
        lines += [_line(words, number) for words, number in self.rows_of_deeds()]
        return "\n".join(lines)


def _line(words: _StrOrPromise, number: int | None) -> str:
    return f"  {'–' if number is None else number:>7}  {words}"  # noqa: RUF001 - a dash, as it is printed


def transparency_report(year: int) -> Report:
    """Reads the entries of that year once, in constant memory. Raises YearNotOver."""
    return _told(year, _count(_over(year)))


def report_for_lead(year: int, *, actor: User) -> Report:
    """The same, counted once a day: a page may be asked for again and again."""
    require_lead(actor)
    key = f"transparency:{_over(year)}"
    counts: _Counts | None = cache.get(key)
    if counts is None:
        counts = _count(year)
        cache.set(key, counts, _KEPT_SECONDS)
    return _told(year, counts)


def _over(year: int) -> int:
    if not _FIRST_YEAR <= year < today().year:
        raise YearNotOver(fields={"year": [YearNotOver.message]})
    return year


def _told(year: int, counts: _Counts) -> Report:
    by_event, by_code = counts
    tables = []
    for counted in _COUNTED:
        numbers = by_code[counted.name]
        words = {**counted.codes, OTHER: _("a code of another version"), TAKEN_OUT: _("taken out of the log")}
        known = {code: numbers[code] for code in words if code in counted.codes or numbers[code] >= SMALLEST_SHOWN}
        cells, total = suppressed(known)
        tables.append(Table(counted.name, counted.title, cells, words, total))
    deeds = {event: _if_large(by_event[event]) for event in _DEEDS}
    return Report(year, tables, deeds)


def _count(year: int) -> _Counts:
    by_event = Counter[str]()
    by_code = {counted.name: Counter[str]() for counted in _COUNTED}
    told_of = {counted.event: counted for counted in _COUNTED}
    of_year = AuditEntry.objects.filter(at__gte=str(year), at__lt=str(year + 1)).order_by()
    for event, facts in of_year.values_list("event", "facts").iterator():
        by_event[event] += 1
        if (counted := told_of.get(event)) is not None:
            by_code[counted.name][_code(facts, counted)] += 1
    return by_event, by_code


def _code(facts: dict[str, Any], counted: Counted) -> str:
    code = facts.get(counted.by)
    if code is None:
        return TAKEN_OUT
    return code if code in counted.codes else OTHER


def suppressed(cells: Mapping[str, int]) -> tuple[dict[str, int | None], int | None]:
    """The cells and their total, without what is small and what would give it away."""
    shown = {code: _if_large(number) for code, number in cells.items()}
    return shown, None if None in shown.values() else sum(cells.values())


def _if_large(number: int) -> int | None:
    return number if number >= SMALLEST_SHOWN else None
