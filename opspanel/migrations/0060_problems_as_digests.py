"""Keys of problems came from outside and were kept as they are; now as digests."""

from django.db import migrations

DIGEST = r"""
UPDATE {table} SET dedup_key = 'sha256:' || encode(sha256(convert_to(dedup_key, 'UTF8')), 'hex')
WHERE dedup_key <> '' AND dedup_key !~ '^sha256:[0-9a-f]{{64}}$'
"""


class Migration(migrations.Migration):
    dependencies = [("ops", "0066_incident_deliveries")]

    operations = [
        migrations.RunSQL(DIGEST.format(table=table), migrations.RunSQL.noop)
        for table in ("ops_incident", "ops_alertoccurrence")
    ]
