"""How the team's work goes, for leads: what waits, how long it waited, who was answered, how far moderators agree.

No figure is one person's, nothing ranks anybody, and a figure that few decisions make is not shown. Each costs what it
counts at most, whatever stands in the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

from django.db.models import Q, Sum
from django.utils import timezone

from common.days import today
from forum.queries import stories_since
from moderation.models import Agreement, Appeal, Case, CaseState, FirstLooks, Lane, Outcome, Waited
from moderation.policies import not_ones_own
from moderation.queries import WAITING_AT_MOST
from moderation.services.roles import require_lead
from moderation.states import TO_DECIDE

if TYPE_CHECKING:
    from accounts.models import User

STORY_DAYS = 30
A_YEAR = 365
MONTHS_OF_LOOKS = 3
MONTHS_OF_AGREEMENT = 12
FEWEST_APPEALS = 5
FEWEST_LOOKS = 20  # fewer could be one person's


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of one lane, open: not due yet, due since a day at most, due for longer. Each counted to WAITING_AT_MOST."""

    lane: Lane
    not_due: int
    due: int
    long_due: int


@dataclass(frozen=True, slots=True)
class Looked:
    """Of one lane, in the last months: how many cases somebody looked at first, by how long they had waited."""

    lane: Lane
    cases: Mapping[Waited, int]

    @property
    def together(self) -> int:
        return sum(self.cases.values())


@dataclass(frozen=True, slots=True)
class Figures:
    """`agree` in percent; None: fewer than FEWEST_LOOKS second looks in the last months. `appeals_days`: in which half
    of them were answered; None: fewer than FEWEST_APPEALS.
    """

    waiting: Sequence[Waiting]
    first_looks: Sequence[Looked]
    stories: int
    stories_answered: int
    appeals: int
    appeals_overturned: int
    appeals_of_reporters: int
    appeals_days: int | None
    second_looks: int
    agree: int | None


def figures(*, actor: User) -> Figures:
    require_lead(actor)
    stories, answered = stories_since(today() - dt.timedelta(days=STORY_DAYS))
    looks, agree = _agreement()
    return Figures(_waiting(actor), _first_looks(), stories, answered, *_appeals(), looks, agree)


def _waiting(lead: User) -> list[Waiting]:
    """Three counts a lane, each read from the index of the queue and no further than to WAITING_AT_MOST."""
    now = timezone.now()
    day_ago = now - dt.timedelta(days=1)
    ages = (Q(due_at__gt=now), Q(due_at__gt=day_ago, due_at__lte=now), Q(due_at__lte=day_ago))
    told = []
    for lane in Lane:
        states = TO_DECIDE if lane is Lane.LIFE else (CaseState.OPEN,)  # passed on, a life waits all the same
        told.append(Waiting(lane, *(sum(_count(lead, age, lane, state) for state in states) for age in ages)))
    return told


def _count(lead: User, age: Q, lane: Lane, state: CaseState) -> int:
    return Case.objects.filter(age, not_ones_own(lead), state=state, lane=lane).order_by()[:WAITING_AT_MOST].count()


def _first_looks() -> list[Looked]:
    counted = FirstLooks.objects.filter(month__gte=_months_ago(MONTHS_OF_LOOKS - 1)).values("lane", "waited")
    sums = {(row["lane"], row["waited"]): row["sum"] for row in counted.annotate(sum=Sum("cases")).order_by()}
    return [Looked(lane, {waited: sums.get((lane.value, waited.value), 0) for waited in Waited}) for lane in Lane]


def _appeals() -> tuple[int, int, int, int | None]:
    """Decided in the last year, how many of them otherwise than before, how many of reporters, and the days in which
    half of them were answered. One query, of a few columns of each.
    """
    decided = Appeal.objects.filter(decided_on__gte=today() - dt.timedelta(days=A_YEAR), decided_by__isnull=False)
    rows = list(decided.values_list("outcome", "report", "made_on", "decided_on"))
    overturned = sum(outcome == Outcome.OVERTURNED for outcome, *_others in rows)
    of_reporters = sum(report is not None for _outcome, report, *_days in rows)
    days = [(decided_on - made_on).days for *_others, made_on, decided_on in rows if decided_on]
    return len(rows), overturned, of_reporters, median_low(days) if len(days) >= FEWEST_APPEALS else None


def _agreement() -> tuple[int, int | None]:
    pairs = Agreement.objects.filter(month__gte=_months_ago(MONTHS_OF_AGREEMENT - 1))
    counted = list(pairs.values_list("first", "second").annotate(sum=Sum("looks")).order_by())
    looks = sum(count for _first, _second, count in counted)
    if looks < FEWEST_LOOKS:
        return looks, None
    return looks, round(100 * sum(count for first, second, count in counted if first == second) / looks)


def _months_ago(months: int) -> dt.date:
    month = today().replace(day=1)
    for _month in range(months):
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return month
