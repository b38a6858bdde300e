"""`manage.py doctor`: every upstream as the panel will use it, a line each."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from opspanel.clean_command import CleanCommand
from opspanel.doctor import nats, own, prometheus, regions, tables, webhooks
from opspanel.doctor.finding import Finding, Grade
from opspanel.panel.config import PanelConfig
from opspanel.panel.in_region import in_region, other_regions
from opspanel.panel.load import configured_panel
from opspanel.regions import OtherRegion
from opspanel.snapshot.parts import stores_of
from opspanel.sources.prometheus import PrometheusAddress
from opspanel.terms import Source
from opspanel.upstreams import (
    database_url_of,
    nats_address,
    nats_address_of,
    prometheus_address,
    prometheus_address_of,
    replica_of,
)


class Command(CleanCommand):
    help = "Check every upstream as the panel will use it. Exit code 1 if one fails."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        panel = configured_panel()
        here = in_region(panel, panel.panel.region)
        findings = [
            *own.examine(settings.REDIS_URL),
            *webhooks.examine(panel),
            *_prometheus(prometheus_address(), here),
            *nats.examine(nats_address(), here),
            *tables.examine(settings.NODE_TASKS_DATABASE_URL, here),
            *(each for name in other_regions(panel) for each in _of(panel, name)),
        ]
        for finding in findings:
            self.stdout.write(str(finding))
        failures = sum(finding.grade is Grade.FAIL for finding in findings)
        self.stdout.write(f"{len(findings)} checks, {failures} failed.")
        if failures:
            raise SystemExit(1)


def _prometheus(
    address: PrometheusAddress | None, panel: PanelConfig
) -> Iterator[Finding]:
    yield from prometheus.examine(address, panel)
    try:
        replica = replica_of(address, panel) if address else None
    except ImproperlyConfigured as refused:
        yield prometheus.refused_replica(str(refused))
        return
    if replica is not None:
        for finding in prometheus.examine(replica, panel):
            yield replace(finding, subject=f"replica's {finding.subject}")


def _of(panel: PanelConfig, region: str) -> Iterator[Finding]:
    """By the addresses that this process was given: run it where the worker runs."""
    there = in_region(panel, region)
    other = OtherRegion(region=region, panel=there, stores=stores_of(region))
    told = regions.examine(other, timezone.now())
    for finding in (*_upstreams(there), *told):
        yield replace(finding, subject=f"{region} {finding.subject}")


def _upstreams(there: PanelConfig) -> Iterator[Finding]:
    if Source.PROMETHEUS in there.kinds:
        yield from _prometheus(prometheus_address_of(there), there)
    if Source.NATS in there.kinds:
        yield from nats.examine(nats_address_of(there), there)
    for kind in (Source.NODE_TASKS, Source.OUTBOX):
        if kind in there.kinds:
            yield from tables.examine(database_url_of(there, kind), there, [kind])
