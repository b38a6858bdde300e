"""The audit trail: a hash chain that Postgres itself keeps append-only.

Written in SQL because the guarantees are the database's: triggers that no session may
skip, a head row whose lock makes the sequence gapless, and a CHECK on the metadata.
There is no way back: a migration that drops the trail would be a way to erase it.
"""

from typing import Any

from django.db import migrations, models

# `strict` is load-bearing: lax mode unwraps arrays before it looks at their type.
LEGAL = r"""
CASE WHEN jsonb_typeof(DOCUMENT) = 'object' THEN
  DOCUMENT - ARRAY['reason', 'policy_key', 'old_value', 'new_value', 'status_from',
    'status_to', 'error_code', 'request_scope', 'idempotency_key_hash', 'provider_ref',
    'allocation_id', 'node_id']::text[] = '{}'::jsonb
  AND NOT jsonb_path_exists(DOCUMENT,
    'strict $.* ? (@.type() == "object" || @.type() == "array")')
  AND NOT jsonb_path_exists(DOCUMENT,
    'strict $.* ? (@.type() == "string" && !(@ like_regex "^.{0,200}$" flag "s"))')
  AND NOT jsonb_path_exists(DOCUMENT,
    'strict $.* ? (@.type() == "string" && @ like_regex "[\\u0001-\\u001f\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\U000e0000-\\U000e007f]")')
  AND octet_length(DOCUMENT::text) <= 4096
ELSE false END
"""

SQL = r"""
CREATE TABLE SCHEMA.ops_audithead (
  id smallint PRIMARY KEY CHECK (id = 1),
  seq bigint NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);
INSERT INTO SCHEMA.ops_audithead VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE TABLE SCHEMA.ops_auditevent (
  seq bigint PRIMARY KEY,
  created_at timestamptz NOT NULL,
  -- No foreign key: a row must outlive the account, and SET NULL would be an UPDATE.
  actor_user_id bigint,
  actor_label text NOT NULL CHECK (char_length(actor_label) <= 150),
  actor_role text NOT NULL CHECK (char_length(actor_role) <= 200),
  action text NOT NULL CHECK (action ~ '^[a-z_]+(\.[a-z_]+)+$' AND char_length(action) <= 64),
  target_type text NOT NULL CHECK (target_type ~ '^[a-z_]{1,40}$'),
  target_id text NOT NULL CHECK (char_length(target_id) <= 200),
  result text NOT NULL CHECK (result IN ('success', 'failure', 'denied')),
  correlation_id text NOT NULL CHECK (char_length(correlation_id) <= 64),
  metadata jsonb NOT NULL CONSTRAINT ops_audit_metadata_legal CHECK (LEGAL_COLUMN),
  actor_ip inet,
  user_agent text NOT NULL CHECK (char_length(user_agent) <= 200),
  prev_hash bytea NOT NULL,
  hash bytea NOT NULL
);
CREATE INDEX ops_auditevent_actor ON SCHEMA.ops_auditevent (actor_label, seq);
CREATE INDEX ops_auditevent_action ON SCHEMA.ops_auditevent (action, seq);
CREATE INDEX ops_auditevent_bad ON SCHEMA.ops_auditevent (result, seq) WHERE result <> 'success';
CREATE INDEX ops_auditevent_time ON SCHEMA.ops_auditevent USING brin (created_at);

CREATE TABLE SCHEMA.ops_auditanchor (
  seq bigint PRIMARY KEY,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  taken_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE SCHEMA.ops_auditverification (
  id smallint PRIMARY KEY CHECK (id = 1),
  result text NOT NULL CHECK (result IN ('whole', 'broken')),
  verified_at timestamptz NOT NULL,
  last_seq bigint NOT NULL,
  fault text NOT NULL
);

-- Runs as the tables' owner: whoever may insert needs no right on the head.
CREATE FUNCTION SCHEMA.ops_audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  head SCHEMA.ops_audithead%ROWTYPE;
BEGIN
  -- Before the CHECK, whose refusal would quote the whole row.
  IF NEW.metadata IS NULL OR NOT (LEGAL_NEW) THEN
    RAISE EXCEPTION 'this audit metadata is not legal' USING ERRCODE = 'check_violation';
  END IF;
  SELECT * INTO STRICT head FROM SCHEMA.ops_audithead WHERE id = 1 FOR UPDATE;
  NEW.seq := head.seq + 1;
  NEW.created_at := clock_timestamp();
  NEW.prev_hash := head.hash;
  NEW.hash := sha256(head.hash || convert_to(jsonb_build_array(NEW.seq,
    to_char(NEW.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    NEW.actor_user_id, NEW.actor_label, NEW.actor_role, NEW.action, NEW.target_type,
    NEW.target_id, NEW.result, NEW.correlation_id, NEW.metadata, NEW.actor_ip::text,
    NEW.user_agent)::text, 'UTF8'));
  UPDATE SCHEMA.ops_audithead SET seq = NEW.seq, hash = NEW.hash WHERE id = 1;
  RETURN NEW;
END $$;

CREATE FUNCTION SCHEMA.ops_audit_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail only grows' USING ERRCODE = 'insufficient_privilege';
END $$;

REVOKE ALL ON FUNCTION SCHEMA.ops_audit_chain(), SCHEMA.ops_audit_refuse() FROM PUBLIC;

CREATE TRIGGER chain BEFORE INSERT ON SCHEMA.ops_auditevent
  FOR EACH ROW EXECUTE FUNCTION SCHEMA.ops_audit_chain();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON SCHEMA.ops_auditevent
  FOR EACH ROW EXECUTE FUNCTION SCHEMA.ops_audit_refuse();
CREATE TRIGGER refuse_statement BEFORE UPDATE OR DELETE OR TRUNCATE ON SCHEMA.ops_auditevent
  FOR EACH STATEMENT EXECUTE FUNCTION SCHEMA.ops_audit_refuse();
CREATE TRIGGER refuse_statement BEFORE UPDATE OR DELETE OR TRUNCATE ON SCHEMA.ops_auditanchor
  FOR EACH STATEMENT EXECUTE FUNCTION SCHEMA.ops_audit_refuse();
CREATE TRIGGER refuse_statement BEFORE DELETE OR TRUNCATE ON SCHEMA.ops_audithead
  FOR EACH STATEMENT EXECUTE FUNCTION SCHEMA.ops_audit_refuse();
-- Also for sessions that set session_replication_role.
ALTER TABLE SCHEMA.ops_auditevent ENABLE ALWAYS TRIGGER chain;
ALTER TABLE SCHEMA.ops_auditevent ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE SCHEMA.ops_auditevent ENABLE ALWAYS TRIGGER refuse_statement;
ALTER TABLE SCHEMA.ops_auditanchor ENABLE ALWAYS TRIGGER refuse_statement;
ALTER TABLE SCHEMA.ops_audithead ENABLE ALWAYS TRIGGER refuse_statement;

REVOKE ALL ON SCHEMA.ops_audithead, SCHEMA.ops_auditevent, SCHEMA.ops_auditanchor,
  SCHEMA.ops_auditverification FROM PUBLIC;
"""


