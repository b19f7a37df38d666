"""Hours as data, and whether it is open now, by the clock on the service's own wall.

    24/7
    08:00-20:00                             every day
    Mo-Th 10:00-20:30; Fr 10:00-16:30
    Mo-Fr 09:00-12:00,14:00-17:00; Sa 10:00-14:00
    17:00-09:00                             over midnight: open until nine the next morning

A part of OpenStreetMap's `opening_hours`. Public holidays are not in it, so what it says is "by its usual hours".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ALWAYS = "24/7"
_DAY = 24 * 60
_WEEK = 7 * _DAY
_TIMES = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))")


class HoursUnreadable(ValueError):
    """Not hours as above."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """`spans` are minutes of the week from Monday, 00:00, to its end; the end of one may lie in the next week."""

    spans: tuple[tuple[int, int], ...]

    def is_open(self, at: dt.datetime, zone: ZoneInfo) -> bool:
        return self._span_at(_minute_of_week(at.astimezone(zone))) is not None

    def closes(self, at: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
        """When it closes; None if it is closed, or never is."""
        local = at.astimezone(zone)
        minute, passed = _minute_of_week(local), 0
        while passed < _WEEK and (span := self._span_at(minute + passed)):  # one may begin where another ends
            start, end = span
            passed += end - start - (minute + passed - start) % _WEEK
        return _at_wall(local, passed) if 0 < passed < _WEEK else None

    def opens(self, at: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
        """When it opens next; None if it is open."""
        local = at.astimezone(zone)
        minute = _minute_of_week(local)
        if self._span_at(minute) is not None:
            return None
        return _at_wall(local, min((start - minute) % _WEEK for start, _end in self.spans))

    def _span_at(self, minute: int) -> tuple[int, int] | None:
        minute %= _WEEK
        for start, end in self.spans:
            if start <= minute < end or minute + _WEEK < end:
                return start, end
        return None


@lru_cache(maxsize=1024)
def read_hours(text: str) -> OpeningHours:
    """Raises HoursUnreadable."""
    if text == ALWAYS:
        return OpeningHours(((0, _WEEK),))
    spans: set[tuple[int, int]] = set()
    for rule in text.split("; "):
        days, space, times = rule.rpartition(" ")
        for day in _days(days) if space else range(7):
            for start, length in _spans(times):
                spans.add((day * _DAY + start, day * _DAY + start + length))
    return OpeningHours(tuple(sorted(spans)))


def _days(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise HoursUnreadable(text)
        begin = DAYS.index(first)
        end = DAYS.index(last) if dash else begin
        yield from (day % 7 for day in range(begin, (end if end >= begin else end + 7) + 1))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for part in text.split(","):
        match = _TIMES.fullmatch(part)
        if match is None:
            raise HoursUnreadable(text)
        hour, minute, end_hour, end_minute = (int(one) for one in match.groups() if one is not None)
        start, end = hour * 60 + minute, end_hour * 60 + end_minute
        if start == end:
            raise HoursUnreadable(text)
        yield start, (end - start) % _DAY or _DAY


def _minute_of_week(local: dt.datetime) -> int:
    return local.weekday() * _DAY + local.hour * 60 + local.minute


def _at_wall(local: dt.datetime, minutes: int) -> dt.datetime:
    """So many minutes on, as clocks on the wall show it: a night in which they change is shorter or longer."""
    wall = local.replace(second=0, microsecond=0, fold=0) + dt.timedelta(minutes=minutes)
    return wall.astimezone(dt.UTC).astimezone(local.tzinfo)  # a time that the clocks leave out is the one after
