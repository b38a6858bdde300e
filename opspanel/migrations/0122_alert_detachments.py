"""Alerts that are not about the incident of their own problem, because a person said so."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ops", "0121_how_deliveries_failed"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertDetachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=63)),
                ("fingerprint", models.CharField(max_length=64)),
                ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="detachments", to="ops.incident")),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddConstraint(
            model_name="alertdetachment",
            constraint=models.UniqueConstraint(fields=("incident", "source", "fingerprint"), name="ops_alertdetachment_once"),
        ),
    ]
