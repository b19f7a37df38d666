"""What forum does without being asked. Each may run twice without harm (config/housekeeping.py)."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from common.days import today
from forum.models import IdempotencyRecord


@task
def forget_idempotency_records() -> None:
    """A record lives to the end of the day after it was made: one to two days, as the API promises."""
    IdempotencyRecord.objects.filter(made_on__lt=today() - dt.timedelta(days=1)).delete()
