"""A document, written past Python: what Postgres alone makes of it."""

import json
from decimal import Decimal

from django.db import DatabaseError, connection, transaction

INSERT = """
INSERT INTO ops_auditevent (actor_label, actor_role, action, target_type, target_id,
  result, correlation_id, metadata, user_agent)
VALUES ('x', 'x', 'test.act', 'test', '', 'success', '', %s::jsonb, '')
RETURNING metadata
"""


def exact(text):
    """A document with its numbers as they are written."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def stored(text):
    """What Postgres made of a document, None if it refused it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(INSERT, [text])
            return exact(cursor.fetchone()[0])
    except DatabaseError:
        return None
