"""When a message was last tried, why nobody answered, and since when it is tried rarely."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ops", "0120_incident_webhooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="incidentdelivery",
            name="tried_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="incidentdelivery",
            name="failure",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.AddField(
            model_name="incidentdelivery",
            name="paused_at",
            field=models.DateTimeField(null=True),
        ),
    ]
