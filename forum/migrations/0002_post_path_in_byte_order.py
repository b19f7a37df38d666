"""Paths are compared byte by byte. SQLite does so by itself; PostgreSQL would use the language of the database.

Locks forum_post for the rewrite of one column's index: no rows are there yet on a new site.
"""

from django.db import migrations


def to_bytes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE forum_post ALTER COLUMN path TYPE varchar(128) COLLATE "C"')


def back(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE forum_post ALTER COLUMN path TYPE varchar(128)")


class Migration(migrations.Migration):
    dependencies = [("forum", "0001_first_tables")]
    operations = [migrations.RunPython(to_bytes, back)]
