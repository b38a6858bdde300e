"""What every service of the demo measures, with the edges that its SLOs need."""

from collections.abc import Iterable

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Histogram

EDGES = (
    0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1,
    0.2, 0.3, 0.5, 0.75, 1, 2.5, 5, 10,
)  # fmt: skip
STATUS_CLASSES = ("2xx", "4xx", "5xx")
OUTCOMES = ("processed", "failed")
REQUEST_LABELS = ("service", "route_template", "status_code_class", "operation")


def new_registry() -> CollectorRegistry:
    """A registry of one service's own, so that each target shows only its metrics."""
    # `_created` series double the scrape and nothing reads them.
    prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]
    return CollectorRegistry()


def histogram(name: str, text: str, registry: CollectorRegistry) -> Histogram:
    return Histogram(name, text, buckets=EDGES, registry=registry)


def counter(name: str, text: str, registry: CollectorRegistry) -> Counter:
    return Counter(name, text, registry=registry)


class HttpMetrics:
    """Requests and their duration. `routes` are (route template, operation)."""

    def __init__(
        self,
        service: str,
        routes: Iterable[tuple[str, str]],
        registry: CollectorRegistry,
    ) -> None:
        self._service = service
        self._requests = Counter(
            "http_server_requests_total",
            "Requests answered",
            REQUEST_LABELS,
            registry=registry,
        )
        self._seconds = Histogram(
            "http_server_request_duration_seconds",
            "Time to answer",
            ("service", "route_template"),
            buckets=EDGES,
            registry=registry,
        )
        for route, operation in routes:
            self.show(route, operation)

    def show(self, route: str, operation: str) -> None:
        """A counter that appears with its first event loses that event to `rate`."""
        self._seconds.labels(self._service, route)
        for status in STATUS_CLASSES:
            self._requests.labels(self._service, route, status, operation)

    def hide(self, route: str, operation: str) -> None:
        self._seconds.remove(self._service, route)
        for status in STATUS_CLASSES:
            self._requests.remove(self._service, route, status, operation)

    def observe(self, route: str, operation: str, status: int, seconds: float) -> None:
        status_class = f"{status // 100}xx"
        self._requests.labels(self._service, route, status_class, operation).inc()
        self._seconds.labels(self._service, route).observe(seconds)


class MessageMetrics:
    """Messages that a worker took, by outcome."""

    def __init__(self, service: str, registry: CollectorRegistry) -> None:
        messages = Counter(
            "worker_messages_total",
            "Messages taken",
            ("service", "outcome"),
            registry=registry,
        )
        self.processed, self.failed = (
            messages.labels(service, outcome) for outcome in OUTCOMES
        )
