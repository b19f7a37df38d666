"""The table that search looks in: a virtual one of FTS5 on SQLite, a tsvector under a GIN index on PostgreSQL.

It is made empty; the worker fills it, as `rebuild_search` does. Going back drops it, and loses nothing that it could
not be made from again.
"""

import django.db.models.deletion
from django.db import migrations, models

import forum.models.search_entry


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE TABLE forum_searchentry "
            "(rowid bigint PRIMARY KEY, words tsvector NOT NULL, made_by varchar(43) NOT NULL)"
        )
        schema_editor.execute("CREATE INDEX forum_searchentry_words ON forum_searchentry USING gin (words)")
        # A word the planner has not counted it takes for half as common as the rarest it has: of the usual 1,000 words
        # that is one in 300 posts, and from some 200,000 posts on it would rather read all of them from the newest.
        schema_editor.execute("ALTER TABLE forum_searchentry ALTER COLUMN words SET STATISTICS 1000")
    else:
        # Not one of external content, nor with triggers: both break when Django makes a table anew. No order by rank,
        # so no sizes. Words are tags of letters and digits: the plainest tokeniser will do.
        schema_editor.execute(
            "CREATE VIRTUAL TABLE forum_searchentry "
            "USING fts5(words, made_by UNINDEXED, columnsize = 0, tokenize = 'ascii')"
        )


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE forum_searchentry")


class Migration(migrations.Migration):
    dependencies = [("forum", "0002_post_path_in_byte_order")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(make, drop)],
            state_operations=[
                migrations.CreateModel(
                    name="SearchEntry",
                    fields=[
                        (
                            "post",
                            models.OneToOneField(
                                db_column="rowid",
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="search_entry",
                                serialize=False,
                                to="forum.post",
                            ),
                        ),
                        ("words", forum.models.search_entry.IndexedWords()),
                        ("made_by", models.CharField(max_length=43)),
                    ],
                ),
            ],
        ),
    ]
