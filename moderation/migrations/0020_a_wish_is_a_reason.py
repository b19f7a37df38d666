# Whoever began a conversation can report a reply that is not what they asked for. Going back needs none such.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0019_how_a_moderator_reads'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='report',
            name='report_reason_is_known',
        ),
        migrations.AlterField(
            model_name='report',
            name='reason',
            field=models.CharField(choices=[('DANGER', 'someone is in danger'), ('CHILD', 'a child is in danger'), ('HURT_ME', 'someone who hurt me may be here'), ('IMAGES', 'it leads to intimate pictures of somebody'), ('IDENTIFIES', 'it says who or where somebody is'), ('BLAMES', 'it blames the one who was hurt'), ('WISH', 'it is not what I asked for here'), ('HOSTILE', 'it is cruel or threatening'), ('SPAM', 'it sells something or asks for contact'), ('OTHER', 'something else')], max_length=10, verbose_name='reason'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['DANGER', 'CHILD', 'HURT_ME', 'IMAGES', 'IDENTIFIES', 'BLAMES', 'WISH', 'HOSTILE', 'SPAM', 'OTHER'])), name='report_reason_is_known'),
        ),
    ]
