"""A redaction takes replaced links out of an event, as it does other words."""

from typing import Any

from django.db import migrations

SQL = """
CREATE OR REPLACE FUNCTION SCHEMA.ops_incident_redact() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.body = ''
    AND NEW.changes = OLD.changes - ARRAY['title', 'summary', 'customer_impact', 'links']
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
"""


def replace(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
        cursor.execute(SQL.replace("SCHEMA.", f"{schema}."))


class Migration(migrations.Migration):
    dependencies = [("ops", "0124_incident_links")]

    # No way back: it would be a way to rewrite.
    operations = [migrations.RunPython(replace)]
