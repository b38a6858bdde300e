"""Whose act a message tells of: its correlation id and its trace."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ops", "0125_redact_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="incidentmessage",
            name="correlation_id",
            field=models.CharField(db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="incidentmessage",
            name="traceparent",
            field=models.CharField(db_default="", default="", max_length=55),
        ),
    ]
