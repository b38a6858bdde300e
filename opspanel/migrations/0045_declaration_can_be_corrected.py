"""The moment of the declaration can be corrected, like all other times.

What it was stays in the timeline, which only grows.
"""

from typing import Any

from django.db import migrations

SQL = r"""
CREATE OR REPLACE FUNCTION SCHEMA.ops_incident_fixed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.client_key, NEW.declared_by_label, NEW.origin, NEW.recurs_id)
    IS DISTINCT FROM
    (OLD.id, OLD.client_key, OLD.declared_by_label, OLD.origin, OLD.recurs_id)
  THEN
    RAISE EXCEPTION 'this part of an incident is fixed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.version < OLD.version THEN
    RAISE EXCEPTION 'an incident never goes back' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
"""


def correctable(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
        cursor.execute(SQL.replace("SCHEMA.", f"{schema}."))


class Migration(migrations.Migration):
    dependencies = [("ops", "0044_void_permission")]

    operations = [migrations.RunPython(correctable)]
