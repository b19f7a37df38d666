"""Delayed publication: when what somebody sends now is to appear (safety.md D2).

Whoever looks for an author compares when something appeared with what they know of an evening. So the moment is
drawn: not before the delay is over, and within some hours, or a quarter of it, after that. Kept is the hour alone, and
that only while it waits; the minute is made of the seal key and the post's id, and stands nowhere.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Final

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.errors import Invalid
from common.sealing import tag

HOUR: Final = dt.timedelta(hours=1)
LONGEST_HOURS: Final = 14 * 24
_LEAST_BLUR: Final = 6 * HOUR


class DelayUnsuitable(Invalid):
    code = "delay-unsuitable"
    message = _("Choose a time between one hour and fourteen days.")


def due_after(hours: int) -> dt.datetime:
    """A full hour, drawn. Raises DelayUnsuitable."""
    if not 1 <= hours <= LONGEST_HOURS:
        raise DelayUnsuitable(fields={"delay_hours": [DelayUnsuitable.message]})
    delay = hours * HOUR
    blur = max(_LEAST_BLUR, delay / 4)
    drawn = timezone.now() + delay + dt.timedelta(seconds=secrets.randbelow(int(blur.total_seconds())))
    return drawn.replace(minute=0, second=0, microsecond=0) + HOUR


def moment_of(due_at: dt.datetime, post_id: str) -> dt.datetime:
    """Within the hour: what appears at a full hour says that it waited."""
    return due_at + dt.timedelta(minutes=int.from_bytes(tag("due minute", post_id).encode()) % 60)


def due_words(due_at: dt.datetime) -> str:
    """For its author and the team: to the day, never the hour."""
    days = (timezone.localdate(due_at) - timezone.localdate()).days
    if days <= 0:
        return _now("later today")
    if days == 1:
        return _now("tomorrow")
    if days < 7:
        return _now("on %(weekday)s") % {"weekday": WEEKDAYS[timezone.localdate(due_at).weekday()]}
    return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
