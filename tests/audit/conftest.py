"""A role that owns nothing, and ways to act as it."""

import psycopg
import pytest
from django.db import connection, transaction
from psycopg import sql

from opspanel.audit import Target, record
from opspanel.audit.grants import grants
from tests.servers import own_name


def connect(**other):
    known = connection.settings_dict
    return psycopg.connect(
        host=known["HOST"],
        port=known["PORT"],
        dbname=known["NAME"],
        **{"user": known["USER"], "password": known["PASSWORD"], **other},
        autocommit=True,
    )


@pytest.fixture
def app(db):
    """A connection as a role of the panel that owns no table, with the printed rights."""
    role, password = own_name("app").lower(), own_name()
    name = sql.Identifier(role)
    with connect() as owner:
        made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        owner.execute(made.format(name, sql.Literal(password)))
        owner.execute(grants(role))
        with connect(user=role, password=password) as app:
            yield app
        owner.execute(sql.SQL("DROP OWNED BY {}").format(name))
        owner.execute(sql.SQL("DROP ROLE {}").format(name))


@pytest.fixture
def written(db):
    """Writes so many acts, different in every column."""

    def write(count):
        for number in range(count):
            with transaction.atomic():
                record(
                    "node.drain" if number % 3 else "node.cordon",
                    Target("node", f"n{number}"),
                    metadata={"reason": f"reason {number}", "new_value": number},
                )

    return write
