"""What a verification needs to go on where the last one ended."""

from django.db import migrations, models

ADD = """
ALTER TABLE ops_auditverification
  ADD COLUMN read_whole_at timestamptz,
  ADD COLUMN last_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
    CHECK (octet_length(last_hash) = 32);
"""
REMOVE = """
ALTER TABLE ops_auditverification DROP COLUMN read_whole_at, DROP COLUMN last_hash;
"""


class Migration(migrations.Migration):
    dependencies = [("ops", "0010_sign_in")]

    operations = [
        migrations.RunSQL(
            ADD,
            REMOVE,
            state_operations=[
                migrations.AddField(
                    "AuditVerification", "read_whole_at", models.DateTimeField(null=True)
                ),
                migrations.AddField(
                    "AuditVerification",
                    "last_hash",
                    models.BinaryField(default=bytes(32)),
                ),
            ],
        )
    ]
