"""Work that comes due by itself, and work that was left lying by a worker that died.

Every worker keeps house; they need not know of each other. All tasks here may run twice, or at once, without harm:
each forgets what is old, whoever forgot some of it before. A new task must keep that.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from config.tasks import forget_old_rows, lay_rows_anew
from forum.tasks import mend_search, publish_what_is_due, sweep_search_index
from moderation.tasks import bring_up_cases, enforce_retention

logger = logging.getLogger("hearth.housekeeping")

STUCK_AFTER = dt.timedelta(minutes=10)  # our longest task takes seconds
MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Duty:
    task: Task[Any, Any]
    every: dt.timedelta


# Their periods are told from the rows of their results: those must outlive each (config/personal_data.py).
DUTIES = (
    Duty(publish_what_is_due, dt.timedelta(minutes=5)),
    Duty(bring_up_cases, dt.timedelta(minutes=5)),
    Duty(forget_old_rows, dt.timedelta(hours=1)),
    Duty(sweep_search_index, dt.timedelta(hours=1)),
    Duty(enforce_retention, dt.timedelta(days=1)),
    Duty(lay_rows_anew, dt.timedelta(days=1)),
    Duty(mend_search, dt.timedelta(days=1)),
)


def keep_house() -> None:
    """Costs a query for each duty and one more; meant for once a minute."""
    now = timezone.now()
    requeue_stuck(now)
    enqueue_due(now)


def enqueue_due(now: dt.datetime) -> None:
    for duty in DUTIES:
        before = DBTaskResult.objects.filter(task_path=duty.task.module_path, enqueued_at__gt=now - duty.every)
        if not before.exists():
            duty.task.enqueue()


def requeue_stuck(now: dt.datetime) -> None:
    """A worker that is killed leaves its task RUNNING for ever. It gets another try; after three, it has failed."""
    for result in DBTaskResult.objects.running().filter(started_at__lt=now - STUCK_AFTER):
        tries = len(result.worker_ids)  # each try adds the worker that took it
        changes: dict[str, Any] = {"status": TaskResultStatus.READY}
        if tries >= MOST_TRIES:
            changes = {"status": TaskResultStatus.FAILED, "finished_at": now}
        # Compared with what was read: another host may have been here in between.
        same = DBTaskResult.objects.running().filter(pk=result.pk, started_at=result.started_at)
        if same.update(**changes):
            logger.warning("A task was left lying by its worker after try %d: %s", tries, result.task_path)
