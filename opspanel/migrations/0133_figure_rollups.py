"""Figures over time, folded by minute, ten minutes, hour and third of a day."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ops', '0132_incident_pins'),
    ]

    operations = [
        migrations.CreateModel(
            name='FigureName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=500, unique=True)),
                ('unit', models.CharField(max_length=12)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='FigureRollup',
            fields=[
                ('pk', models.CompositePrimaryKey('step', 'at', blank=True, editable=False, primary_key=True, serialize=False)),
                ('step', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('taken_at', models.DateTimeField()),
                ('body', models.BinaryField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        # It is compressed already: Postgres need not try again at each pass.
        migrations.RunSQL(
            "ALTER TABLE ops_figurerollup ALTER COLUMN body SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
    ]
