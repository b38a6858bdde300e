"""The long form: every text in every field at every place, and each alone where nothing
is escaped. `make soak`."""

import pytest

from tests.xss.attack import ALL, faults, unstopped, whole
from tests.xss.places import PLACES
from tests.xss.test_policy_alone import BY_NAME, unescaped

__all__ = ["unescaped"]
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_text_stays_a_text(watch, place, record_property):
    """Each payload in each field."""
    pages = list(whole(place))
    record_property("pages", len(pages))
    assert faults(watch, place, iter(pages)) == []


@pytest.mark.parametrize("place", ["overview", "live part"])
def test_the_policy_stops_each_payload_alone(watch, unescaped, place, record_property):
    """Nothing stands beside it that could keep it from acting."""
    watch.sign_in(watch.user)
    through = {}
    for payload in ALL:
        if found := unstopped(watch, BY_NAME[place], [payload]):
            through.setdefault(payload.family, {})[payload.text] = found
    record_property("families not stopped", ", ".join(through))
    assert set(through) <= {"meta refresh"}, through
