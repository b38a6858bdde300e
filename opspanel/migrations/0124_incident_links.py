"""Addresses that belong to an incident: tickets, chats, dashboards."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ops", "0123_what_a_key_was_sent_with"),
    ]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="links",
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
