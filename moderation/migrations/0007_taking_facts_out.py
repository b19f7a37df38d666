"""Facts can be taken out of an entry of the log, and nothing else of it changes; no table of the log can be emptied."""

import importlib

from django.db import migrations, models

_before = importlib.import_module("moderation.migrations.0002_log_is_append_only")

TABLE = "moderation_auditentry"
KEPT = ("id", "number", "event", "facts_digest", "moderator_id", "at", "previous", "digest")


def statements(vendor):
    """What makes the tables append-only from here on, and what undoes it, each a list of SQL."""
    is_postgresql = vendor == "postgresql"
    same = "IS NOT DISTINCT FROM" if is_postgresql else "IS"
    empty = "'{}'::jsonb" if is_postgresql else "'{}'"
    unchanged = " AND ".join(f"NEW.{name} {same} OLD.{name}" for name in KEPT)
    is_redaction = (
        f"{unchanged} AND OLD.facts_digest <> '' AND OLD.event <> 'entry_redacted' "
        f"AND NEW.salt = '' AND NEW.facts = {empty}"
    )
    make, undo = _before.statements(vendor)
    if is_postgresql:
        make += [
            f"DROP TRIGGER IF EXISTS {TABLE}_append_only ON {TABLE}",
            *(f"DROP TRIGGER IF EXISTS {TABLE}_no_{deed} ON {TABLE}" for deed in ("delete", "update")),
            f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION moderation_refuse()",
            f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} "
            f"FOR EACH ROW WHEN (NOT ({is_redaction})) EXECUTE FUNCTION moderation_refuse()",
        ]
        undo += [f"DROP TRIGGER IF EXISTS {TABLE}_no_{deed} ON {TABLE}" for deed in ("delete", "update")]
        for table in _before.TABLES:
            undo.append(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
            make += [
                f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION moderation_refuse()",
            ]
        return make, undo
    make += [
        f"DROP TRIGGER IF EXISTS {TABLE}_no_update",
        f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} WHEN NOT ({is_redaction}) "
        "BEGIN SELECT RAISE(ABORT, 'this table is append-only'); END",
    ]
    return make, undo


def make(apps, schema_editor):
    """Also where a new column made SQLite copy a table, and its triggers went with the old one."""
    for sql in statements(schema_editor.connection.vendor)[0]:
        schema_editor.execute(sql)


def undo(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for sql in statements(vendor)[1] + _before.statements(vendor)[0]:
        schema_editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("moderation", "0006_duty")]
    operations = [
        migrations.AddField("auditentry", "salt", models.CharField(max_length=22, default="", blank=True)),
        migrations.AddField("auditentry", "facts_digest", models.CharField(max_length=64, default="", blank=True)),
        migrations.RunPython(make, undo),
    ]
