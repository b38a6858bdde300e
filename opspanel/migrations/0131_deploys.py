"""When a service got a version, as those who deploy tell it."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ops', '0130_state_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Deploy',
            fields=[
                ('pk', models.CompositePrimaryKey('service', 'version', 'minute', blank=True, editable=False, primary_key=True, serialize=False)),
                ('service', models.CharField(max_length=63)),
                ('version', models.CharField(max_length=64)),
                ('minute', models.DateTimeField()),
                ('told_by', models.CharField(max_length=80)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(models.F('minute'), name='ops_deploy_minute')],
            },
        ),
    ]
