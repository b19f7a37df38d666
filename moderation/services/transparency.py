"""The yearly report: what was reported and decided, counted from the log alone, so that anybody who has the log can
count it again.

It names codes of ours and numbers, nothing else; a code that is not one of ours is "other". A number under five is not
shown, since whoever knows one of the few people would know the rest. Nothing that is shown depends on one that is not:
a table in which something is missing has no total, from which it could be reckoned, and neither has anything else that
counts the same. Only a year that is over is reported: two reports of a running year, taken from each other, would show
a week. What was undone within seconds, before anybody was told, is not counted. Facts that are taken out of the log
change nothing: the entry that says so keeps what counts.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Invalid
from moderation import audit
from moderation.models import DECIDABLE, AuditEntry, Judgement, Level, ReportReason
from moderation.services.roles import require_lead

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User

SMALLEST_SHOWN = 5
OTHER, TAKEN_OUT = "OTHER_CODE", "TAKEN_OUT"
_FIRST_YEAR = 2000
_ASKED = ("appealed", "appealed_by_reporter")
_Name = tuple[str, str]  # of what can be undone: a case and what was done, or a sanction
# By event; by table, and in it by code; of appeals by code, how many were answered after so many days.
_Counts = tuple[Counter[str], dict[str, Counter[str]], dict[str, Counter[int]]]
_KEPT_SECONDS = 24 * 60 * 60  # a year that is over changes no more


class YearNotOver(Invalid):
    code = "year-not-over"
    message = _("Choose a year that is over: parts of a year, taken from each other, would show a few people.")


@dataclass(frozen=True, slots=True)
class Counted:
    """How one table is made: of which event, by which of its facts together, with which codes."""

    name: str
    title: _StrOrPromise
    event: str
    by: tuple[str, ...]
    codes: Mapping[str, _StrOrPromise]


_COUNTED = (
    Counted(
        "reports",
        _("Reports by readers"),
        "post_reported",
        ("reason",),
        {each.value: each.label for each in ReportReason},
    ),
    Counted(
        "judgements",
        _("What reports were"),
        "report_judged",
        ("judgement",),
        {each.value: each.label for each in Judgement},
    ),
    Counted("decisions", _("Decisions"), "case_decided", ("action",), {each.value: each.label for each in DECIDABLE}),
    Counted("sanctions", _("Sanctions"), "sanction_given", ("level",), {each.value: each.label for each in Level}),
    Counted(
        "appeals",
        _("Appeals"),
        "appeal_decided",
        ("by", "outcome"),
        {
            "AUTHOR_UPHELD": _("by whoever wrote it: it stayed as it was decided"),
            "AUTHOR_OVERTURNED": _("by whoever wrote it: it was decided anew"),
            "REPORTER_UPHELD": _("by whoever reported it: it stayed as it was decided"),
            "REPORTER_OVERTURNED": _("by whoever reported it: it was decided anew"),
        },
    ),
)
_TOLD_OF: Mapping[str, Counted] = {counted.event: counted for counted in _COUNTED}
# Counted alone: nothing here adds up to anything else, so nothing can be reckoned.
_DEEDS: Mapping[str, _StrOrPromise] = {
    "post_written": _("posts written or changed"),
    "post_withdrawn": _("posts taken back by their authors"),
    "post_erased": _("posts erased by their authors"),
    "reply_flagged": _("replies flagged by whoever began the conversation"),
    "case_passed_on": _("cases passed on to or by a lead"),
    "decision_undone": _("decisions undone within seconds"),
    "case_reopened": _("decisions taken back later"),
    "decision_reversed": _("decisions that restricted somebody, taken back later without an appeal"),
    "sanction_lifted": _("sanctions lifted"),
    audit.REDACTED: _("entries of the log whose facts were taken out"),
}


_REVERSALS = frozenset({"case_reopened", "decision_reversed"})
_REVERSAL = "reversal"  # no action has this code
_LIFTED = "lifted"
_UNDONE_TOO = _REVERSALS | {"sanction_lifted"}  # of what is counted alone
_UNDOES = "decision_undone"
_DAYS_BEFORE_UNDONE = dt.timedelta(days=1)  # at most: what is undone is undone within seconds


_WHAT_IS_MISSING = _(
    "Counted from the log. “–”: fewer than five, or the sum of a table in which such a number stands."  # noqa: RUF001 - a dash, as it is printed
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
    appeals_asked: int | None
    appeals_days: int | None  # in which half of those that are shown in their table were answered

    def as_json(self) -> dict[str, Any]:
        return {
            "year": self.year,
            "smallest_shown": SMALLEST_SHOWN,
            "tables": {table.name: {"cells": dict(table.cells), "total": table.total} for table in self.tables},
            "deeds": dict(self.deeds),
            "appeals_asked": self.appeals_asked,
            "appeals_days": self.appeals_days,
        }

    def rows_of_deeds(self) -> Iterator[tuple[_StrOrPromise, int | None]]:
        for event, number in self.deeds.items():
            yield _DEEDS[event], number
        yield _("appeals that were asked for"), self.appeals_asked
        yield _("days in which half of the appeals above were answered"), self.appeals_days

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
    by_event, by_code, waited = counts
    tables = []
    for counted in _COUNTED:
        numbers = by_code[counted.name]
        words = {**counted.codes, OTHER: _("a code of another version"), TAKEN_OUT: _("taken out of the log")}
        known = {code: numbers[code] for code in words if code in counted.codes or numbers[code] >= SMALLEST_SHOWN}
        cells, total = suppressed(known)
        tables.append(Table(counted.name, counted.title, cells, words, total))
    deeds = {event: _if_large(by_event[event]) for event in _DEEDS}
    appeals = next(table for table in tables if table.name == "appeals")
    asked = sum(by_event[event] for event in _ASKED)
    return Report(year, tables, deeds, _asked(asked, appeals), _days(waited, appeals))


def _asked(number: int, decided: Table) -> int | None:
    """Taken from how many were decided it must tell nothing: no cell that is missing, and not the few that wait."""
    if decided.total is None or 0 < abs(number - decided.total) < SMALLEST_SHOWN:
        return None
    return _if_large(number)


def _days(waited: Mapping[str, Counter[int]], decided: Table) -> int | None:
    """Of those alone that are shown in their table: whether it is there says nothing of the others."""
    shown = sum((waited.get(code, Counter()) for code, number in decided.cells.items() if number), Counter[int]())
    days = list(shown.elements())
    return median_low(days) if len(days) >= SMALLEST_SHOWN else None


def _count(year: int) -> _Counts:
    by_event = Counter[str]()
    by_code = {counted.name: Counter[str]() for counted in _COUNTED}
    waited: dict[str, Counter[int]] = defaultdict(Counter)
    taken_out = _taken_out(year)
    undone = _undone(year, taken_out)
    passed_over = {number for kept in taken_out.values() for number in kept.get("undid", [])}
    passed_over |= {number for number, kept in taken_out.items() if "undone_by" in kept}
    of_year = AuditEntry.objects.filter(at__gte=str(year), at__lt=str(year + 1)).order_by()
    for number, event, facts in of_year.values_list("number", "event", "facts").iterator():
        if number in passed_over:
            continue
        counted = _TOLD_OF.get(event)
        if (counted is not None or event in _UNDONE_TOO) and _is_undone(event, facts, undone):
            continue
        by_event[event] += 1
        if counted is not None:
            kept = taken_out.get(number, {})
            code = kept.get("code") or _code(facts, counted)
            by_code[counted.name][code] += 1
            if isinstance(days := kept.get("days", facts.get("days")), int):
                waited[code][days] += 1
    return by_event, by_code, dict(waited)


def _undone(year: int, taken_out: Mapping[int, Mapping[str, Any]]) -> Counter[_Name]:
    """What was decided and undone, by case and action, and the sanctions that went with it or that it had lifted. Also
    in the first seconds of the next year.
    """
    undone = Counter[_Name]()
    known = _decisions_known(taken_out)
    entries = AuditEntry.objects.filter(at__gte=str(year), at__lt=f"{year + 1}-01-02", event=_UNDOES)
    for number, facts in entries.order_by().values_list("number", "facts").iterator():
        if facts:  # else they were taken out, and it is kept what it undid
            undone.update(_names_undone(facts, is_known=number in known))
    return undone


def _names_undone(facts: Mapping[str, Any], *, is_known: bool) -> list[_Name]:
    """The decision's, unless by the number of its entry it is known already, and what came with it."""
    names = (
        [] if is_known else [(facts.get("case", ""), _REVERSAL if facts.get("reverses") else facts.get("action", ""))]
    )
    names += [(sanction, "") for sanction in facts.get("sanctions", [])]
    return names + [(sanction, _LIFTED) for sanction in facts.get("not_lifted", [])]


