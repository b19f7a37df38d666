"""Open now or closed now, in words: of a service, and of this site's own team (crisis.md 1, moderation.md 1)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from crisis.opening_hours import read_hours


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
