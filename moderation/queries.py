"""The queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import QuerySet

from moderation.models import Case, CaseState, Decision, Report, Signal

# The hour is all that is kept of the time.
URGENT_THEN_OLDEST = ("-is_urgent", "-severity", "opened_at", "pk")


def open_cases() -> QuerySet[Case]:
    """Urgent ones first, of them the gravest, then the oldest; within the hour in no order, yet always the same."""
    cases = Case.objects.filter(state=CaseState.OPEN).select_related("post__thread__category")
    return cases.order_by(*URGENT_THEN_OLDEST)


def next_open_case(after: Case | None = None) -> Case | None:
    cases = open_cases()
    if after is not None:
        cases = cases.exclude(pk=after.pk)
    return cases.first()


def reports_of(case: Case) -> list[Report]:
    return list(case.reports.order_by("reported_on", "pk"))


def decisions_about(case: Case) -> list[Decision]:
    """On this case and on earlier ones about the same post, newest first."""
    return list(Decision.objects.filter(case__post_id=case.post_id).select_related("moderator").order_by("-pk"))


def signals_of(case: Case) -> list[Signal]:
    """In the order of the text."""
    return list(case.signals.order_by("start", "end", "rule"))


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a post's words; `why` are the numbers of the signals that are about it, from one."""

    text: str
    why: tuple[int, ...] = ()


def passages(words: str, signals: Sequence[Signal]) -> list[Passage]:
    """All the words, cut where a signal begins or ends. Those of a closed case may be of words that are no more."""
    cuts = {place for signal in signals for place in (signal.start, signal.end) if place <= len(words)}
    return [
        Passage(
            words[start:end],
            tuple(n for n, signal in enumerate(signals, 1) if signal.start <= start and end <= signal.end),
        )
        for start, end in pairwise(sorted({0, len(words), *cuts}))
    ]
