import random

import pytest

from opspanel.sanitize import sanitize
from tests.sanitize.blind import cases, earlier
from tests.sanitize.corpus import report, tiers

GOALS = {
    "self-identifying": 0.995,
    "mandatory keys": 1.0,
    "keyword text": 0.98,
    "prose": 0.90,
    "evasions": 0.95,
    "PII and payment ids": 0.99,
    "Python objects": 1.0,
    "no known form": 0.93,
}


@pytest.fixture(scope="module")
def seed():
    made = str(random.SystemRandom().randrange(10**9))
    print(f"corpus seed {made}")  # noqa: T201 - shown where a test fails
    return made


@pytest.fixture(scope="module")
def corpus(seed):
    # Three draws: a single one has too few cases for goals stated in half percents.
    drawn = [tiers.cases(f"{seed}-{draw}") for draw in range(3)]
    return {name: [case for one in drawn for case in one[name]] for name in GOALS}


@pytest.mark.parametrize("tier", GOALS)
def test_secrets_of_every_tier_are_gone(tier, corpus):
    """On a corpus drawn anew, each tier meets its goal, whatever decoders one tries."""
    missed = report.missed(corpus[tier], sanitize)
    recall = 1 - len(missed) / len(corpus[tier])
    assert recall >= GOALS[tier], f"{recall:.4f}: {missed[:5]}"


def test_the_strings_that_operators_read_stay_as_they_are(seed):
    """At most one harmless string in two hundred is touched."""
    strings = tiers.harmless_strings(seed)
    harmed = report.harmed(strings, sanitize)
    assert len(harmed) <= 0.005 * len(strings), harmed[:5]


def test_harmless_objects_stay_as_they_are(seed):
    """No harmless object is touched."""
    assert report.harmed(tiers.harmless_objects(seed), sanitize) == []


@pytest.mark.parametrize("blind", [cases, earlier], ids=["second", "earlier"])
def test_unseen_kinds_are_found_too(seed, blind):
    """Of the cases written after the detectors were frozen, nine in ten go."""
    unseen = [case for tier in blind.cases(seed).values() for case in tier]
    missed = report.missed(unseen, sanitize)
    assert len(missed) <= 0.1 * len(unseen), missed[:5]
    harmless = blind.harmless(seed)
    assert len(report.harmed(harmless, sanitize)) <= 0.005 * len(harmless)
