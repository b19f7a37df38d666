"""Batches of decisions, and the decision that takes one back."""

import importlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.public_id

_append_only = importlib.import_module("moderation.migrations.0009_statements")

_TO = django.db.models.deletion.PROTECT


def make(apps, schema_editor):
    """SQLite copies a table to change it, and its triggers go with the old one."""
    for sql in _append_only.statements(schema_editor.connection.vendor)[0]:
        schema_editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0009_statements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint("decision", "decision_action_is_known"),
        migrations.AlterField(
            "decision",
            "action",
            models.CharField(
                choices=[
                    ("PUBLISH", "publish"),
                    ("RETURN", "return with a word"),
                    ("HIDE", "hide"),
                    ("LEAVE", "leave as it is"),
                    ("REOPEN", "take a decision back, and open the case again"),
                ],
                max_length=7,
                verbose_name="action",
            ),
        ),
        migrations.AddIndex("decision", models.Index(fields=["-decided_at"], name="decisions_newest_first")),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=models.Q(action__in=["PUBLISH", "RETURN", "HIDE", "LEAVE", "REOPEN"]),
                name="decision_action_is_known",
            ),
        ),
        migrations.RunPython(make, migrations.RunPython.noop),
        migrations.CreateModel(
            "Batch",
            fields=[
                (
                    "id",
                    common.public_id.RandomKeyField(
                        default=common.public_id.new_row_key, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "public_id",
                    common.public_id.PublicIdField(
                        default=common.public_id.new_public_id, editable=False, max_length=14, unique=True
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("PUBLISH", "publish"),
                            ("LEAVE", "leave as it is"),
                            ("HIDE", "hide"),
                            ("JUDGE", "say what the reports were; the posts stay as they are"),
                        ],
                        max_length=7,
                        verbose_name="act",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "judgement",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("RIGHT", "it was good to tell us"),
                            ("UNFOUNDED", "there was nothing in it"),
                            ("MISUSED", "it was meant to harm somebody"),
                        ],
                        max_length=9,
                        verbose_name="judgement",
                    ),
                ),
                ("done_on", models.DateField(verbose_name="day")),
                ("moderator", models.ForeignKey(settings.AUTH_USER_MODEL, _TO, related_name="+")),
            ],
            options={
                "verbose_name": "several at once",
                "verbose_name_plural": "several at once",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(act__in=["PUBLISH", "LEAVE", "HIDE", "JUDGE"]), name="batch_act_is_known"
                    )
                ],
                "indexes": [models.Index(fields=["-done_on", "-id"], name="batches_newest_first")],
            },
        ),
        migrations.CreateModel(
            "BatchItem",
            fields=[
                (
                    "id",
                    common.public_id.RandomKeyField(
                        default=common.public_id.new_row_key, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("judged", models.JSONField(default=list)),
                ("problem", models.CharField(blank=True, max_length=40)),
                ("state_before", models.CharField(blank=True, max_length=9)),
                ("post_version", models.PositiveIntegerField(default=0)),
                ("is_undone", models.BooleanField(default=False)),
                ("undo_problem", models.CharField(blank=True, max_length=40)),
                (
                    "batch",
                    models.ForeignKey(
                        "moderation.batch", django.db.models.deletion.CASCADE, related_name="items"
                    ),
                ),
                ("case", models.ForeignKey("moderation.case", _TO, related_name="+")),
                ("decision", models.ForeignKey("moderation.decision", _TO, null=True, related_name="+")),
                ("undoing", models.ForeignKey("moderation.decision", _TO, null=True, related_name="+")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["batch", "case"], name="batch_has_a_case_once")],
            },
        ),
    ]
