"""panel.toml as it is for one region: what is there, and by which sources it is read."""

from collections.abc import Iterator, Sequence

from opspanel.panel.config import Dependency, PanelConfig, Service
from opspanel.panel.queues import Nats
from opspanel.panel.regions import Prometheus
from opspanel.terms import Source

_LONGEST_ID = 63


def other_regions(panel: PanelConfig) -> tuple[str, ...]:
    """Those that have workers of their own, in the order of panel.toml."""
    return tuple(dict.fromkeys(source.region for source in panel.sources))


def spread(panel: PanelConfig) -> PanelConfig:
    """Each service and dependency of several regions as one for each of them.

    In the panel's own region the id stays as it is, so that nothing that is known of it
    is lost when a second region comes.
    """
    return panel.model_copy(
        update={
            "services": tuple(_services(panel)),
            "dependencies": tuple(_dependencies(panel)),
        }
    )


def _services(panel: PanelConfig) -> Iterator[Service]:
    for service in panel.services:
        known_as = service.known_as or service.id
        for region in service.regions or (None,):
            there = (region,) if region else ()
            id_there = _id_in(region, service, panel)
            changed = {"id": id_there, "regions": there, "known_as": known_as}
            yield service.model_copy(update=changed) if region else service


def _dependencies(panel: PanelConfig) -> Iterator[Dependency]:
    for dependency in panel.dependencies:
        for region in dependency.regions or (None,):
            there = (region,) if region else ()
            changed = {"id": _id_in(region, dependency, panel), "regions": there}
            yield dependency.model_copy(update=changed)


def _id_in(region: str | None, item: Service | Dependency, panel: PanelConfig) -> str:
    own = region is None or region == panel.panel.region
    return item.id if own else f"{item.id}-{region}"


def in_region(panel: PanelConfig, region: str | None) -> PanelConfig:
    """What a pass over that region reads and judges. `panel` is spread already."""
    own = region == panel.panel.region
    tables = panel.regions.get(region or "")
    listed = tuple(source for source in panel.sources if source.region == region)
    return panel.reading_only(
        frozenset(Source) if own else frozenset(source.kind for source in listed),
        services=_there(panel.services, panel, region),
        dependencies=_there(panel.dependencies, panel, region),
        slos=tuple(
            slo for slo in panel.slos if (slo.region or panel.panel.region) == region
        ),
        prometheus=(tables and tables.prometheus)
        or (panel.prometheus if own else Prometheus()),
        nats=(tables and tables.nats) or _common_nats(panel, own=own),
        node_tasks=(tables and tables.node_tasks) or panel.node_tasks,
        outbox=(tables and tables.outbox) or panel.outbox,
        sources=listed,
    )


def _common_nats(panel: PanelConfig, *, own: bool) -> Nats:
    """The servers of one region are no other's, whatever else is common to all."""
    return panel.nats if own else panel.nats.model_copy(update={"servers": {}})


def _there[Item: (Service, Dependency)](
    items: Sequence[Item], panel: PanelConfig, region: str | None
) -> tuple[Item, ...]:
    return tuple(
        item for item in items if (item.regions or (panel.panel.region,)) == (region,)
    )


def faults(panel: PanelConfig) -> Iterator[str]:
    """What cannot be in `panel`, before it is spread: the key, and what was expected."""
    yield from _of_sources(panel)
    known = {panel.panel.region, *other_regions(panel)} - {None}
    for key, region in _named(panel):
        if region not in known:
            expected = ", ".join(sorted(filter(None, known))) or "none at all"
            yield (
                f"{key}: no region is called {region}: [panel] `region` and the regions "
                f"of [[sources]] are {expected}."
            )
    if not known or any(region not in known for _, region in _named(panel)):
        return
    yield from _unread(panel)
    yield from _of_ids(panel)


def _of_sources(panel: PanelConfig) -> Iterator[str]:
    if panel.sources and panel.panel.region is None:
        yield (
            "panel.region: must name the region that the addresses of the settings "
            "lead to, since [[sources]] name others."
        )
    seen: dict[str, str] = {}
    places: set[tuple[str, Source]] = set()
    for at, source in enumerate(panel.sources):
        key = f"sources[{at}]"
        if source.region == panel.panel.region:
            yield (
                f"{key}.region: must be another than the panel's own, whose sources "
                "are those of the settings."
            )
        if source.setting in seen:
            yield f"{key}.id: must differ from {seen[source.setting]} by more than - and _."
        if (source.region, source.kind) in places:
            yield f"{key}.kind: must be the only {source.kind} of {source.region}."
        seen[source.setting] = source.id
        places.add((source.region, source.kind))


def _named(panel: PanelConfig) -> Iterator[tuple[str, str]]:
    """Every use of a region's name, and where it is."""
    for service in panel.services:
        for region in service.regions:
            yield f"services `{service.id}` regions", region
    for dependency in panel.dependencies:
        for region in dependency.regions:
            yield f"dependencies `{dependency.id}` regions", region
    for slo in panel.slos:
        if slo.region:
            yield f"slos `{slo.id}` region", slo.region
    for region in panel.regions:
        yield f"regions.{region}", region


def _unread(panel: PanelConfig) -> Iterator[str]:
    """What a region should show, and has no source for."""
    for region in other_regions(panel):
        there = in_region(spread(panel), region)
        wanted = [
            (f"services `{each.id}`", Source.PROMETHEUS) for each in there.services
        ]
        wanted += [(f"slos `{each.id}`", Source.PROMETHEUS) for each in there.slos]
        wanted += [
            (f"dependencies `{each.id}`", each.probe) for each in there.dependencies
        ]
        for key, kind in wanted:
            if kind not in there.kinds:
                yield (
                    f"{key}: {region} has no source to read it from: add one of "
                    f"[[sources]] with kind {kind}."
                )


def _of_ids(panel: PanelConfig) -> Iterator[str]:
    components = spread(panel)
    ids = [each.id for each in components.services]
    ids += [each.id for each in components.dependencies]
    for name in dict.fromkeys(ids):
        if ids.count(name) > 1:
            yield f"`{name}` is used as an id twice, once with its region behind it."
        if len(name) > _LONGEST_ID:
            yield f"`{name}`: must be {_LONGEST_ID} characters at most with its region."
