"""The Celery tasks: thin, idempotent, single run by slot."""

import contextlib
import logging
from functools import cache

from celery import shared_task
from django.db import Error
from django.utils import timezone

from opspanel.collect import Collector, LeakingSanitizerError
from opspanel.panel.load import configured_panel
from opspanel.slots import claim
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.store import StoreUnavailableError
from opspanel.upstreams import open_sources

log = logging.getLogger(__name__)


@cache
def collector() -> Collector:
    """One a worker process: it is made after the fork, at the first task."""
    panel = configured_panel()
    return Collector(open_sources(panel), configured_stores(), panel)


@shared_task(soft_time_limit=20, time_limit=30)
def collect() -> None:
    """Make the pass of the present slot, unless somebody else has."""
    try:
        slot = claim("collect", configured_panel().collection.interval_seconds)
        if slot is not None:
            collector().run_pass(timezone.now())
    except (Error, StoreUnavailableError, LeakingSanitizerError):
        # The next slot tries again; until then the age of the last snapshot tells.
        log.exception("a collection pass could not be claimed or saved")
    except Exception:
        _start_anew()
        raise


def _start_anew() -> None:
    """Nobody knows what state an interrupted pass left its loop and connections in."""
    with contextlib.suppress(Exception):
        collector().__exit__()
    collector.cache_clear()
