"""When the overview's things were judged otherwise: what changed first is asked of this."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ops', '0141_watchlist_permission'),
    ]

    operations = [
        migrations.CreateModel(
            name='StateChange',
            fields=[
                ('pk', models.CompositePrimaryKey('kind', 'name', 'at', blank=True, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=12)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('status', models.CharField(max_length=12)),
                ('was', models.CharField(blank=True, max_length=12)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(models.F('at'), name='ops_statechange_at')],
            },
        ),
    ]
