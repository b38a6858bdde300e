"""Texts that want to be more than texts, in a real Chromium. `make soak` has all of it."""

from dataclasses import fields, is_dataclass

import pytest

from opspanel.snapshot import schema
from tests.xss.attack import ALL, faults, short
from tests.xss.payloads import FAMILIES
from tests.xss.places import PLACES, SNAPSHOT

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_there_is_enough_to_fear():
    """Five hundred texts that differ, of all families."""
    assert len({payload.text for payload in ALL}) == len(ALL) >= 500
    assert {payload.family for payload in ALL} == set(FAMILIES)
    assert len(FAMILIES) >= 19


def test_every_text_of_a_snapshot_is_attacked():
    """Also one that the schema gets tomorrow: the snapshot shown here must fill it."""
    texts = {slot.field.rpartition(".")[2] for slot in SNAPSHOT}
    declared = {
        field.name
        for kind in vars(schema).values()
        if is_dataclass(kind)
        for field in fields(kind)
        if "CleanText" in str(field.type)
    }
    assert texts == declared


def test_a_text_stays_a_text(watch):
    """At every place: no script, no request, no navigation, no dialog, and every element
    where it was."""
    found = {place.name: faults(watch, place, short(place)) for place in PLACES}
    assert found == {place.name: [] for place in PLACES}
