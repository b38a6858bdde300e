"""What docker-compose.yml promises, as questions: each answers with what breaks it."""

import re
from pathlib import Path

from tests.deploy.network import unreachable

ONE_SHOTS = {"volumes", "migrate"}
PANEL = {"web-1", "web-2", "worker", "upkeep", "beat", "migrate"}
PINNED = re.compile(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w.]+)?(@sha256:[0-9a-f]{64})?")


def problems(compose, checkout):
    """Every promise that is broken, as a line each."""
    named = compose["services"].items()
    return [
        *(f"{name}: {each}" for name, one in named for each in _of_one(name, one)),
        *_missing_parts(compose),
        *_missing_files(compose, checkout),
        *_start_order(compose),
        *unreachable(compose, checkout),
    ]


def _of_one(name, service):
    yield from _image(service)
    yield from _containment(service)
    yield from _health(service)
    yield from _published(service)
    if name in PANEL | {"demo"} and "OTEL_EXPORTER_OTLP_ENDPOINT" not in (
        service.get("environment") or {}
    ):
        yield "is not told where to send telemetry"


def _image(service):
    if not PINNED.fullmatch(service.get("image", "")):
        yield f"image {service.get('image')!r} is not pinned"


def _containment(service):
    user = str(service.get("user", "0"))
    if user.partition(":")[0] in {"0", "root"}:
        yield "runs as root"
    if service.get("read_only") is not True:
        yield "may write its own file system"
    if service.get("cap_drop") != ["ALL"]:
        yield "keeps rights of root"
    if set(service.get("cap_add", [])) - {"NET_BIND_SERVICE"}:
        yield "is given rights of root"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield "may gain rights"
    if service.get("privileged") or "docker.sock" in str(service.get("volumes", "")):
        yield "has the machine in its hands"
    limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
    if set(limits) != {"cpus", "memory", "pids"}:
        yield "has no limit of its processor, memory or processes"


def _health(service):
    check = service.get("healthcheck")
    reason = service.get("x-no-health-check", "").strip()
    if not check and not reason:
        yield "has no health check, and no reason for that"
    if check and reason:
        yield "has a health check, and a reason why it has none"
    if check and not {"test", "interval", "timeout", "retries"} <= set(check):
        yield "has a health check that may wait for ever"


def _published(service):
    """To this machine, or to where an operator said."""
    for port in service.get("ports", []):
        if not str(port).startswith(("127.0.0.1:", "${OPSPANEL_PUBLISH:-127.0.0.1}:")):
            yield f"publishes {port} to everybody"


def _missing_parts(compose):
    for kind in ("secrets", "networks"):
        declared = set(compose[kind])
        used = {
            one for each in compose["services"].values() for one in each.get(kind, [])
        }
        yield from (f"{kind}: {name} is not declared" for name in used - declared)
        yield from (f"{kind}: {name} is used by nobody" for name in declared - used)
    mounted = [source for source, _ in _mounts(compose) if "/" not in source]
    declared = set(compose["volumes"])
    yield from (f"volumes: {name} is not declared" for name in set(mounted) - declared)
    yield from (
        f"volumes: {name} is mounted by nobody" for name in declared - {*mounted}
    )
    # Those that this user owns begin as the folders of the image.
    folders = {target for _, target in _mounts(compose, only="volumes")}
    ours = declared - {"postgres"}
    yield from (
        f"volumes: {name} would belong to root"
        for name in ours
        if f"/srv/volumes/{name}" not in folders
    )


def _mounts(compose, only=None):
    for name, service in compose["services"].items():
        for mount in service.get("volumes", []) if only in {None, name} else []:
            source, target, *_ = mount.split(":")
            yield source, target


def _missing_files(compose, checkout):
    for source, _ in _mounts(compose):
        if source.startswith(".") and not (Path(checkout) / source).exists():
            yield f"volumes: there is no {source}"
    for service in compose["services"].values():
        build = service.get("build")
        dockerfile = Path(checkout) / build["dockerfile"] if build else None
        if dockerfile and f" AS {build['target']}\n" not in dockerfile.read_text():
            yield f"build: {build['dockerfile']} makes no {build['target']}"


def _start_order(compose):
    """Who waits for health waits for somebody who has it; nobody waits in a circle."""
    services = compose["services"]
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            if other not in services:
                yield f"{name}: waits for {other}, which is not there"
                continue
            healthy = "healthcheck" in services[other]
            if how["condition"] == "service_healthy" and not healthy:
                yield f"{name}: waits for the health of {other}, which tells none"
            done = how["condition"] == "service_completed_successfully"
            if done != (other in ONE_SHOTS):
                yield f"{name}: waits for {other} in the wrong way"
    yield from (
        f"{name}: waits for itself" for name in services if _circle(name, services)
    )


def _circle(name, services):
    seen, ahead = set(), set(services[name].get("depends_on", {}))
    while ahead:
        one = ahead.pop()
        if one == name:
            return True
        if one not in seen and one in services:
            seen.add(one)
            ahead |= set(services[one].get("depends_on", {}))
    return False
