"""What incidents have to tell others."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):

    dependencies = [
        ("ops", "0042_incidents_only_grow"),
    ]

    operations = [
        migrations.CreateModel(
            name='IncidentMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=40)),
                ('type', models.CharField(max_length=40)),
                ('payload', models.JSONField()),
                ('created_at', models.DateTimeField(db_default=Now())),
                ('attempt', models.PositiveSmallIntegerField(db_default=0)),
                ('next_at', models.DateTimeField(db_default=Now())),
                ('delivered_at', models.DateTimeField(null=True)),
                ('event', models.OneToOneField(on_delete=models.PROTECT, related_name='message', to='ops.incidentevent')),
            ],
            options={
                'db_table': 'ops_incidentoutbox',
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='incidentmessage',
            index=models.Index(models.F('next_at'), condition=models.Q(('delivered_at__isnull', True)), name='ops_incidentoutbox_waiting'),
        ),
    ]
