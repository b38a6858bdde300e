"""The connection breaks at the very moment at which the commit was done."""

import pytest
from django.db import connection

from bench.cutting import CuttingProxy
from bench.incidents import insist, missing_and_doubled


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_is_sent_again_is_stored_once():
    """Of sixty recordings every second reply is cut: none is lost, none doubled."""
    before = missing_and_doubled([])[1]
    port = connection.settings_dict["PORT"]
    connection.close()
    with CuttingProxy(int(port), share=0.5) as proxy:
        connection.settings_dict["PORT"] = proxy.port
        try:
            keys = insist(60)
        finally:
            connection.close()
            connection.settings_dict["PORT"] = port
    assert proxy.cut > 20
    lost, doubled = missing_and_doubled(keys)
    assert (lost, doubled - before) == (0, 0)
