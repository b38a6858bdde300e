"""What a pass reads: the platform's systems as the settings name them, and the panel's
own state."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from opspanel.asking import Sources
from opspanel.audit.status import status_now
from opspanel.breaker import Door
from opspanel.collect import Own
from opspanel.incidents.latest import incidents_now
from opspanel.panel.config import PanelConfig
from opspanel.sources.nats import NatsAddress, NatsSource
from opspanel.sources.node_tasks import NodeTasksSource
from opspanel.sources.outbox import OutboxSource
from opspanel.sources.prometheus import PrometheusAddress, PrometheusSource
from opspanel.sources.slos import SloSource
from opspanel.watchlist.gathering import Asked
from opspanel.watchlist.listing import watchlist_now

_USUAL_PORTS = {
    "http": 80,
    "https": 443,
    "nats": 4222,
    "tls": 4222,
    "postgres": 5432,
    "postgresql": 5432,
}

OWN = Own(audit_trail=status_now, incidents=incidents_now, watchlist=watchlist_now)


def open_sources(panel: PanelConfig) -> Sources:
    """Sources whose address is set; they connect at their first read."""
    panel = panel.model_copy(update={"collection": panel.collection.bounded()})
    prometheus, nats = prometheus_address(), nats_address()
    tables = settings.NODE_TASKS_DATABASE_URL
    return Sources(
        prometheus=PrometheusSource(prometheus, panel) if prometheus else None,
        nats=NatsSource(nats, panel) if nats else None,
        node_tasks=NodeTasksSource(tables, panel) if tables else None,
        outbox=OutboxSource(tables, panel) if tables else None,
        slos=SloSource(prometheus, panel) if prometheus and panel.slos else None,
        doors=_doors(),
    )


def _doors() -> dict[str, Door]:
    urls = {
        "prometheus": settings.PROMETHEUS_URL,
        "nats": settings.NATS_URL,
        "node_tasks": settings.NODE_TASKS_DATABASE_URL,
        "outbox": settings.NODE_TASKS_DATABASE_URL,
    }
    found = {name: door(url) for name, url in urls.items() if url}
    return {name: each for name, each in found.items() if each}


def door(url: str) -> Door | None:
    """None for several hosts, or a socket: nobody knocks at those."""
    parts = urlsplit(url)
    if not parts.hostname or "," in parts.netloc.rpartition("@")[2]:
        return None
    return Door(parts.hostname, parts.port or _USUAL_PORTS[parts.scheme])


def asked_of_watched() -> Asked:
    return Asked(prometheus_address(), settings.NODE_TASKS_DATABASE_URL)


def prometheus_address() -> PrometheusAddress | None:
    if settings.PROMETHEUS_URL is None:
        return None
    return PrometheusAddress(
        url=settings.PROMETHEUS_URL,
        token=settings.PROMETHEUS_TOKEN,
        username=settings.PROMETHEUS_USERNAME,
        password=settings.PROMETHEUS_PASSWORD,
        ca_file=settings.PROMETHEUS_CA_FILE,
    )


def nats_address() -> NatsAddress | None:
    if settings.NATS_URL is None:
        return None
    credentials = settings.NATS_CREDENTIALS_FILE
    return NatsAddress(
        url=settings.NATS_URL,
        credentials_file=Path(credentials) if credentials else None,
    )
