"""The triggers with which the database keeps its log, decisions and statements: as they should be, and as they are."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

_laid = importlib.import_module("moderation.migrations.0025_no_row_is_replaced")
TABLES: tuple[str, ...] = tuple(_laid.ALONE)


def statements() -> tuple[list[str], list[str]]:
    """What lays the triggers, and what lifts them, as the newest migration that changed them has it."""
    make, undo = _laid.statements(connection.vendor)
    return list(make), list(undo)


def problems() -> Iterator[str]:
    """Each trigger that is gone, another than it was laid, switched off, or of somebody else; and what else would keep
    them from being asked. Changes nothing.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT has_database_privilege(current_database(), 'TEMPORARY')")
            if cursor.fetchone() == (False,):
                yield "the triggers cannot be compared: give this role TEMPORARY on the database, then ask again"
                return
            should_be, are = _as_laid_in_postgresql(cursor), _of_postgresql(cursor)
        else:
            should_be, are = _to_create(), _of_sqlite(cursor)
    for name in sorted(should_be.keys() | are.keys()):
        if should_be.get(name) != are.get(name):
            yield f"the trigger {name} is not as it should be: the database does not keep what it guards"
    if connection.vendor == "postgresql":
        yield from _ways_around_in_postgresql()


def _ways_around_in_postgresql() -> Iterator[str]:
    """A rule writes something else than was asked; in the role of a replica no trigger is asked at all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rulename, ev_class::regclass FROM pg_rewrite"
            " WHERE ev_class IN (%s::regclass, %s::regclass, %s::regclass) ORDER BY 1",
            TABLES,
        )
        for rule, table in cursor.fetchall():
            yield f"the rule {rule} writes something else than it was told to {table}"
        cursor.execute("SHOW session_replication_role")
        [role] = cursor.fetchone()
        if role != "origin":
            yield f"session_replication_role is {role} for this role or database: no trigger is asked"


def _to_create() -> dict[str, str]:
    """By its name what creates each, without those that a later statement drops."""
    found: dict[str, str] = {}
    for sql in statements()[0]:
        if sql.startswith("DROP TRIGGER"):
            found.pop(sql.split()[4], None)
        elif sql.startswith("CREATE TRIGGER"):
            create = sql.replace("IF NOT EXISTS ", "")
            found[create.split()[2]] = create
    return found


def _of_sqlite(cursor: CursorWrapper) -> dict[str, str]:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s, %s)", TABLES)
    return dict(cursor.fetchall())


def _of_postgresql(cursor: CursorWrapper) -> dict[str, str]:
    """As PostgreSQL writes them, whatever schema their table is in, with what their function does."""
    cursor.execute(
        "SELECT tgname, pg_get_triggerdef(pg_trigger.oid), tgenabled, prosrc FROM pg_trigger"
        " JOIN pg_proc ON pg_proc.oid = tgfoid"
        " WHERE NOT tgisinternal AND tgrelid IN (%s::regclass, %s::regclass, %s::regclass)",
        TABLES,
    )
    return {
        name: f"{re.sub(r' ON [^ ]+[.]', ' ON ', definition)} {enabled} {does}"
        for name, definition, enabled, does in cursor.fetchall()
    }


def _as_laid_in_postgresql(cursor: CursorWrapper) -> dict[str, str]:
    """PostgreSQL writes a trigger in its own words: so they are laid on empty tables of the same names, which stand
    before the real ones for this session alone, and go again.
    """
    [function] = {sql for sql in statements()[0] if "FUNCTION moderation_refuse() RETURNS" in sql}
    refuses = function.split("$$")[1]
    with transaction.atomic():
        for table in TABLES:
            cursor.execute(f"CREATE TEMPORARY TABLE {table} (LIKE {table})")
        for sql in _to_create().values():
            cursor.execute(sql)
        laid = _of_postgresql(cursor)
        transaction.set_rollback(True)
    return {name: sql if sql.endswith(f" {refuses}") else refuses for name, sql in laid.items()}
