"""The rights of the role that the panel runs as, where another role owns the tables.

Printed and not executed: two of the settings are a superuser's to give.
"""

from django.db import connection
from psycopg import sql

_GRANTS = """BEGIN;
GRANT USAGE ON SCHEMA {schema} TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
REVOKE INSERT, UPDATE, DELETE ON {schema}.django_migrations FROM {role};
REVOKE ALL ON {schema}.ops_audithead, {schema}.ops_auditevent, {schema}.ops_auditanchor
  FROM {role};
GRANT SELECT ON {schema}.ops_audithead TO {role};
GRANT SELECT, INSERT (actor_user_id, actor_label, actor_role, action, target_type,
  target_id, result, correlation_id, metadata, actor_ip, user_agent)
  ON {schema}.ops_auditevent TO {role};
GRANT SELECT, INSERT (seq, hash) ON {schema}.ops_auditanchor TO {role};
-- A timeline only grows; a redaction empties words.
REVOKE UPDATE, DELETE ON {schema}.ops_incidentevent FROM {role};
GRANT UPDATE (body, changes) ON {schema}.ops_incidentevent TO {role};
REVOKE DELETE ON {schema}.ops_incident FROM {role};
-- What Postgres refuses stays out of its log.
ALTER ROLE {role} SET log_error_verbosity = 'terse';
ALTER ROLE {role} SET log_min_error_statement = 'panic';
-- Nobody holds the end of the trail by sleeping in a transaction.
ALTER ROLE {role} SET idle_in_transaction_session_timeout = '5s';
COMMIT;
"""


def grants(role: str) -> str:
    """The statements for `role`, which must exist. To be run again after migrations."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = cursor.fetchone()[0]
    names = {"schema": sql.Identifier(schema), "role": sql.Identifier(role)}
    return sql.SQL(_GRANTS).format(**names).as_string()
