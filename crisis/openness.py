"""Open now or closed now, in words: of a service, and of this site's own team (crisis.md 1, moderation.md 1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.dates import WEEKDAYS
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


def staffed_words() -> str:
    """When somebody of the team reads here. Never more than the site says of itself in STAFFED_HOURS."""
    if not settings.STAFFED_HOURS:
        return _("The team here are volunteers: it can take a day or more until one of them reads what you wrote.")
    now, zone = timezone.now(), ZoneInfo(settings.TIME_ZONE)
    opens = read_hours(settings.STAFFED_HOURS).opens(now, zone)
    if opens is None:
        return _("At this hour somebody of the team is usually here, and will read what you wrote.")
    return _("Nobody of the team is here at this hour. Somebody will be %(when)s (time zone: %(zone)s).") % {
        "when": clock_words(opens, now.astimezone(zone)),
        "zone": settings.TIME_ZONE,
    }


def clock_words(when: dt.datetime, now: dt.datetime) -> str:
    """Both by the same wall's clock, less than eight days apart."""
    time = f"{when:%H:%M}"
    days = (when.date() - now.date()).days
    if days == 0:
        return _("today at %(time)s") % {"time": time}
    if days == 1:
        return _("tomorrow at %(time)s") % {"time": time}
    return _("on %(day)s at %(time)s") % {"day": WEEKDAYS[when.weekday()], "time": time}
