from django.db import migrations, models

import common.days


class Migration(migrations.Migration):
    dependencies = [("forum", "0014_notices_pins_and_slow_mode")]
    operations = [
        migrations.CreateModel(
            name="HouseRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(editable=False, unique=True, verbose_name="version")),
                (
                    "text",
                    models.TextField(
                        help_text="Markdown. Members are asked to agree before their next post.", verbose_name="text"
                    ),
                ),
                ("html", models.TextField(editable=False)),
                ("since", models.DateField(default=common.days.today, editable=False, verbose_name="since")),
            ],
            options={
                "verbose_name": "house rules",
                "verbose_name_plural": "house rules",
                "ordering": ("-version",),
            },
        ),
    ]
