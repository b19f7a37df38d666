"""How long cases waited, and how far moderators agree."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import common.public_id

LANES = [
    (0, "somebody may be in danger, or found"),
    (1, "a story that nobody has answered"),
    (2, "harm to a person"),
    (3, "first looks and rules"),
    (4, "tidying up"),
]
WAITED = [
    ("HOUR", "within an hour"),
    ("TWO_HOURS", "within two hours"),
    ("SIX_HOURS", "within six hours"),
    ("DAY", "within a day"),
    ("LONGER", "later"),
]
VERDICTS = [
    ("STAYS", "it can stand there for everybody"),
    ("RETURNED", "it goes back to its author with a word"),
    ("HIDDEN", "it is taken down"),
]


def row_key():
    return common.public_id.RandomKeyField(
        default=common.public_id.new_row_key, editable=False, primary_key=True, serialize=False
    )


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0016_effects_and_notes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex("appeal", models.Index(fields=["decided_on"], name="appeals_decided")),
        migrations.AddIndex(
            "case",
            models.Index(fields=["claimed_by"], name="case_claims", condition=Q(claimed_by__isnull=False)),
        ),
        migrations.AddField("case", "is_looked_at", models.BooleanField(default=False)),
        migrations.CreateModel(
            "FirstLooks",
            fields=[
                ("id", row_key()),
                ("month", models.DateField()),
                ("lane", models.PositiveSmallIntegerField(choices=LANES)),
                ("waited", models.CharField(choices=WAITED, max_length=9)),
                ("cases", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["month", "lane", "waited"], name="first_looks_once"),
                    models.CheckConstraint(
                        condition=Q(waited__in=["HOUR", "TWO_HOURS", "SIX_HOURS", "DAY", "LONGER"]),
                        name="first_looks_waited_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            "Agreement",
            fields=[
                ("id", row_key()),
                ("month", models.DateField()),
                ("first", models.CharField(choices=VERDICTS, max_length=8)),
                ("second", models.CharField(choices=VERDICTS, max_length=8)),
                ("looks", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["month", "first", "second"], name="agreement_once")],
            },
        ),
        migrations.CreateModel(
            "SecondLook",
            fields=[
                ("id", row_key()),
                (
                    "public_id",
                    common.public_id.PublicIdField(
                        default=common.public_id.new_public_id, editable=False, max_length=14, unique=True
                    ),
                ),
                ("post_version", models.PositiveIntegerField()),
                ("made_on", models.DateField()),
                ("lent_until", models.DateTimeField(null=True)),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="moderation.decision"
                    ),
                ),
                (
                    "lent_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
