"""Appeals, each with a case of its own beside that of the post. Going back loses them, and needs their cases gone."""

import common.days
import common.public_id
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forum', '0018_when_a_word_leaves'),
        ('moderation', '0014_words_are_forgotten'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', common.public_id.RandomKeyField(default=common.public_id.new_row_key, editable=False, primary_key=True, serialize=False)),
                ('public_id', common.public_id.PublicIdField(default=common.public_id.new_public_id, editable=False, max_length=14, unique=True)),
                ('text', models.TextField(blank=True)),
                ('made_on', models.DateField(default=common.days.today)),
                ('outcome', models.CharField(blank=True, choices=[('UPHELD', 'it stays as it was decided'), ('OVERTURNED', 'it is decided anew')], max_length=10)),
                ('answer', models.TextField(blank=True)),
                ('decided_on', models.DateField(null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='one_live_case_per_post',
        ),
        migrations.AddField(
            model_name='appeal',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appeal',
            name='decision',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='moderation.decision'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='first_moderator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appeal',
            name='report',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='moderation.report'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='statement',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='moderation.statement'),
        ),
        migrations.AddField(
            model_name='case',
            name='appeal',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='case', to='moderation.appeal'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('appeal__isnull', True), ('state__in', ('OPEN', 'WAITING', 'SNOOZED', 'ESCALATED'))), fields=('post',), name='one_live_case_per_post'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('report__isnull', False), ('statement__isnull', True)), models.Q(('report__isnull', True), ('statement__isnull', False)), _connector='OR'), name='appeal_is_of_an_author_or_a_reporter'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('first_moderator')), _negated=True), _connector='OR'), name='appeal_is_decided_by_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('decided_by', None), ('decided_on', None), ('decision', None), ('outcome', '')), models.Q(('decided_by__isnull', False), ('decided_on__isnull', False), ('decision__isnull', False), ('outcome__in', ['UPHELD', 'OVERTURNED']), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='appeal_is_decided_in_words'),
        ),
    ]
