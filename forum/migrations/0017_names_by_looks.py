"""What each anonymous name looks like, so that no member can speak under one like it in the same conversation."""

from django.db import migrations, models

import forum.models.thread


def fold(apps, schema_editor):
    from accounts.pseudonyms import name_key  # as it is today: what a member goes by is folded by the same

    ThreadPseudonym = apps.get_model("forum", "ThreadPseudonym")
    for pk, name in ThreadPseudonym.objects.values_list("pk", "name").iterator():
        ThreadPseudonym.objects.filter(pk=pk).update(name_key=name_key(name)[:60])


class Migration(migrations.Migration):
    dependencies = [("forum", "0016_feed")]

    operations = [
        migrations.AddField(
            model_name="threadpseudonym",
            name="name_key",
            field=forum.models.thread.NameKeyField(default="", editable=False, max_length=60),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="threadpseudonym",
            index=models.Index(fields=["thread", "name_key"], name="names_of_a_thread_by_looks"),
        ),
        migrations.RunPython(fold, migrations.RunPython.noop),
    ]
