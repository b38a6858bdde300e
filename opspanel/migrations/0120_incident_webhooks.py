"""Until when the outbox was looked through for each webhook: however long nobody did,
nothing of it is passed over."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):

    dependencies = [
        ("ops", "0067_looks"),
    ]

    operations = [
        migrations.CreateModel(
            name="IncidentWebhook",
            fields=[
                ("name", models.CharField(max_length=63, primary_key=True, serialize=False)),
                ("looked_at", models.DateTimeField(db_default=Now())),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddIndex(
            model_name="incidentmessage",
            index=models.Index(models.F("created_at"), name="ops_incidentoutbox_newest"),
        ),
    ]
