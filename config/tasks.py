from __future__ import annotations

import datetime as dt

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import DateTimeField, Model, QuerySet
from django.utils import timezone
from django_tasks import task

from common.days import today
from common.personal_data import Goes
from common.public_id import RandomKeyField
from config.declarations import declared_tables


@task
def forget_old_rows() -> None:
    """Every row whose time has come, by what the tables declare. May run twice, or at once, without harm."""
    for table in declared_tables():
        if table.goes is not None:
            old_rows(apps.get_model(table.model), table.goes).delete()


def old_rows(model: type[Model], goes: Goes) -> QuerySet[Model]:
    has_time = isinstance(model._meta.get_field(goes.since), DateTimeField)
    now: dt.date = timezone.now() if has_time else today()
    rows = model._default_manager  # noqa: SLF001 - Django documents it, for models whose name is not known
    return rows.filter(**{f"{goes.since}__lte": now - dt.timedelta(days=goes.days)})


@task
def lay_rows_anew() -> None:
    """In the order of their drawn keys: PostgreSQL lays rows down as they come, and a dump shows them so.

    SQLite keeps them by key anyway, and its index of the search in one piece (forum/search/index.py). Locks one table
    at a time, for about a second for each 100,000 rows.
    """
    if connection.vendor != "postgresql":
        return
    drawn = [model._meta.db_table for model in apps.get_models() if _has_drawn_key(model)]
    for table in (*drawn, Session._meta.db_table):
        name, index = (connection.ops.quote_name(word) for word in (table, f"{table}_pkey"))
        with connection.cursor() as cursor:
            cursor.execute(f"CLUSTER {name} USING {index}")


def _has_drawn_key(model: type[Model]) -> bool:
    """Its own, or that of the row it belongs to."""
    key = model._meta.pk
    return isinstance(getattr(key, "target_field", key), RandomKeyField)