def make_trail(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
        sql = SQL.replace("LEGAL_COLUMN", LEGAL.replace("DOCUMENT", "metadata"))
        sql = sql.replace("LEGAL_NEW", LEGAL.replace("DOCUMENT", "NEW.metadata"))
        cursor.execute(sql.replace("SCHEMA.", f"{schema}."))


class Migration(migrations.Migration):
    dependencies = [("ops", "0002_roles")]

    operations = [
        migrations.RunPython(make_trail),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField()),
                ("actor_user_id", models.BigIntegerField(null=True)),
                ("actor_label", models.TextField()),
                ("actor_role", models.TextField()),
                ("action", models.TextField()),
                ("target_type", models.TextField()),
                ("target_id", models.TextField()),
                ("result", models.TextField()),
                ("correlation_id", models.TextField()),
                ("metadata", models.JSONField()),
                ("actor_ip", models.GenericIPAddressField(null=True)),
                ("user_agent", models.TextField()),
                ("prev_hash", models.BinaryField()),
                ("hash", models.BinaryField()),
            ],
            options={"managed": False, "db_table": "ops_auditevent", "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="AuditAnchor",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("hash", models.BinaryField()),
                ("taken_at", models.DateTimeField()),
            ],
            options={"managed": False, "db_table": "ops_auditanchor", "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="AuditVerification",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("result", models.TextField()),
                ("verified_at", models.DateTimeField()),
                ("last_seq", models.BigIntegerField()),
                ("fault", models.TextField()),
            ],
            options={"managed": False, "db_table": "ops_auditverification", "default_permissions": ()},
        ),
    ]
