"""A decision says which one it takes back, and with which a sanction was lifted; an appeal may be answered by that.

Going back is refused where an appeal was.
"""

import importlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_before = importlib.import_module("moderation.migrations.0014_words_are_forgotten")

_DECISION, _WORDS = _before.COLUMNS["moderation_decision"]
COLUMNS = {**_before.COLUMNS, "moderation_decision": ((*_DECISION, "reverses_id"), _WORDS)}


def statements(vendor):
    """What makes the tables append-only from here on, and what undoes it, each a list of SQL."""
    return _before.statements(vendor, COLUMNS)


def make(apps, schema_editor):
    """SQLite may copy a table to change it, and its triggers go with the old one."""
    for sql in statements(schema_editor.connection.vendor)[0]:
        schema_editor.execute(sql)


def make_as_before(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for sql in [*statements(vendor)[1], *_before.statements(vendor)[0]]:
        schema_editor.execute(sql)


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0021_marks_and_news'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, make_as_before),
        migrations.RemoveConstraint(
            model_name='appeal',
            name='appeal_is_decided_in_words',
        ),
        migrations.RemoveConstraint(
            model_name='decisioneffect',
            name='effect_kind_is_known',
        ),
        migrations.AddField(
            model_name='decision',
            name='reverses',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='moderation.decision'),
        ),
        migrations.AddField(
            model_name='sanction',
            name='lifted_with',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lifted', to='moderation.decision'),
        ),
        migrations.AlterField(
            model_name='appeal',
            name='decision',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='moderation.decision'),
        ),
        migrations.AlterField(
            model_name='appeal',
            name='outcome',
            field=models.CharField(blank=True, choices=[('UPHELD', 'it stays as it was decided'), ('OVERTURNED', 'it is decided anew'), ('TAKEN_BACK', 'the team took the decision back by itself')], max_length=10),
        ),
        migrations.AlterField(
            model_name='appeal',
            name='report',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='moderation.report'),
        ),
        migrations.AlterField(
            model_name='decisioneffect',
            name='kind',
            field=models.CharField(choices=[('REACH_OUT', 'reach out: your word comes with people who can help'), ('FOLLOW_UP', 'look again on a day'), ('LOCK_BRANCH', 'no more replies below this post'), ('REPLY', 'the word began from a canned reply'), ('MOVE', 'move the conversation to another category'), ('MARK', 'words of the post were marked'), ('NOTES', 'content notes put on it')], max_length=11),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', 'TAKEN_BACK'), _negated=True), fields=('report',), name='appeal_of_a_report_once'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('decided_by', None), ('decided_on', None), ('decision', None), ('outcome', '')), models.Q(('decided_on__isnull', False), ('decision__isnull', False), models.Q(models.Q(('decided_by__isnull', False), ('outcome__in', ['UPHELD', 'OVERTURNED'])), models.Q(('decided_by__isnull', True), ('outcome', 'TAKEN_BACK')), _connector='OR'), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='appeal_is_decided_in_words'),
        ),
        migrations.AddConstraint(
            model_name='decisioneffect',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['REACH_OUT', 'FOLLOW_UP', 'LOCK_BRANCH', 'REPLY', 'MOVE', 'MARK', 'NOTES'])), name='effect_kind_is_known'),
        ),
        migrations.RunPython(make, make_as_before),
    ]
