"""Days, never times: the only grain in which anything that happened leaves the server (safety.md D1)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _


def today() -> dt.date:
    return timezone.localdate()


def day_named(day: dt.date, *, now: dt.date | None = None) -> dt.date:
    """The first day of what `day_words` says, for what cannot do without a date: as coarse, the longer ago."""
    now = now or today()
    monday = now - dt.timedelta(days=now.weekday())
    if day >= now:
        return now
    if day >= monday:
        return monday
    if day >= monday - dt.timedelta(days=7):
        return monday - dt.timedelta(days=7)
    return day.replace(day=1)


def day_words(day: dt.date, *, now: dt.date | None = None) -> str:
    """ "today", "this week", "last week", "this month", "in March", "in March 2025": coarser the longer ago."""
    now = now or today()
    days_ago = (now - day).days
    monday = now - dt.timedelta(days=now.weekday())
    if days_ago <= 0:
        return _("today")
    if day >= monday:
        return _("this week")
    if day >= monday - dt.timedelta(days=7):
        return _("last week")
    if (day.year, day.month) == (now.year, now.month):
        return _("this month")
    if day.year == now.year or days_ago < 180:
        return _("in %(month)s") % {"month": MONTHS[day.month]}
    return _("in %(month)s %(year)d") % {"month": MONTHS[day.month], "year": day.year}
