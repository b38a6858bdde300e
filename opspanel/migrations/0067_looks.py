import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ops', '0060_problems_as_digests'),
    ]

    operations = [
        migrations.CreateModel(
            name='Look',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('looked_at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
    ]
