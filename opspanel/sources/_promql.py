"""Which queries a pass asks, and how many of them go into one."""

from collections.abc import Iterable, Mapping

from opspanel.panel.config import PUBLISH_FAILURES, PanelConfig

# Queries by key, e.g. {"api.throughput": "sum(rate(...))"}.
type Pieces = Mapping[str, str]

# The label that tells the pieces of a combined query apart.
MARK = "opspanel_query"
CLOCK = "clock"
HEALTH = ("up", "scraped")
RATES = ("throughput", "errors", "latency_p95")
TRENDS = ("throughput", "errors")


def combine(pieces: Pieces) -> str:
    """Join queries with `or`; their marks differ, so it drops none of their series.

    The line breaks keep a comment at a query's end from swallowing the bracket.
    """
    return " or ".join(
        f'label_replace((\n{query}\n), "{MARK}", "{key}", "", "")'
        for key, query in pieces.items()
    )


def instant_groups(panel: PanelConfig) -> tuple[Pieces, ...]:
    """Queries that are likely to fail together go together."""
    # The clock piece answers always: it tells a dead server from one without series.
    health = _pieces(panel, HEALTH) | {CLOCK: "vector(time())"}
    rates = _pieces(panel, RATES)
    if panel.outbox.publish_failures:
        rates[PUBLISH_FAILURES] = panel.outbox.publish_failures
    return (health, rates) if rates else (health,)


def trend_pieces(panel: PanelConfig) -> Pieces:
    """One series for each key: a trend is drawn as one line."""
    return {key: f"sum(\n{query}\n)" for key, query in _pieces(panel, TRENDS).items()}


def _pieces(panel: PanelConfig, names: Iterable[str]) -> dict[str, str]:
    return {
        f"{service.id}.{name}": query
        for service in panel.services
        for name, query in panel.promql(service).items()
        if name in names
    }
