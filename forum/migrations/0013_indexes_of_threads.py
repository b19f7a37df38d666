"""Apart from what fills the columns: PostgreSQL lays no index in a transaction that changed the table's rows."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("forum", "0012_orders_of_threads")]
    operations = [
        migrations.AddIndex(
            "thread", models.Index(fields=["-story_on", "-id"], name="thread_story", condition=Q(is_shown=True))
        ),
        migrations.AddIndex(
            "thread",
            models.Index(
                fields=["category", "-story_on", "-id"], name="thread_story_in_category", condition=Q(is_shown=True)
            ),
        ),
        migrations.AddIndex(
            "thread",
            models.Index(
                fields=["story_on", "id"],
                name="thread_unanswered",
                condition=Q(is_shown=True, is_unanswered=True),
            ),
        ),
        migrations.AddConstraint(
            "thread",
            models.CheckConstraint(
                condition=Q(is_shown=False) | Q(story_on__isnull=False), name="thread_shown_has_its_day"
            ),
        ),
    ]
