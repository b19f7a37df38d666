"""Words of old decisions and statements can become a dash, and nothing else of them changes."""

import importlib

from django.db import migrations

_before = importlib.import_module("moderation.migrations.0009_statements")

DASH = "—"  # moderation/services/retention.py
# Of each table the columns that stay as they are, and those whose words can go.
COLUMNS = {
    "moderation_decision": (
        ("id", "case_id", "action", "post_version", "moderator_id", "decided_at", "statement_id"),
        ("word", "reason"),
    ),
    "moderation_statement": (
        (
            "id", "public_id", "post_id", "restriction", "was_reported", "automation", "rules_version", "moderator_id",
            "made_on",
        ),
        ("facts",),
    ),
}  # fmt: skip


def statements(vendor, columns=COLUMNS):
    """What makes the tables append-only from here on, and what undoes it, each a list of SQL."""
    make, undo = _before.statements(vendor)
    same = "IS NOT DISTINCT FROM" if vendor == "postgresql" else "IS"
    for table, (kept, words) in columns.items():
        unchanged = [f"NEW.{name} {same} OLD.{name}" for name in kept]
        forgotten = [
            f"(NEW.{name} = OLD.{name} OR OLD.{name} <> '' AND NEW.{name} = '{DASH}')" for name in words
        ]
        some = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in words)
        is_forgetting = " AND ".join([*unchanged, *forgotten, f"({some})"])
        if vendor == "postgresql":
            make += [
                f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}",
                *(f"DROP TRIGGER IF EXISTS {table}_no_{deed} ON {table}" for deed in ("delete", "update")),
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION moderation_refuse()",
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
                f"FOR EACH ROW WHEN (NOT ({is_forgetting})) EXECUTE FUNCTION moderation_refuse()",
            ]
            undo += [f"DROP TRIGGER IF EXISTS {table}_no_{deed} ON {table}" for deed in ("delete", "update")]
        else:
            make += [
                f"DROP TRIGGER IF EXISTS {table}_no_update",
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({is_forgetting}) "
                "BEGIN SELECT RAISE(ABORT, 'this table is append-only'); END",
            ]
    return make, undo


def make(apps, schema_editor):
    for sql in statements(schema_editor.connection.vendor)[0]:
        schema_editor.execute(sql)


def undo(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for sql in statements(vendor)[1] + _before.statements(vendor)[0]:
        schema_editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("moderation", "0013_the_log_by_day")]
    operations = [migrations.RunPython(make, undo)]
