from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

# Longer than the rarest duty's period, which is told from these rows; short, because a traceback may quote a post.
KEEP_RESULTS = dt.timedelta(days=2)


@task
def forget_task_results() -> None:
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_RESULTS).delete()
