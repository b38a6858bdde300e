"""The Celery tasks: thin, idempotent, single run by slot."""

import contextlib
import logging
from functools import cache

from celery import shared_task
from django.db import Error

from opspanel import metering
from opspanel.access.sessions import forget_ended
from opspanel.audit.anchors import Anchor
from opspanel.audit.status import verify_and_anchor
from opspanel.celery import AUDIT_SECONDS, FORGET_SECONDS, TELL_SECONDS
from opspanel.collect import Collector, LeakingSanitizerError
from opspanel.outgoing.sending import send_due
from opspanel.panel.in_region import in_region
from opspanel.panel.load import configured_panel
from opspanel.sanitize import reasons
from opspanel.slots import claim
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.parts import stores_of
from opspanel.snapshot.store import StoreUnavailableError, newest_of
from opspanel.upstreams import asked_of_watched, open_collector, open_sources_of
from opspanel.watch.points import STEP_SECONDS
from opspanel.watchlist.judging import look

log = logging.getLogger(__name__)
# Of other regions, of which one worker may read several.
_opened: dict[str, Collector] = {}


@cache
def collector() -> Collector:
    """One a worker process: it is made after the fork, at the first task."""
    return open_collector(configured_panel())


def collector_of(region: str) -> Collector:
    """As `collector`, of another region."""
    if region not in _opened:
        panel = in_region(configured_panel(), region)
        _opened[region] = Collector(open_sources_of(panel), stores_of(region), panel)
    return _opened[region]


@shared_task(soft_time_limit=20, time_limit=30)
def collect() -> None:
    """Make the pass of the present slot, unless somebody else has."""
    try:
        slot = claim("collect", configured_panel().collection.interval_seconds)
        if slot is not None:
            collector().run_pass(slot.claimed_at)
            metering.note_redactions(reasons.counts())
    except (Error, StoreUnavailableError, LeakingSanitizerError):
        # The next slot tries again; until then the age of the last snapshot tells.
        log.exception("a collection pass could not be claimed or saved")
    except Exception:
        _give_up(collector())
        collector.cache_clear()
        raise


@shared_task(soft_time_limit=20, time_limit=30)
def collect_region(region: str) -> None:
    """Read, judge and clean one other region, for the next pass to take in."""
    interval = configured_panel().collection.interval_seconds
    try:
        slot = claim(f"collect:{region}", interval)
        if slot is not None:
            collector_of(region).run_pass(slot.claimed_at)
            metering.note_redactions(reasons.counts())
    except (Error, StoreUnavailableError, LeakingSanitizerError):
        log.exception("a pass over another region could not be claimed or saved")
    except Exception:
        _give_up(_opened.pop(region, None))
        raise


@shared_task(soft_time_limit=240, time_limit=270)
def verify_audit() -> None:
    """Verify what the trail has gained, now and then all of it, and anchor its end."""
    try:
        if claim("audit", AUDIT_SECONDS) is not None:
            verify_and_anchor(_kept_anchors(), read_whole=False)
    except Error:
        log.exception("the audit trail could not be verified")


@shared_task(soft_time_limit=240, time_limit=270)
def tell_others() -> None:
    """Send what incidents have to tell to the webhooks of panel.toml."""
    try:
        if claim("tell", TELL_SECONDS) is not None:
            send_due(configured_panel())
    except Error:
        log.exception("webhooks could not be told of incidents")


@shared_task(soft_time_limit=240, time_limit=270)
def watch() -> None:
    """Judge the five minutes that are over."""
    try:
        slot = claim("watch", STEP_SECONDS)
        if slot is not None:
            panel, newest = configured_panel(), newest_of(configured_stores())
            look(panel, newest, asked_of_watched(), slot.number - 1)
    except (Error, StoreUnavailableError):
        # The slot is lost: a gap in the points, which later judgements tell.
        log.exception("watched signals could not be judged")


@shared_task(soft_time_limit=240, time_limit=270)
def forget_sessions() -> None:
    """Remove what is left of sessions that are over."""
    try:
        if claim("sessions", FORGET_SECONDS) is not None:
            forget_ended()
    except Error:
        log.exception("sessions that are over could not be removed")


def _kept_anchors() -> list[Anchor]:
    """Of the newest snapshot: the trail's owner may not reach all its stores."""
    try:
        snapshot = newest_of(configured_stores())
    except StoreUnavailableError:
        return []
    kept = snapshot.audit.anchor if snapshot and snapshot.audit else None
    return [Anchor(kept.seq, bytes.fromhex(kept.hash))] if kept else []


def _give_up(interrupted: Collector | None) -> None:
    """Nobody knows what state an interrupted pass left its loop and connections in."""
    if interrupted is not None:
        with contextlib.suppress(Exception):
            interrupted.__exit__()
