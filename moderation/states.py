"""The states of a case, and its lanes: which waits before which, and until when. Data; knows no rows.

    open ◄──────► escalated          escalated: a lead decides, while one could
     │ ▲ ▲           │
     │ │ └──────┐    │               waiting: sent back to its author, who writes again
     ▼ │        │    ▼
    waiting   snoozed                snoozed: until a day
     └─────┬──────┘
           ▼
         closed

A claim is no state: it lies over an open or escalated case for some minutes and ends by itself.

**Lanes before scores** (moderation.md 2.5): a case of an earlier lane comes before every case of a later one, whatever
else is known of either. Inside a lane the case comes first that was **due** first: when it was opened, and how long the
lane may wait, less a head start in hours for each thing that makes it more pressing. So what waits grows older by
itself, nothing is counted anew, and an index orders the queue. The parts are stored with the case and shown.

Nothing moves a case down a lane. In the first one *now* comes before *serious* (crisis.md 6.6), by four hours: so that
nobody in danger now waits behind older cases, and no older case behind new ones for ever. Two hours more has what is
*said*: a screener found acute danger in somebody's words, or a report has words, or comes from somebody who is known
here. Bare reports cost a stranger nothing, and would stand in any number before "he is outside, tonight". Beside that
nothing speaks for or against a case there but its age: no number of reports, no record of who reported. A report
*again*, by the same reader in no new words about what the team left as it stands, is a case of its lane with no head
start.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from math import log2

from django.db.models import IntegerChoices, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CaseState(TextChoices):
    OPEN = "OPEN", _("open")
    WAITING = "WAITING", _("with its author")
    SNOOZED = "SNOOZED", _("put off")
    ESCALATED = "ESCALATED", _("with a lead")
    CLOSED = "CLOSED", _("closed")


LIVE = (CaseState.OPEN, CaseState.WAITING, CaseState.SNOOZED, CaseState.ESCALATED)
TO_DECIDE = (CaseState.OPEN, CaseState.ESCALATED)

MOVES: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset(
        {CaseState.WAITING, CaseState.SNOOZED, CaseState.ESCALATED, CaseState.CLOSED},
    ),
    CaseState.ESCALATED: frozenset({CaseState.OPEN, CaseState.WAITING, CaseState.SNOOZED, CaseState.CLOSED}),
    CaseState.WAITING: frozenset({CaseState.OPEN, CaseState.CLOSED}),
    CaseState.SNOOZED: frozenset({CaseState.OPEN, CaseState.CLOSED}),
    CaseState.CLOSED: frozenset(),
}


def words_leave_at() -> dt.datetime:
    """Of a deed of now: until then its author, and whoever reported, reads nothing of it."""
    return timezone.now() + UNDO_WITHIN


def may_move(before: CaseState | str, after: CaseState | str) -> bool:
    return CaseState(after) in MOVES[CaseState(before)]


class Lane(IntegerChoices):
    """The levels of moderation.md 1, first to last."""

    LIFE = 0, _("somebody may be in danger, or found")
    UNANSWERED = 1, _("a story that nobody has answered")
    HARM = 2, _("harm to a person")
    RULES = 3, _("first looks and rules")
    TIDYING = 4, _("tidying up")


# How long a case of the lane may wait: **proposals** of moderation.md 1, in hours.
TARGET_HOURS: Mapping[Lane, float] = {
    Lane.LIFE: 0.25,
    Lane.UNANSWERED: 0,  # it has waited already
    Lane.HARM: 2,
    Lane.RULES: 6,
    Lane.TIDYING: 72,
}
LEASE = dt.timedelta(minutes=10)
LEASE_LIFE = dt.timedelta(minutes=3)
UNDO_WITHIN = dt.timedelta(seconds=15)  # of a decision; only then its author reads the word
FIRST_LOOK = dt.timedelta(hours=4)  # in which what was returned comes back to the same moderator first

DANGERS = ("self_harm", "imminent_danger", "child_risk", "stalking")
OF_A_LIFE = ("DANGER", "HURT_ME", "IMAGES", "CHILD")  # reasons of reports
_FOUND_IN = ("danger", "reported")  # the words of whoever wrote, and of whoever reported
_LANES: Mapping[str, Lane] = {
    # What the danger screener found, by label and severity: "now", and a child in danger, are level 1.
    **{f"{where}:{label}:{severity}": Lane.HARM for where in _FOUND_IN for label in DANGERS for severity in (1, 2)},
    **{f"{where}:{label}:3": Lane.LIFE for where in _FOUND_IN for label in DANGERS},
    **{f"{where}:child_risk:2": Lane.LIFE for where in _FOUND_IN},
    "care:victim_blaming": Lane.HARM,
    "care:hostile": Lane.HARM,
    "care:contact_solicitation": Lane.HARM,
    **{f"{kind}:{reason}": Lane.LIFE for kind in ("reported", "again") for reason in OF_A_LIFE},
    "reported:IDENTIFIES": Lane.HARM,
    "reported:BLAMES": Lane.HARM,
    "reported:HOSTILE": Lane.HARM,
    "reported:WISH": Lane.HARM,
    "breaks_wish": Lane.HARM,
    "unanswered": Lane.UNANSWERED,
    "follow_up": Lane.HARM,  # somebody worried about somebody
    "reported:SPAM": Lane.RULES,
    "reported:OTHER": Lane.RULES,
}
# Hours sooner, by reason. What nobody has seen yet harms nobody: it is its author who waits.
_HEAD_STARTS: Mapping[str, float] = {
    "resubmitted": 3,
    "guest": 1,
    "newcomer": 1,
    "reported:IDENTIFIES": 1.5,
    "breaks_wish": 1,
    **{f"{where}:{label}:2": 1.5 for where in _FOUND_IN for label in DANGERS},
}
NOW = "now"  # in the first lane: a screener found that it is now, or a person says so
SAID = "said"  # in the first lane: more than a bare report of somebody nobody knows
_NOW_HOURS = 4.0
_SAID_HOURS = 2.0  # more than one: cases have the hour they came in, and a flood may begin before it turns
# What is in the first lane, and is not said to be now.
_SERIOUS = frozenset([*(f"{where}:child_risk:2" for where in _FOUND_IN), *(f"again:{reason}" for reason in OF_A_LIFE)])
_ACUTE = frozenset(f"{where}:{label}:3" for where in _FOUND_IN for label in DANGERS)  # read by a screener
EXPOSED = "exposed"  # the post is there for everybody while the case waits
READERS = "readers"  # how many reported it, and how their reports were judged before
_EXPOSED_HOURS = 1.0
_MOST_HOURS_OF_READERS = 4.0


def lane_of(reasons: Iterable[str]) -> Lane:
    return min((_LANES.get(reason, Lane.RULES) for reason in reasons), default=Lane.RULES)


def head_start(
    lane: Lane, reasons: Collection[str], *, is_exposed: bool, weights: Iterable[float], is_said: bool = False
) -> dict[str, float]:
    """Hours by part. `weights` are those of the reports, one a reader; many together weigh little more than a few, so
    that ten accounts of one person gain nothing (safety.md J7). Where a life may be at risk only *now* counts, whether
    it is said (`is_said`: by whoever reported), and age.
    """
    if lane is Lane.LIFE:
        is_now = any(_LANES.get(reason) is Lane.LIFE and reason not in _SERIOUS for reason in reasons)
        is_said = is_said or not _ACUTE.isdisjoint(reasons)
        counts = ((NOW, _NOW_HOURS, is_now), (SAID, _SAID_HOURS, is_said))
        return {part: hours for part, hours, holds in counts if holds}
    parts = {reason: hours for reason in reasons if (hours := _HEAD_STARTS.get(reason))}
    if is_exposed:
        parts[EXPOSED] = _EXPOSED_HOURS
    if total := sum(weights):
        parts[READERS] = round(min(log2(1 + total), _MOST_HOURS_OF_READERS), 2)
    return parts


def due_at(lane: Lane, opened_at: dt.datetime, parts: Mapping[str, float]) -> dt.datetime:
    return opened_at + dt.timedelta(hours=TARGET_HOURS[lane] - sum(parts.values()))
