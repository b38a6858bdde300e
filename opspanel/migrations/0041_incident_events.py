"""The timelines of incidents."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):

    dependencies = [
        ("ops", "0040_incidents"),
    ]

    operations = [
        migrations.CreateModel(
            name='IncidentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('type', models.CharField(max_length=14)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(db_default=Now())),
                ('actor_user_id', models.BigIntegerField(null=True)),
                ('actor_label', models.CharField(max_length=150)),
                ('origin', models.CharField(max_length=6)),
                ('body', models.CharField(blank=True, default='', max_length=4000)),
                ('changes', models.JSONField(default=dict)),
                ('client_key', models.UUIDField(null=True, unique=True)),
                ('audit_seq', models.BigIntegerField(null=True)),
                ('amends', models.ForeignKey(null=True, on_delete=models.PROTECT, related_name='amended', to='ops.incidentevent')),
                ('incident', models.ForeignKey(on_delete=models.PROTECT, related_name='events', to='ops.incident')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='incidentevent',
            constraint=models.UniqueConstraint(fields=('incident', 'seq'), name='ops_incidentevent_seq'),
        ),
        migrations.AddConstraint(
            model_name='incidentevent',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['declared', 'acknowledged', 'note', 'status', 'reopened', 'severity', 'owner', 'services', 'details', 'times', 'linked', 'merged', 'redacted', 'alert_linked', 'alert_firing', 'alert_resolved', 'action_taken', 'notified', 'review'])), name='ops_incidentevent_type'),
        ),
        migrations.AddConstraint(
            model_name='incidentevent',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['ui', 'api', 'alert', 'system'])), name='ops_incidentevent_origin'),
        ),
    ]
