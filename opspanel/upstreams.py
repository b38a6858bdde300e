"""What a pass reads: the platform's systems as the settings name them, those of other
regions as panel.toml does, and the panel's own state."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from opspanel.asking import REPLICA, Sources, server_key
from opspanel.audit.status import status_now
from opspanel.breaker import Door
from opspanel.collect import Collector, Own
from opspanel.env import is_loopback
from opspanel.incidents.latest import incidents_now
from opspanel.panel.config import PanelConfig
from opspanel.panel.in_region import in_region, other_regions
from opspanel.regions import OtherRegion
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.parts import stores_of
from opspanel.sources.nats import NatsAddress, NatsSource
from opspanel.sources.nats_server import NatsServerSource
from opspanel.sources.node_tasks import NodeTasksSource
from opspanel.sources.outbox import OutboxSource
from opspanel.sources.prometheus import PrometheusAddress, PrometheusSource
from opspanel.sources.slos import SloSource
from opspanel.terms import Source
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


def open_collector(panel: PanelConfig) -> Collector:
    """Of the panel's own region, which takes in what was told of all others."""
    others = [
        OtherRegion(region=name, panel=in_region(panel, name), stores=stores_of(name))
        for name in other_regions(panel)
    ]
    own = replace(OWN, parts=lambda now: [other.part(now) for other in others])
    here = in_region(panel, panel.panel.region)
    return Collector(open_sources(here), configured_stores(), here, own=own)


def open_sources(panel: PanelConfig) -> Sources:
    """Sources whose address is set; they connect at their first read."""
    tables = settings.NODE_TASKS_DATABASE_URL
    return _sources(panel, prometheus_address(), nats_address(), tables, tables)


def open_sources_of(region: PanelConfig) -> Sources:
    """Of another region, whose panel that is: those that are listed for it and whose
    address this process was given."""
    return _sources(
        region,
        prometheus_address_of(region),
        nats_address_of(region),
        database_url_of(region, Source.NODE_TASKS),
        database_url_of(region, Source.OUTBOX),
    )


def _sources(
    panel: PanelConfig,
    prometheus: PrometheusAddress | None,
    nats: NatsAddress | None,
    node_tasks: str | None,
    outbox: str | None,
) -> Sources:
    panel = panel.model_copy(update={"collection": panel.collection.bounded()})
    servers = {name: str(url) for name, url in panel.nats.servers.items()}
    replica = replica_of(prometheus, panel) if prometheus else None
    urls = {
        REPLICA: replica.url if replica else None,
        "prometheus": prometheus.url if prometheus else None,
        "nats": nats.url if nats else None,
        "node_tasks": node_tasks,
        "outbox": outbox,
    }
    return Sources(
        prometheus=PrometheusSource(prometheus, panel) if prometheus else None,
        nats=NatsSource(nats, panel) if nats else None,
        node_tasks=NodeTasksSource(node_tasks, panel) if node_tasks else None,
        outbox=OutboxSource(outbox, panel) if outbox else None,
        slos=SloSource(prometheus, panel) if prometheus and panel.slos else None,
        replica=PrometheusSource(replica, panel) if replica else None,
        replica_slos=SloSource(replica, panel) if replica and panel.slos else None,
        nats_servers={
            name: NatsServerSource(url, panel) for name, url in servers.items()
        },
        doors=_doors(urls | {server_key(name): url for name, url in servers.items()}),
    )


def replica_of(
    address: PrometheusAddress, panel: PanelConfig
) -> PrometheusAddress | None:
    """With the credentials of the first, wherever that has them.

    Raise ImproperlyConfigured where it is the first itself, or would be sent in clear
    what the first is sent encrypted.
    """
    url = panel.prometheus.replica_url
    if url is None:
        return None
    first, second = urlsplit(address.url), urlsplit(str(url))
    replica = replace(
        address,
        url=str(url),
        username=address.username or unquote(first.username or "") or None,
        password=address.password or unquote(first.password or "") or None,
    )
    if _place(first) == _place(second):
        message = (
            "replica_url of [prometheus] must be another server than the first: "
            "it is the same address."
        )
        raise ImproperlyConfigured(message)
    in_clear = second.scheme == "http" and not is_loopback(second.hostname)
    if first.scheme == "https" and in_clear and (replica.token or replica.username):
        message = (
            "replica_url of [prometheus] must begin with https://, as the first's "
            "address does: it is sent the same credentials."
        )
        raise ImproperlyConfigured(message)
    return replica


def _place(parts: SplitResult) -> tuple[str | None, int, str]:
    port = parts.port or _USUAL_PORTS[parts.scheme]
    return parts.hostname, port, parts.path.rstrip("/")


def _doors(urls: Mapping[str, str | None]) -> dict[str, Door]:
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


def prometheus_address_of(region: PanelConfig) -> PrometheusAddress | None:
    given = _Given(region, Source.PROMETHEUS)
    url = given.url("http", "https")
    if url is None:
        return None
    return PrometheusAddress(
        url=url,
        token=given("TOKEN"),
        username=given("USERNAME"),
        password=given("PASSWORD"),
        ca_file=given("CA_FILE"),
    )


def nats_address_of(region: PanelConfig) -> NatsAddress | None:
    given = _Given(region, Source.NATS)
    url = given.url("nats", "tls")
    if url is None:
        return None
    credentials = given("CREDENTIALS_FILE")
    return NatsAddress(
        url=url, credentials_file=Path(credentials) if credentials else None
    )


def database_url_of(region: PanelConfig, kind: Source) -> str | None:
    return _Given(region, kind).url("postgres", "postgresql")


class _Given:
    """Settings of the one source of that kind in the region."""

    def __init__(self, region: PanelConfig, kind: Source) -> None:
        of_kind = (each.setting for each in region.sources if each.kind is kind)
        self._name = next(of_kind, None)

    def __call__(self, what: str) -> str | None:
        value: str | None = settings.OPSPANEL_SOURCES.get(f"{self._name}_{what}")
        return value

    def url(self, *schemes: str) -> str | None:
        """Raise ImproperlyConfigured, which names the setting and never its value."""
        value = self("URL")
        if value is not None and value.partition("://")[0] not in schemes:
            expected = " or ".join(f"{scheme}://" for scheme in schemes)
            message = (
                f"OPSPANEL_SOURCE_{self._name}_URL must be an address that begins "
                f"with {expected}."
            )
            raise ImproperlyConfigured(message)
        return value
