"""The digest of what was sent with a key, so that the same key with other words is told."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ops", "0122_alert_detachments"),
    ]

    operations = [
        migrations.AddField(
            model_name="incidentevent",
            name="key_digest",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
