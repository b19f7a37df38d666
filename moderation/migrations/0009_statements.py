"""Statements of reasons: no decision that restricts, and no sanction, without one.

Those of before get theirs, from what was written down then: whether a machine had noticed something is not told of
them. Going back loses the statements; what was decided stays.
"""

import importlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import common.days
import common.public_id

_before = importlib.import_module("moderation.migrations.0007_taking_facts_out")

TABLE = "moderation_statement"


def statements(vendor):
    """What makes the tables append-only from here on, and what undoes it, each a list of SQL."""
    make, undo = _before.statements(vendor)
    if vendor == "postgresql":
        deeds = {"append_only": "UPDATE OR DELETE", "no_truncate": "TRUNCATE"}
        for name, deed in deeds.items():
            each = "STATEMENT" if deed == "TRUNCATE" else "ROW"
            drop = f"DROP TRIGGER IF EXISTS {TABLE}_{name} ON {TABLE}"
            create = f"CREATE TRIGGER {TABLE}_{name} BEFORE {deed} ON {TABLE} FOR EACH {each}"
            make += [drop, f"{create} EXECUTE FUNCTION moderation_refuse()"]
            undo.append(drop)
        return make, undo
    for deed in ("UPDATE", "DELETE"):
        name = f"{TABLE}_no_{deed.lower()}"
        make.append(
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {deed} ON {TABLE} "
            "BEGIN SELECT RAISE(ABORT, 'this table is append-only'); END"
        )
        undo.append(f"DROP TRIGGER IF EXISTS {name}")
    return make, undo


def run(schema_editor, statements):
    for sql in statements:
        schema_editor.execute(sql)


def open_log(apps, schema_editor):
    run(schema_editor, _before.statements(schema_editor.connection.vendor)[1])


def close_log(apps, schema_editor):
    run(schema_editor, _before.statements(schema_editor.connection.vendor)[0])


def close_all(apps, schema_editor):
    run(schema_editor, statements(schema_editor.connection.vendor)[0])


def open_all(apps, schema_editor):
    run(schema_editor, statements(schema_editor.connection.vendor)[1])


def state_what_was_decided(apps, schema_editor):
    Decision, Sanction, Statement = (
        apps.get_model("moderation", name) for name in ("Decision", "Sanction", "Statement")
    )
    for decision in Decision.objects.filter(action__in=["HIDE", "RETURN"]).select_related("case"):
        decision.statement = Statement.objects.create(
            post_id=decision.case.post_id,
            restriction=decision.action,
            facts=decision.reason if decision.action == "HIDE" else decision.word,
            was_reported=decision.case.reports.exclude(reason="HURT_ME").exists(),
            moderator_id=decision.moderator_id,
            made_on=decision.decided_at.date(),
        )
        decision.save(update_fields=["statement"])
    for sanction in Sanction.objects.select_related("decision"):
        sanction.statement_id = sanction.decision.statement_id if sanction.decision else None
        if sanction.statement_id is None:
            sanction.statement = Statement.objects.create(
                post_id=sanction.post_id,
                facts=sanction.reason,
                was_reported=False,
                moderator_id=sanction.moderator_id,
                made_on=sanction.given_on,
            )
        sanction.save(update_fields=["statement"])
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or what follows waits for them


def one_statement(**options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="sanctions",
        to="moderation.statement",
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0016_feed"),
        ("moderation", "0008_raid_switch"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunPython(open_log, close_log),
        migrations.CreateModel(
            name="Statement",
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
                ("restriction", models.CharField(blank=True, max_length=7)),
                ("facts", models.TextField()),
                ("was_reported", models.BooleanField()),
                (
                    "automation",
                    models.CharField(
                        blank=True,
                        choices=[("", "None"), ("HELD", "Held"), ("NOTICED", "Noticed")],
                        default="",
                        max_length=7,
                    ),
                ),
                ("rules_version", models.PositiveIntegerField(null=True)),
                ("made_on", models.DateField(default=common.days.today)),
                (
                    "moderator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.post"),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=~Q(facts=""), name="statement_says_why"),
                    models.CheckConstraint(
                        condition=Q(restriction__in=["", "RETURN", "HIDE"]), name="statement_restriction_is_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(automation__in=["", "HELD", "NOTICED"]), name="statement_automation_is_known"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="decision",
            name="statement",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decision",
                to="moderation.statement",
            ),
        ),
        migrations.AddField(model_name="sanction", name="statement", field=one_statement(null=True)),
        migrations.RunPython(state_what_was_decided, migrations.RunPython.noop),
        migrations.AlterField(model_name="sanction", name="statement", field=one_statement()),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=~Q(action__in=("RETURN", "HIDE")) | Q(statement__isnull=False),
                name="decision_that_restricts_says_why",
            ),
        ),
        migrations.RunPython(close_all, open_all),
    ]
