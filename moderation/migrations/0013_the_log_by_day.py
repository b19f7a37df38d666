from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moderation", "0012_undoing")]
    operations = [migrations.AddIndex("auditentry", models.Index(fields=["at"], name="log_by_day"))]
