from __future__ import annotations

import datetime as dt

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from common.public_id import RandomKeyField

# Longer than the rarest duty's period, which is told from these rows; short, because a traceback may quote a post.
KEEP_RESULTS = dt.timedelta(days=2)


@task
def lay_rows_anew() -> None:
    """In the order of their drawn keys: PostgreSQL lays rows down as they come, and a dump shows them so.

    SQLite keeps them by key anyway. Locks one table at a time, for about a second for each 100,000 rows.
    """
    if connection.vendor != "postgresql":
        return
    drawn = [model._meta.db_table for model in apps.get_models() if isinstance(model._meta.pk, RandomKeyField)]
    for table in (*drawn, Session._meta.db_table):
        name, index = (connection.ops.quote_name(word) for word in (table, f"{table}_pkey"))
        with connection.cursor() as cursor:
            cursor.execute(f"CLUSTER {name} USING {index}")


@task
def forget_task_results() -> None:
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_RESULTS).delete()