def _name(event: str, facts: Mapping[str, Any]) -> _Name:
    if event == "sanction_given":
        return facts.get("sanction", ""), ""
    if event == "sanction_lifted":
        return facts.get("sanction", ""), _LIFTED
    return facts.get("case", ""), _REVERSAL if event in _REVERSALS else facts.get("action", "")


def _is_undone(event: str, facts: dict[str, Any], undone: Counter[_Name]) -> bool:
    """Each once: a case may have been decided, undone and decided the same way again."""
    name = _name(event, facts)
    if undone.get(name, 0) <= 0:
        return False
    undone[name] -= 1
    return True


def _code(facts: dict[str, Any], counted: Counted) -> str:
    codes = [facts.get(name) for name in counted.by]
    if not any(codes):
        return TAKEN_OUT
    code = "_".join(str(each) for each in codes)
    return code if code in counted.codes else OTHER


# --- What is taken out of the log -------------------------------------------------------------------------------------


def what_counts(entry: AuditEntry) -> dict[str, Any] | None:
    """Of facts that are to be taken out: the code they are counted under, and by the numbers of entries what undid it,
    or what it undid. Kept with the entry that says that they were; nobody is found by it.
    """
    kept: dict[str, Any] = {}
    if (counted := _TOLD_OF.get(entry.event)) is not None:
        kept = {"code": _code(entry.facts, counted), "days": entry.facts.get("days")}
    if entry.event == _UNDOES:
        kept["undid"] = _what_it_undid(entry) or None
    elif (undoing := _what_undid(entry)) is not None:
        kept |= {"undone_by": undoing, "is_decision": not entry.event.startswith("sanction_") or None}
    return {name: fact for name, fact in kept.items() if fact is not None} or None


