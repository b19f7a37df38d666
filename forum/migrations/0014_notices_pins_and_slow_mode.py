from django.core.validators import MaxValueValidator
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import common.days
import common.public_id


def minutes(help_text):
    return models.PositiveSmallIntegerField(
        default=0,
        help_text=help_text,
        validators=[MaxValueValidator(1440)],
        verbose_name="minutes between two replies",
    )


class Migration(migrations.Migration):
    dependencies = [("forum", "0013_indexes_of_threads")]
    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    common.public_id.PublicIdField(
                        default=common.public_id.new_public_id, editable=False, max_length=14, unique=True
                    ),
                ),
                ("text", models.TextField(max_length=600, verbose_name="text")),
                ("shown_from", models.DateField(default=common.days.today, verbose_name="from")),
                (
                    "shown_until",
                    models.DateField(help_text="The last day on which it is shown.", verbose_name="until"),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        help_text="On its page. None: on the first page.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="forum.category",
                        verbose_name="category",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ("-shown_from", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(shown_until__gte=F("shown_from")),
                        name="notice_ends_after_it_begins",
                        violation_error_message="The last day comes before the first.",
                    )
                ],
            },
        ),
        migrations.AddField(
            "category", "slow_minutes", minutes("Of one person in one conversation. 0: no pause.")
        ),
        migrations.AddField(
            "thread",
            "slow_minutes",
            minutes("Of one person, if it is more than in the whole category. 0: as there."),
        ),
        migrations.AddField(
            "thread", "is_pinned", models.BooleanField(default=False, verbose_name="pinned: first in its category")
        ),
        migrations.AddIndex(
            "thread",
            models.Index(fields=["category"], name="thread_pinned", condition=Q(is_shown=True, is_pinned=True)),
        ),
    ]
