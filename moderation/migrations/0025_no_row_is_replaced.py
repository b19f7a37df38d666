"""SQLite refuses a row that would take the place of another in the log, among the decisions and the statements.

`INSERT OR REPLACE` there removes the row before without asking the trigger for DELETE. PostgreSQL's
`ON CONFLICT DO UPDATE` asks the one for UPDATE, and needs nothing more.
"""

import importlib

from django.db import migrations

_before = importlib.import_module("moderation.migrations.0022_reversing")

# Of each table the columns of which a row has its value alone; `id` is SQLite's own number of a row, too.
ALONE = {
    "moderation_auditentry": ("id", "number"),
    "moderation_decision": ("id", "statement_id"),
    "moderation_statement": ("id", "public_id"),
}


def statements(vendor):
    """What makes the tables append-only from here on, and what undoes it, each a list of SQL."""
    make, undo = _before.statements(vendor)
    if vendor == "postgresql":
        return make, undo
    return [*make, *_no_replace()[0]], [*undo, *_no_replace()[1]]


def _no_replace():
    make, undo = [], []
    for table, columns in ALONE.items():
        drop = f"DROP TRIGGER IF EXISTS {table}_no_replace"
        there = " OR ".join(f"{name} = NEW.{name}" for name in columns)
        make += [
            drop,
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {there}) "
            "BEGIN SELECT RAISE(ABORT, 'this table is append-only'); END",
        ]
        undo.append(drop)
    return make, undo


def make(apps, schema_editor):
    """All of them anew: `verify_audit` compares them with these."""
    create, undo = statements(schema_editor.connection.vendor)
    for sql in [*undo, *create]:
        schema_editor.execute(sql)


def make_as_before(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        for sql in _no_replace()[1]:
            schema_editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("moderation", "0024_given_back_as_it_is")]
    operations = [migrations.RunPython(make, make_as_before)]