def _taken_out(year: int) -> dict[int, dict[str, Any]]:
    """By the number of the entry; since that year, whenever it was done."""
    told = AuditEntry.objects.filter(event=audit.REDACTED, at__gte=str(year)).order_by()
    return {
        facts.get("entry", 0): facts.get("counts_as", {}) for facts in told.values_list("facts", flat=True).iterator()
    }


def _decisions_known(taken_out: Mapping[int, Mapping[str, Any]]) -> set[int]:
    """The numbers of the entries of which it is kept which decision they undid."""
    return {kept["undone_by"] for kept in taken_out.values() if kept.get("is_decision")}


def _what_undid(entry: AuditEntry) -> int | None:
    """The number of the entry that undid it: the next of its name, unless the same was decided again before."""
    name, taken_out = _name(entry.event, entry.facts), _taken_out(int(entry.at[:4]))
    known = _decisions_known(taken_out)
    for number, event, facts in _near(entry, after=True):
        if event != _UNDOES:
            if (event, _name(event, facts)) == (entry.event, name):
                return None
            continue
        if name in _names_undone(facts, is_known=number in known):
            return number
    return None


def _what_it_undid(entry: AuditEntry) -> list[int]:
    taken_out = _taken_out(int((dt.date.fromisoformat(entry.at[:10]) - _DAYS_BEFORE_UNDONE).isoformat()[:4]))
    known = _decisions_known(taken_out)
    wanted = set(_names_undone(entry.facts, is_known=entry.number in known))
    undid = []
    for number, event, facts in _near(entry, after=False):
        name = _name(event, facts)
        if event != _UNDOES and name in wanted:
            wanted.discard(name)
            undid.append(number)
    return undid


def _near(entry: AuditEntry, *, after: bool) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """What may undo it or be undone by it, the nearest first."""
    day = dt.date.fromisoformat(entry.at[:10])
    rows = AuditEntry.objects.filter(event__in=[_UNDOES, *_TOLD_OF, *_UNDONE_TOO])
    if after:
        rows = rows.filter(number__gt=entry.number, at__lt=(day + 2 * _DAYS_BEFORE_UNDONE).isoformat())
    else:
        rows = rows.filter(number__lt=entry.number, at__gte=(day - _DAYS_BEFORE_UNDONE).isoformat())
    order = "number" if after else "-number"
    return rows.order_by(order).values_list("number", "event", "facts").iterator()


def suppressed(cells: Mapping[str, int]) -> tuple[dict[str, int | None], int | None]:
    """The cells and their total, without what is small and what would give it away."""
    shown = {code: _if_large(number) for code, number in cells.items()}
    return shown, None if None in shown.values() else sum(cells.values())


def _if_large(number: int) -> int | None:
    return number if number >= SMALLEST_SHOWN else None
