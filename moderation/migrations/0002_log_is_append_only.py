"""The database itself refuses to change or remove what was decided and what was logged."""

from django.db import migrations

TABLES = ("moderation_auditentry", "moderation_decision")


def statements(vendor):
    """What makes the tables append-only, and what undoes it, each a list of SQL."""
    if vendor == "postgresql":
        make = [
            "CREATE OR REPLACE FUNCTION moderation_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'this table is append-only'; END $$"
        ]
        undo = []
        for table in TABLES:
            undo.append(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
            make.append(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
            make.append(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION moderation_refuse()"
            )
        return make, undo
    make, undo = [], []
    for table in TABLES:
        for deed in ("UPDATE", "DELETE"):
            name = f"{table}_no_{deed.lower()}"
            make.append(
                f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {deed} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'this table is append-only'); END"
            )
            undo.append(f"DROP TRIGGER IF EXISTS {name}")
    return make, undo


def make(apps, schema_editor):
    for sql in statements(schema_editor.connection.vendor)[0]:
        schema_editor.execute(sql)


def undo(apps, schema_editor):
    for sql in statements(schema_editor.connection.vendor)[1]:
        schema_editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_first_tables")]
    operations = [migrations.RunPython(make, undo)]
