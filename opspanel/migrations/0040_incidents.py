"""Incidents, and the services that they hit."""

import uuid

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ops", "0011_audit_verified_from"),
    ]

    operations = [
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('summary', models.CharField(blank=True, default='', max_length=4000)),
                ('customer_impact', models.CharField(blank=True, default='', max_length=4000)),
                ('runbooks', models.JSONField(default=list)),
                ('status', models.CharField(default='open', max_length=10)),
                ('severity', models.SmallIntegerField(default=3)),
                ('is_drill', models.BooleanField(default=False)),
                ('origin', models.CharField(max_length=6)),
                ('started_at', models.DateTimeField()),
                ('detected_at', models.DateTimeField(null=True)),
                ('declared_at', models.DateTimeField()),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('mitigated_at', models.DateTimeField(null=True)),
                ('resolved_at', models.DateTimeField(null=True)),
                ('updated_at', models.DateTimeField(null=True)),
                ('changed_at', models.DateTimeField()),
                ('declared_by_label', models.CharField(max_length=150)),
                ('owner_label', models.CharField(blank=True, default='', max_length=150)),
                ('closure_reason', models.CharField(blank=True, default='', max_length=11)),
                ('dedup_key', models.CharField(blank=True, default='', max_length=200)),
                ('client_key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('version', models.PositiveIntegerField(default=0)),
                ('declared_by', models.ForeignKey(null=True, on_delete=models.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merged_into', models.ForeignKey(null=True, on_delete=models.PROTECT, related_name='duplicates', to='ops.incident')),
                ('owner', models.ForeignKey(null=True, on_delete=models.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recurs', models.ForeignKey(null=True, on_delete=models.PROTECT, related_name='recurrences', to='ops.incident')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='IncidentService',
            fields=[
                ('pk', models.CompositePrimaryKey('incident', 'service', blank=True, editable=False, primary_key=True, serialize=False)),
                ('service', models.CharField(max_length=63)),
                ('impact', models.CharField(max_length=8)),
                ('incident', models.ForeignKey(on_delete=models.PROTECT, related_name='services', to='ops.incident')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(models.F('status'), models.F('severity'), models.OrderBy(models.F('started_at'), descending=True), name='ops_incident_overview'),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(models.OrderBy(models.F('declared_at'), descending=True), name='ops_incident_newest'),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(models.F('changed_at'), name='ops_incident_changed'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('open', 'mitigated')), models.Q(('dedup_key', ''), _negated=True)), fields=('dedup_key',), name='ops_incident_dedup_key'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '\\S')), name='ops_incident_titled'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'mitigated', 'resolved', 'void'])), name='ops_incident_status'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('severity__in', [1, 2, 3, 4])), name='ops_incident_severity'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['ui', 'api', 'alert', 'system'])), name='ops_incident_origin'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('closure_reason', ''), ('closure_reason__in', ['duplicate', 'false_alarm', 'external', 'test']), _connector='OR'), name='ops_incident_closure'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'void'), models.Q(('closure_reason', ''), _negated=True)), models.Q(models.Q(('status', 'void'), _negated=True), ('closure_reason', '')), _connector='OR'), name='ops_incident_void_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closure_reason', 'duplicate'), ('merged_into__isnull', False)), models.Q(models.Q(('closure_reason', 'duplicate'), _negated=True), models.Q(('merged_into__isnull', False), _negated=True)), _connector='OR'), name='ops_incident_duplicate_of'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'resolved'), ('resolved_at__isnull', False)), models.Q(models.Q(('status', 'resolved'), _negated=True), models.Q(('resolved_at__isnull', False), _negated=True)), _connector='OR'), name='ops_incident_resolved_has_time'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'mitigated'), _negated=True), ('mitigated_at__isnull', False), _connector='OR'), name='ops_incident_mitigated_has_time'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'open'), _negated=True), ('mitigated_at__isnull', True), _connector='OR'), name='ops_incident_open_has_no_end'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('mitigated_at__isnull', True), ('mitigated_at__gte', models.F('started_at')), _connector='OR'), name='ops_incident_mitigated_after_start'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('resolved_at__isnull', True), ('resolved_at__gte', models.F('started_at')), _connector='OR'), name='ops_incident_resolved_after_start'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('merged_into', models.F('id')), _negated=True), ('merged_into__isnull', True), _connector='OR'), name='ops_incident_not_of_itself'),
        ),
        migrations.AddConstraint(
            model_name='incidentservice',
            constraint=models.CheckConstraint(condition=models.Q(('impact__in', ['degraded', 'partial', 'down'])), name='ops_incidentservice_impact'),
        ),
    ]
