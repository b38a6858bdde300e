"""What a collector's configuration promises, as a question: whole, and tenants apart."""

LEAST_IDS = {"org_id", "project_id", "tenant_id", "user_id", "correlation_id"}
# More in queues than this share of the limit, and a flood makes everybody be refused.
MOST_IN_QUEUES = 0.6
TENANT = "x-tenant-id"
TIER = "x-tenant-tier"


def problems(config, memory_mib):
    """A line each. `memory_mib`: what its container may use."""
    return [
        *_wiring(config),
        *_memory(config, memory_mib),
        *_queues(config),
        *_tiers(config),
        *_edge(config),
        *_labels(config),
    ]


def _wiring(config):
    pipelines = config["service"]["pipelines"]
    connectors = config.get("connectors", {})
    for kind in ("receivers", "processors", "exporters"):
        declared = set(config[kind])
        used = {one for each in pipelines.values() for one in each.get(kind, [])}
        others = set() if kind == "processors" else set(connectors)
        yield from (
            f"{kind}: {one} is not declared" for one in used - declared - others
        )
        yield from (f"{kind}: {one} is in no pipeline" for one in declared - used)
    for one, each in connectors.items():
        led = {to for row in each["table"] for to in row["pipelines"]}
        led |= set(each["default_pipelines"])
        fed = {name for name, each in pipelines.items() if one in each["receivers"]}
        yield from (
            f"{one}: leads to {name}, which it does not feed" for name in led - fed
        )
        yield from (
            f"{one}: feeds {name}, to which nothing leads" for name in fed - led
        )
    started = config["service"]["extensions"]
    named = {*_authenticators(config), *started}
    yield from (
        f"extensions: {one} is not declared"
        for one in named - set(config["extensions"])
    )
    yield from (f"extensions: {one} is not started" for one in named - set(started))


def _authenticators(part):
    if isinstance(part, dict):
        if "authenticator" in part:
            yield part["authenticator"]
        for each in part.values():
            yield from _authenticators(each)


def _memory(config, memory_mib):
    limit = config["processors"]["memory_limiter"]
    if limit["limit_mib"] > 0.85 * memory_mib:
        yield "memory_limiter: the container is killed before it refuses"
    if not 0.1 <= limit["spike_limit_mib"] / limit["limit_mib"] <= 0.3:
        yield "memory_limiter: its soft limit is no fifth below the hard one"
    for name, each in config["service"]["pipelines"].items():
        from_outside = not set(each["receivers"]) <= set(config.get("connectors", {}))
        if from_outside and each.get("processors", [""])[0] != "memory_limiter":
            yield f"{name}: memory_limiter is not first"
    sizes = [
        each["sending_queue"]["queue_size"] for each in config["exporters"].values()
    ]
    if sum(sizes) > MOST_IN_QUEUES * limit["limit_mib"] * 2**20:
        yield "exporters: the queues hold more than the memory that there is"


def _queues(config):
    for name, each in config["exporters"].items():
        queue = each["sending_queue"]
        if not queue["enabled"]:
            yield f"{name}: has no queue"
        if queue["sizer"] != "bytes":
            yield f"{name}: its queue is bounded by what has no size"
        if queue["block_on_overflow"]:
            yield f"{name}: lets its senders wait"
        if not each["retry_on_failure"]["max_elapsed_time"].endswith("s"):
            yield f"{name}: tries for too long"
        if queue["batch"].get("min_size", 0) > queue["queue_size"]:
            yield f"{name}: its queue holds no batch"


def _tiers(config):
    """Each pipeline has an exporter that no other has, and with it a queue."""
    fed = [each["exporters"] for each in config["service"]["pipelines"].values()]
    for name in config["exporters"]:
        if sum(name in exporters for exporters in fed) > 1:
            yield f"{name}: two pipelines share its queue"
    for name, each in config.get("connectors", {}).items():
        if not any("quarantine" in one for one in each["default_pipelines"]):
            yield f"{name}: who has no tier is in no quarantine"
        if any(f'request["{TIER}"]' not in row["condition"] for row in each["table"]):
            yield f"{name}: routes by something else than the tier"


def _edge(config):
    """Who is whose comes from the edge, by headers that survive until the exporter."""
    servers = {
        f"{name}.{protocol}": server
        for name, each in config["receivers"].items()
        for protocol, server in each.get("protocols", {}).items()
    }
    for name, server in servers.items():
        if server["include_metadata"] and "auth" not in server:
            yield f"{name}: believes anybody's headers"
    if any("tail_sampling" in one for one in config["processors"]):
        yield "processors: tail_sampling forgets whose a span is"
    for name, each in config["exporters"].items():
        yield from (f"{name}: {line}" for line in _of_tenants(each, name, config))


def _of_tenants(exporter, name, config):
    setter = exporter.get("auth", {}).get("authenticator", "")
    headers = config["extensions"].get(setter, {}).get("headers", [])
    contexts = {
        one.get("from_context") for one in headers if one["key"] == "X-Scope-OrgID"
    }
    fixed = {one.get("value") for one in headers} | set(
        exporter.get("headers", {}).values()
    )
    keys = (
        exporter["sending_queue"]["batch"].get("partition", {}).get("metadata_keys", [])
    )
    behind = _sources(name, config) & set(config.get("connectors", {}))
    if behind and contexts != {TENANT}:
        yield "names another tenant than the edge did"
    if behind and keys != [TENANT]:
        yield "puts several tenants into one batch"
    if not behind and contexts - {None}:
        yield "names a tenant that no edge told"
    if not behind and "prometheus" not in name and "platform" not in fixed:
        yield "names no tenant"


def _sources(exporter, config):
    return {
        receiver
        for each in config["service"]["pipelines"].values()
        if exporter in each["exporters"]
        for receiver in each["receivers"]
    }


def _labels(config):
    """Ids are taken off every metric, from its points and from its resource."""
    for name, each in config["service"]["pipelines"].items():
        if not name.startswith("metrics"):
            continue
        for kind, key in (("attributes", "actions"), ("resource", "attributes")):
            gone = {
                action["key"]
                for one in each.get("processors", [])
                if one.partition("/")[0] == kind
                for action in config["processors"].get(one, {}).get(key, [])
                if action["action"] == "delete"
            }
            if not gone >= LEAST_IDS:
                yield f"{name}: a label tells {sorted(LEAST_IDS - gone)} ({kind})"
