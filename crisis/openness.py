"""Open now or closed now, in words: of a service, and of this site's own team (crisis.md 1, moderation.md 1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from crisis.opening_hours import read_hours


@dataclass(frozen=True, slots=True)
class Openness:
    """`is_open` None: not known. The words are one sentence, or empty."""

    is_open: bool | None
    words: str


def openness(opening: str, time_zone: str) -> Openness:
    """By its usual hours: of holidays nothing is known here."""
    if not opening:
        return Openness(is_open=None, words="")
    now, zone = timezone.now(), ZoneInfo(time_zone or "UTC")
    hours, local = read_hours(opening), now.astimezone(zone)
    if opens := hours.opens(now, zone):
        words = _("Closed now. Usually it opens %(when)s, by its own clock.") % {"when": clock_words(opens, local)}
        return Openness(is_open=False, words=words)
    if closes := hours.closes(now, zone):
        words = _("Open now, usually until %(when)s, by its own clock.") % {"when": clock_words(closes, local)}
        return Openness(is_open=True, words=words)
    return Openness(is_open=True, words=_("Open now, day and night."))


@dataclass(frozen=True, slots=True)
class Team:
    """Whether somebody of the team is here by the hours that the site says of itself (STAFFED_HOURS), and if not, when
    next, by the clock of the site. `is_here` None: the site says no hours, so it promises nothing.
    """

    is_here: bool | None
    back_at: dt.datetime | None = None

    @property
    def words(self) -> str:
        """One sentence, for whoever waits for them."""
        if self.is_here is None:
            return _("The team here are volunteers: it can take a day or more until one of them reads what you wrote.")
        if self.back_at is None:
            return _("At this hour somebody of the team is usually here, and will read what you wrote.")
        return _("Nobody of the team is here at this hour. Somebody will be %(when)s (time zone: %(zone)s).") % {
            "when": clock_words(self.back_at, timezone.now().astimezone(self.back_at.tzinfo)),
            "zone": settings.TIME_ZONE,
        }


def team() -> Team:
    """Never more than the hours say, and less when everybody is off duty. Asks no database without hours."""
    if not settings.STAFFED_HOURS:
        return Team(is_here=None)
    now, zone = timezone.now(), ZoneInfo(settings.TIME_ZONE)
    hours = read_hours(settings.STAFFED_HOURS)
    all_back_on: Callable[[], dt.date | None] = import_string(settings.TEAM_ASKED_WHEN_BACK)
    if day := all_back_on():
        begin = dt.datetime.combine(day, dt.time(), zone)
        return Team(is_here=False, back_at=hours.opens(begin, zone) or begin)
    opens = hours.opens(now, zone)
    return Team(is_here=opens is None, back_at=opens)


def staffed_words() -> str:
    """When somebody of the team reads here."""
    return team().words


def clock_words(when: dt.datetime, now: dt.datetime) -> str:
    """Both by the same wall's clock."""
    time = f"{when:%H:%M}"
    days = (when.date() - now.date()).days
    if days == 0:
        return _("today at %(time)s") % {"time": time}
    if days == 1:
        return _("tomorrow at %(time)s") % {"time": time}
    if days > 7:
        return _("on %(day)s at %(time)s") % {"day": date_format(when, "DATE_FORMAT"), "time": time}
    return _("on %(day)s at %(time)s") % {"day": WEEKDAYS[when.weekday()], "time": time}
