"""Postgres is killed under writers, with clusters of its own on a real disk."""

from tests.benches import ended


def told_by(*command):
    """What a bench prints, which ends well."""
    bench = ended(*command)
    assert bench.returncode == 0, bench.stderr[-2000:]
    assert "lost: 0, doubled: 0" in bench.stdout
    assert "audit whole up to" in bench.stdout
    return bench.stdout


def test_what_was_acknowledged_outlives_the_kills():
    """Once the whole server, once one process of it, under eight writers: each act that
    was acknowledged is there once, with its message and its audit row, and the audit
    trail is whole. (`make soak` kills it fifty times.)"""
    assert "2 kills" in told_by("bench.crash", "--kills", "2")


def test_what_was_acknowledged_is_on_the_standby():
    """The primary is killed whole, and its standby promoted: the same holds there, and
    writers find it by themselves. (`make soak` does it twenty times.)"""
    assert "1 fail-overs" in told_by("bench.failover", "--failovers", "1")
