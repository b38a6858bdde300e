"""What the workers of other regions saw last."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ops', '0133_figure_rollups'),
    ]

    operations = [
        migrations.CreateModel(
            name='RegionPart',
            fields=[
                ('region', models.CharField(max_length=24, primary_key=True, serialize=False)),
                ('taken_at', models.DateTimeField()),
                ('schema', models.PositiveSmallIntegerField()),
                ('body', models.BinaryField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
    ]
