from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE monitoring_page ADD COLUMN made_up integer DEFAULT 0 NOT NULL",
            "ALTER TABLE monitoring_page DROP COLUMN made_up",
        )
    ]
