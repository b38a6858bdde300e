"""A line of a timeline may be a moment of the overview."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ops', '0131_deploys'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='incidentevent',
            name='ops_incidentevent_type',
        ),
        migrations.AddConstraint(
            model_name='incidentevent',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['declared', 'acknowledged', 'note', 'status', 'reopened', 'severity', 'owner', 'services', 'details', 'times', 'linked', 'merged', 'redacted', 'alert_linked', 'alert_firing', 'alert_resolved', 'action_taken', 'pinned', 'notified', 'review'])), name='ops_incidentevent_type'),
        ),
    ]
