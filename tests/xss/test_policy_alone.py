"""Were a text not escaped one day: what the content policy, Trusted Types and hx-csp
still stop by themselves. `make soak` asks it of each payload alone."""

import copy

import pytest

from tests.xss.attack import ALL, unstopped
from tests.xss.payloads import FAMILIES
from tests.xss.places import PLACES

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
BY_NAME = {place.name: place for place in PLACES}
AT_ONCE = 8


@pytest.fixture
def unescaped(settings):
    engines = copy.deepcopy(settings.TEMPLATES)
    engines[0]["OPTIONS"]["autoescape"] = False
    settings.TEMPLATES = engines


def of(family):
    return [payload for payload in ALL if payload.family == family]


def through(watch):
    """The families that still do something, with what they do."""
    watch.sign_in(watch.user)
    found = {}
    for family in FAMILIES:
        first, second = of(family)[:AT_ONCE], of(family)[AT_ONCE : 2 * AT_ONCE]
        seen = unstopped(watch, BY_NAME["overview"], first)
        seen += unstopped(watch, BY_NAME["live part"], second or first)
        if seen:
            found[family] = seen
    return found


def test_without_escaping_the_policy_stops_all_families_but_one(
    unescaped, watch, record_property
):
    """All but a refresh by meta, which no policy of today's browsers can forbid. That
    one leads away, and the test sees it: so it would see the others as well."""
    found = through(watch)
    stopped = len(FAMILIES) - len(found)
    record_property("families stopped", f"{stopped} of {len(FAMILIES)}")
    record_property("not stopped", ", ".join(found))
    assert set(found) == {"meta refresh"}, found
