"""Whether words stand open at the desk, and whether keys move about: each for themselves. Back: both columns go."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0018_canned_replies'),
    ]

    operations = [
        migrations.AddField(
            model_name='duty',
            name='uses_keys',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='duty',
            name='words_at_once',
            field=models.BooleanField(default=False),
        ),
    ]
