"""Threads by their newest story, and the stories that nobody has answered yet."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q, Subquery


def fill(apps, schema_editor):
    """As forum/services/visibility.py keeps it from now on."""
    Thread, Post = apps.get_model("forum", "Thread"), apps.get_model("forum", "Post")
    OldAddress = apps.get_model("forum", "OldAddress")
    opening = Post.objects.filter(thread=OuterRef("pk"), parent=None)
    Thread.objects.filter(is_shown=True).update(story_on=Subquery(opening.values("written_on")[:1]))
    from_a_page = Q(source_digest__isnull=False) | Exists(OldAddress.objects.filter(thread=OuterRef("pk")))
    Thread.objects.filter(from_a_page).update(began_elsewhere=True)
    answers = Post.objects.filter(thread=OuterRef("thread"), parent__isnull=False, state="PUBLISHED")
    is_waiting = Q()
    for name in ("author", "thread_pseudonym"):
        under_another = answers.filter(Q(**{name: None}) | ~Q(**{name: OuterRef(name)}))
        is_waiting |= Q(**{f"{name}__isnull": False}) & ~Exists(under_another)
    stories = Post.objects.filter(is_waiting, parent=None, state="PUBLISHED", thread__began_elsewhere=False)
    Thread.objects.filter(pk__in=stories.values("thread")).update(is_unanswered=True)


class Migration(migrations.Migration):
    dependencies = [("forum", "0011_quote")]
    operations = [
        migrations.AddField("thread", "story_on", models.DateField(null=True, editable=False)),
        migrations.AddField("thread", "is_unanswered", models.BooleanField(default=False, editable=False)),
        migrations.AddField("thread", "began_elsewhere", models.BooleanField(default=False, editable=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
