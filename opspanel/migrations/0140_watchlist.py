"""What is watched, its points, and the items with their history."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ops', '0126_traces_of_messages'),
    ]

    operations = [
        migrations.CreateModel(
            name='WatchSignal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('watch', models.CharField(max_length=63)),
                ('subject', models.CharField(blank=True, default='', max_length=120)),
                ('state', models.CharField(max_length=10)),
                ('line', models.CharField(blank=True, default='', max_length=500)),
                ('raised', models.BigIntegerField(null=True)),
                ('ended', models.BigIntegerField(null=True)),
                ('detector', models.CharField(blank=True, default='', max_length=20)),
                ('judged_at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('watch', 'subject'), name='ops_watchsignal_once')],
            },
        ),
        migrations.CreateModel(
            name='WatchItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listed_as', models.CharField(blank=True, default='', max_length=63)),
                ('detector', models.CharField(blank=True, default='', max_length=20)),
                ('title', models.CharField(max_length=200)),
                ('status', models.CharField(default='open', max_length=12)),
                ('why', models.CharField(blank=True, default='', max_length=500)),
                ('line', models.CharField(blank=True, default='', max_length=500)),
                ('baseline', models.CharField(blank=True, default='', max_length=500)),
                ('target', models.CharField(blank=True, default='', max_length=500)),
                ('progress', models.CharField(blank=True, default='', max_length=500)),
                ('owner', models.CharField(max_length=80)),
                ('phase', models.CharField(blank=True, default='', max_length=80)),
                ('severity', models.SmallIntegerField()),
                ('security', models.BooleanField(default=False)),
                ('times', models.FloatField(default=0.0)),
                ('opened_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('muted_until', models.DateTimeField(null=True)),
                ('feedback', models.CharField(blank=True, default='', max_length=10)),
                ('feedback_at', models.DateTimeField(null=True)),
                ('incident', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='ops.incident')),
                ('signal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='ops.watchsignal')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='WatchEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('type', models.CharField(max_length=10)),
                ('actor_label', models.CharField(max_length=150)),
                ('body', models.CharField(blank=True, default='', max_length=500)),
                ('changes', models.JSONField(default=dict)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='ops.watchitem')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('type__in', ['raised', 'ended', 'listed', 'changed', 'confirmed', 'dismissed', 'promoted'])), name='ops_watchevent_type')],
            },
        ),
        migrations.CreateModel(
            name='WatchPoint',
            fields=[
                ('pk', models.CompositePrimaryKey('signal_id', 'slot', blank=True, editable=False, primary_key=True, serialize=False)),
                ('slot', models.BigIntegerField()),
                ('value', models.FloatField()),
                ('signal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='ops.watchsignal')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(models.F('slot'), name='ops_watchpoint_oldest')],
            },
        ),
        migrations.AddConstraint(
            model_name='watchitem',
            constraint=models.UniqueConstraint(condition=models.Q(('listed_as', ''), _negated=True), fields=('listed_as',), name='ops_watchitem_listed_once'),
        ),
        migrations.AddConstraint(
            model_name='watchitem',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'done'), _negated=True), fields=('signal',), name='ops_watchitem_open_once'),
        ),
        migrations.AddConstraint(
            model_name='watchitem',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'planned', 'in_progress', 'done'])), name='ops_watchitem_status'),
        ),
        migrations.AddConstraint(
            model_name='watchitem',
            constraint=models.CheckConstraint(condition=models.Q(('feedback__in', ['', 'confirmed', 'dismissed'])), name='ops_watchitem_feedback'),
        ),
    ]
