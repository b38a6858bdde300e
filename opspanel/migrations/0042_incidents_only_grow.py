"""Nothing of an incident is lost or rewritten: Postgres itself refuses.

A timeline only grows. The one way to change an event is to empty its words, once
another event says who redacted it; the rest of the row stays as it was. An incident
keeps its number, its key and the moment of its declaration, and is never removed.
"""

from typing import Any

from django.db import migrations

SQL = r"""
CREATE FUNCTION SCHEMA.ops_incident_keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'nothing of an incident is removed' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION SCHEMA.ops_incident_fixed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.client_key, NEW.declared_at, NEW.declared_by_label, NEW.origin, NEW.recurs_id)
    IS DISTINCT FROM
    (OLD.id, OLD.client_key, OLD.declared_at, OLD.declared_by_label, OLD.origin, OLD.recurs_id)
  THEN
    RAISE EXCEPTION 'this part of an incident is fixed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.version < OLD.version THEN
    RAISE EXCEPTION 'an incident never goes back' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION SCHEMA.ops_incident_redact() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.body = ''
    AND NEW.changes = OLD.changes - ARRAY['title', 'summary', 'customer_impact']
    AND to_jsonb(NEW) - ARRAY['body', 'changes'] = to_jsonb(OLD) - ARRAY['body', 'changes']
    AND EXISTS (
      SELECT FROM SCHEMA.ops_incidentevent AS redaction
      WHERE redaction.amends_id = OLD.id AND redaction.type = 'redacted'
        AND redaction.incident_id = OLD.incident_id
    )
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a timeline only grows' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER fixed BEFORE UPDATE ON SCHEMA.ops_incident
  FOR EACH ROW EXECUTE FUNCTION SCHEMA.ops_incident_fixed();
CREATE TRIGGER keep BEFORE DELETE ON SCHEMA.ops_incident
  FOR EACH ROW EXECUTE FUNCTION SCHEMA.ops_incident_keep();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON SCHEMA.ops_incident
  FOR EACH STATEMENT EXECUTE FUNCTION SCHEMA.ops_incident_keep();
CREATE TRIGGER redact BEFORE UPDATE ON SCHEMA.ops_incidentevent
  FOR EACH ROW EXECUTE FUNCTION SCHEMA.ops_incident_redact();
CREATE TRIGGER keep BEFORE DELETE ON SCHEMA.ops_incidentevent
  FOR EACH ROW EXECUTE FUNCTION SCHEMA.ops_incident_keep();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON SCHEMA.ops_incidentevent
  FOR EACH STATEMENT EXECUTE FUNCTION SCHEMA.ops_incident_keep();
-- Also for sessions that set session_replication_role.
ALTER TABLE SCHEMA.ops_incident ENABLE ALWAYS TRIGGER fixed;
ALTER TABLE SCHEMA.ops_incident ENABLE ALWAYS TRIGGER keep;
ALTER TABLE SCHEMA.ops_incident ENABLE ALWAYS TRIGGER keep_all;
ALTER TABLE SCHEMA.ops_incidentevent ENABLE ALWAYS TRIGGER redact;
ALTER TABLE SCHEMA.ops_incidentevent ENABLE ALWAYS TRIGGER keep;
ALTER TABLE SCHEMA.ops_incidentevent ENABLE ALWAYS TRIGGER keep_all;
"""


def keep(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
        cursor.execute(SQL.replace("SCHEMA.", f"{schema}."))


class Migration(migrations.Migration):
    dependencies = [("ops", "0041_incident_events")]

    # No way back: it would be a way to rewrite.
    operations = [migrations.RunPython(keep)]
