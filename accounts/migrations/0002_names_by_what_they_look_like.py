"""The name to sign in with is kept without spaces, hyphens, accents, and with letters that look alike made one.

Stops where two names of one site would become one: rename one of them first. Going back is not needed: what is typed at
sign-in is folded the same way.
"""

from django.db import migrations


def fold(apps, schema_editor):
    from accounts.pseudonyms import name_key  # as it is today: what is typed at sign-in is folded by the same

    User = apps.get_model("accounts", "User")
    for user in User.objects.iterator():
        User.objects.filter(pk=user.pk).update(username=name_key(user.username))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_first_tables")]
    operations = [migrations.RunPython(fold, migrations.RunPython.noop)]
