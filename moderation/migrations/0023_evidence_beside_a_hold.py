"""Evidence can be sealed away beside a hold for a duty: of each kind one per post. Back: refused where there are both."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0022_reversing'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(fields=('post', 'kind'), name='one_hold_of_a_kind_per_post'),
        ),
        migrations.RemoveConstraint(
            model_name='hold',
            name='one_hold_per_post',
        ),
    ]
