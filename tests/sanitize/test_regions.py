"""Parts of several regions as one snapshot."""

from dataclasses import replace
from datetime import timedelta

from opspanel.sanitize.regions import Part, of_own_region, with_regions
from opspanel.terms import Health, Source
from tests import snapshots
from tests.snapshots import NOW

HERE = "eu-west"


def part(snapshot, region="us-east", **changes):
    given = {
        "region": region,
        "kinds": frozenset(Source),
        "snapshot": snapshot,
        "reported": True,
        "told_at": NOW,
    }
    return Part(**(given | changes))


def joined(own, *parts, previous=None):
    return with_regions(own, HERE, parts, previous)


def test_all_well_says_so_of_all():
    """As many signals as there are in all regions, and how many regions."""
    whole = joined(snapshots.healthy(), part(snapshots.healthy()))
    fresh = 2 * snapshots.healthy().decision.coverage.fresh
    assert whole.decision.sentence == f"Healthy: all {fresh} signals of 2 regions fresh"
    assert whole.decision.coverage.fresh == fresh


def test_the_worst_region_leads_and_the_others_are_named():
    """Bad before unknown before healthy; the level is that of the worst."""
    own, bad = snapshots.unknown(), snapshots.unhealthy()
    whole = joined(own, part(snapshots.healthy(), "ap-south"), part(bad))
    assert whole.decision.status is Health.UNHEALTHY
    assert whole.decision.degradation_level == bad.decision.degradation_level
    assert whole.decision.sentence.startswith("Unhealthy: us-east: ")
    assert "eu-west unknown" in whole.decision.sentence
    assert "ap-south" not in whole.decision.sentence
    fresh, declared = (whole.decision.coverage.fresh, whole.decision.coverage.declared)
    assert whole.decision.sentence.endswith(f"{fresh} of {declared} signals fresh")
    assert whole.decision.sentence.count("signals fresh") == 1


def test_unknown_in_one_region_beats_healthy_in_all_others():
    """A region of which nothing is known leaves the whole unknown."""
    silent = part(snapshots.unknown(), reported=False, told_at=None)
    whole = joined(snapshots.healthy(), part(snapshots.healthy(), "ap-south"), silent)
    assert whole.decision.status is Health.UNKNOWN
    words = "Unknown: us-east: nothing is collected; "
    assert whole.decision.sentence.startswith(words)


def test_what_was_the_panels_own_comes_back_without_the_rest():
    """The next pass holds over from its own region, and from no other."""
    own = snapshots.degraded()
    back = of_own_region(joined(own, part(snapshots.unhealthy())))
    assert len(back.health) == len(own.health)
    assert [card.key for card in back.actions] == [card.key for card in own.actions]
    assert {each.region for each in back.health} == {HERE}
    assert back.regions == ()


def test_the_same_trouble_in_two_regions_is_two_cards():
    """Each has a key, and a title, with its region; each stands since it began."""
    bad = snapshots.unhealthy()
    first = joined(bad, part(bad))
    keys = [card.key for card in first.actions]
    assert len(keys) == len(set(keys)) == 2 * len(bad.actions)
    later = replace(
        bad,
        actions=tuple(
            replace(card, since=card.since + timedelta(minutes=5))
            for card in bad.actions
        ),
    )
    second = joined(bad, part(later), previous=first)
    assert {card.key: card.since for card in second.actions} == {
        card.key: card.since for card in first.actions
    }


def test_a_queue_without_a_source_is_not_there():
    """A region with a NATS and no database has streams and no table of tasks."""
    kinds = frozenset({Source.PROMETHEUS, Source.NATS})
    [_, there] = joined(
        snapshots.healthy(), part(snapshots.healthy(), kinds=kinds)
    ).regions
    assert there.nats is not None
    assert (there.node_tasks, there.outbox) == (None, None)
