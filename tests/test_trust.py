"""One word for how far something may be believed, wherever it is shown."""

import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template

from opspanel.assess.figures import good_for
from opspanel.assess.source_states import source_states
from opspanel.snapshot.outdated import is_stale, stale_after
from opspanel.snapshot.schema import Snapshot
from opspanel.templatetags import figures, words
from opspanel.terms import FailureKind, Health, Source, Trust
from opspanel.trust import by_age
from tests import snapshots
from tests.assess import given

INTERVAL = 5.0


@pytest.mark.parametrize(
    ("age", "word"),
    [
        (0, Trust.FRESH),
        (10, Trust.FRESH),
        (10.1, Trust.LATE),
        (20, Trust.LATE),
        (20.1, Trust.STALE),
    ],
)
def test_ages_have_words(age, word):
    """Fresh until two intervals, late until four, then stale; a page as a figure."""
    assert by_age(age, stale_after(INTERVAL)) is word
    now = snapshots.NOW
    stale = is_stale(now - timedelta(seconds=age), now, INTERVAL)
    assert stale is (word is Trust.STALE)
    assert good_for(given.panel()) == stale_after(INTERVAL)


def test_only_what_is_fresh_is_judged():
    """A reading that is late makes nothing green, although it is not yet stale."""
    late = given.judged(nats=given.nats(observed_at=given.ago(11)))
    assert late.queues.nats.status is Health.UNKNOWN
    fresh = given.judged(nats=given.nats(observed_at=given.ago(10)))
    assert fresh.queues.nats.status is Health.HEALTHY


def states(**changed):
    found = source_states(given.readings(**changed), most_skew=30)
    return {state.source: state.trust for state in found}


def test_a_source_has_one_word():
    """By what it answered: all, in part, nothing; with a clock that is off; nobody."""
    assert set(states().values()) == {Trust.FRESH}
    told = states(
        prometheus=given.prometheus(skew=90),
        nats=given.nats(missing=("LOST",)),
        node_tasks=FailureKind.TIMEOUT,
        outbox=FailureKind.UNCONFIGURED,
    )
    assert told == {
        Source.PROMETHEUS: Trust.SKEW,
        Source.NATS: Trust.PARTIAL,
        Source.NODE_TASKS: Trust.ERROR,
        Source.OUTBOX: Trust.DISABLED,
    }


def shown(snapshot: Snapshot, now):
    asked = "{% load ops %}{% for s in snapshot.sources %}{% trust s %} {% endfor %}"
    context = {"snapshot": snapshot, "now": now, "interval": INTERVAL}
    return Template(asked).render(Context(context)).split()


@pytest.mark.parametrize(("age", "word"), [(2, "Fresh"), (12, "Late"), (30, "Stale")])
def test_what_was_fresh_ages_on_the_page(age, word):
    """Whoever looks later reads another word."""
    told = snapshots.healthy()
    assert set(shown(told, told.taken_at + timedelta(seconds=age))) == {word}


def test_zero_and_nothing_never_look_alike():
    """Each word for what is missing stands behind a dash, where a number has none."""
    builder = snapshots.Builder(snapshots.NOW)
    [figure] = [
        each
        for each in snapshots.figures(snapshots.healthy())
        if each.query == snapshots.healthy().queues.outbox.pending.query
    ][:1]
    zero = figures.reading_html(_replaced(figure, value=0.0), builder.now)
    assert words.DASH not in zero
    for missing in words.MISSING:
        nothing = figures.reading_html(
            _replaced(figure, value=None, missing=missing), builder.now
        )
        assert words.DASH in nothing
        assert not re.search(r">\s*0", nothing)


def _replaced(figure, **changed):
    return type(figure)(
        **{f.name: getattr(figure, f.name) for f in fields(figure)} | changed
    )


def test_every_word_is_explained():
    """docs/terms.md has each, and a page has a word for each."""
    terms = (Path(settings.BASE_DIR) / "docs/terms.md").read_text(encoding="utf-8")
    for word in Trust:
        assert f"| {word.name} |" in terms
        assert words.TRUST[word].lower() == word
