"""How long a case waited until somebody looked at it: counted by month and lane, and kept with no case."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone

from common.days import today
from moderation.models import FirstLooks, Waited

if TYPE_CHECKING:
    from moderation.models import Case

_WITHIN = (
    (dt.timedelta(hours=1), Waited.HOUR),
    (dt.timedelta(hours=2), Waited.TWO_HOURS),
    (dt.timedelta(hours=6), Waited.SIX_HOURS),
    (dt.timedelta(days=1), Waited.DAY),
)


def note_first_look(case: Case) -> None:
    """Of a locked case that a moderator takes, or does something with. The first time alone counts.

    A case keeps the hour in which it came, no finer time: what is counted is never shorter than it was, and an hour
    longer at most.
    """
    if case.is_looked_at:
        return
    case.is_looked_at = True
    case.save(update_fields=["is_looked_at"])
    waited = timezone.now() - case.opened_at
    within = next((code for most, code in _WITHIN if waited <= most), Waited.LONGER)
    month, _is_new = FirstLooks.objects.get_or_create(month=today().replace(day=1), lane=case.lane, waited=within)
    FirstLooks.objects.filter(pk=month.pk).update(cases=F("cases") + 1)
