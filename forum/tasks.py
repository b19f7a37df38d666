"""What forum does without being asked. Each may run twice without harm (config/housekeeping.py)."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from common.days import today
from forum.models import IdempotencyRecord
from forum.search import index
from forum.services.searching import mend_search_index


@task
def forget_idempotency_records() -> None:
    """A record lives to the end of the day after it was made: one to two days, as the API promises."""
    IdempotencyRecord.objects.filter(made_on__lt=today() - dt.timedelta(days=1)).delete()


@task
def sweep_search_index() -> None:
    """What was erased leaves the index's files, too."""
    index.sweep()


@task
def mend_search() -> None:
    """After an update or with a new seal key, the index is made anew without anybody asking for it."""
    mend_search_index()
