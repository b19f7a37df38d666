"""Lanes, due times and claims of cases; references and judgements of reports.

What was urgent goes into the first lane. A case that is open keeps the hour it was opened at and is due by its lane; of
a closed one the day is left. Going back loses claims, judgements and references, and what was put off is open again.
"""

import datetime as dt

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import common.public_id

HOURS = {0: 0.25, 3: 6}


def to_lanes(apps, schema_editor):
    Case = apps.get_model("moderation", "Case")
    for case in Case.objects.iterator():
        case.lane = 0 if case.is_urgent else 3
        hours = HOURS[case.lane] if case.state == "OPEN" else 0
        case.due_at = case.opened_at + dt.timedelta(hours=hours)
        case.save(update_fields=["lane", "due_at"])
    Report = apps.get_model("moderation", "Report")
    for report in Report.objects.iterator():
        report.reference = common.public_id.new_public_id()
        report.save(update_fields=["reference"])


def to_urgent(apps, schema_editor):
    Case = apps.get_model("moderation", "Case")
    Case.objects.filter(lane=0).update(is_urgent=True)
    Case.objects.exclude(state="CLOSED").update(state="OPEN")


def moderator_or_nobody():
    return models.ForeignKey(
        to=settings.AUTH_USER_MODEL,
        on_delete=django.db.models.deletion.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )


STATES = [
    ("OPEN", "open"),
    ("WAITING", "with its author"),
    ("SNOOZED", "put off"),
    ("ESCALATED", "with a lead"),
    ("CLOSED", "closed"),
]
LIVE = ("OPEN", "WAITING", "SNOOZED", "ESCALATED")
LANES = [
    (0, "somebody may be in danger, or found"),
    (1, "a story that nobody has answered"),
    (2, "harm to a person"),
    (3, "first looks and rules"),
    (4, "tidying up"),
]
REASONS = [
    ("DANGER", "someone is in danger"),
    ("CHILD", "a child is in danger"),
    ("HURT_ME", "someone who hurt me may be here"),
    ("IMAGES", "it leads to intimate pictures of somebody"),
    ("IDENTIFIES", "it says who or where somebody is"),
    ("BLAMES", "it blames the one who was hurt"),
    ("HOSTILE", "it is cruel or threatening"),
    ("SPAM", "it sells something or asks for contact"),
    ("OTHER", "something else"),
]
JUDGEMENTS = [
    ("RIGHT", "it was good to tell us"),
    ("UNFOUNDED", "there was nothing in it"),
    ("MISUSED", "it was meant to harm somebody"),
]


class Migration(migrations.Migration):
    dependencies = [("moderation", "0002_log_is_append_only"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.AlterModelOptions(
            name="case",
            options={
                "permissions": (
                    ("lead", "Can decide what was passed on, and take over what somebody else has taken"),
                ),
                "verbose_name": "case",
                "verbose_name_plural": "cases",
            },
        ),
        migrations.RemoveIndex(model_name="case", name="case_open_in_order"),
        migrations.RemoveConstraint(model_name="case", name="one_open_case_per_post"),
        migrations.RemoveConstraint(model_name="case", name="case_state_is_known"),
        migrations.RemoveConstraint(model_name="report", name="report_reason_is_known"),
        migrations.AlterField(
            model_name="case",
            name="state",
            field=models.CharField(choices=STATES, default="OPEN", max_length=9, verbose_name="state"),
        ),
        migrations.AddField(
            model_name="case",
            name="lane",
            field=models.PositiveSmallIntegerField(choices=LANES, default=3, verbose_name="lane"),
        ),
        migrations.AddField(model_name="case", name="head_start", field=models.JSONField(default=dict)),
        migrations.AddField(
            model_name="case", name="due_at", field=models.DateTimeField(null=True, verbose_name="due")
        ),
        migrations.AddField(
            model_name="case", name="wakes_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="case",
            name="claimed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="taken by",
            ),
        ),
        migrations.AddField(
            model_name="case", name="claim_expires_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(model_name="case", name="claim_epoch", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(model_name="case", name="first_for", field=moderator_or_nobody()),
        migrations.AddField(
            model_name="case", name="first_until", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="report",
            name="reference",
            field=models.CharField(max_length=14, null=True, editable=False),  # each row needs its own
        ),
        migrations.AddField(model_name="report", name="weight", field=models.FloatField(default=0.5)),
        migrations.AddField(
            model_name="report",
            name="judgement",
            field=models.CharField(blank=True, choices=JUDGEMENTS, max_length=9, verbose_name="judgement"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="report",
            name="reason",
            field=models.CharField(choices=REASONS, max_length=10, verbose_name="reason"),
        ),
        migrations.RunPython(to_lanes, to_urgent),
        migrations.RemoveField(model_name="case", name="is_urgent"),
        migrations.AlterField(model_name="case", name="due_at", field=models.DateTimeField(verbose_name="due")),
        migrations.AlterField(
            model_name="report",
            name="reference",
            field=common.public_id.PublicIdField(
                default=common.public_id.new_public_id, editable=False, max_length=14, unique=True
            ),
        ),
        migrations.CreateModel(
            name="HandedOver",
            fields=[
                (
                    "id",
                    common.public_id.RandomKeyField(
                        default=common.public_id.new_row_key, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="handed_over",
                        to="moderation.case",
                    ),
                ),
                (
                    "moderator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "moderator"), name="handed_over_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnansweredStory",
            fields=[
                (
                    "id",
                    common.public_id.RandomKeyField(
                        default=common.public_id.new_row_key, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("due_at", models.DateTimeField(db_index=True)),
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="forum.post"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=Q(state__in=LIVE), fields=("post",), name="one_live_case_per_post"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(state__in=[state for state, _label in STATES]), name="case_state_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(condition=Q(lane__in=[0, 1, 2, 3, 4]), name="case_lane_is_known"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=~Q(state="SNOOZED") | Q(wakes_at__isnull=False), name="case_put_off_wakes"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=~Q(lane=0, state="SNOOZED"), name="case_of_a_life_is_not_put_off"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=Q(reason__in=[reason for reason, _label in REASONS]), name="report_reason_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=Q(judgement__in=["", *(judgement for judgement, _label in JUDGEMENTS)]),
                name="report_judgement_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=Q(state="OPEN"), fields=["lane", "due_at", "id"], name="case_queue"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(state="ESCALATED"), fields=["lane", "due_at", "id"], name="case_queue_of_leads"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=Q(state="SNOOZED"), fields=["wakes_at"], name="case_wakes"),
        ),
    ]
