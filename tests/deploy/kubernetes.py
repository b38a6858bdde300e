"""What the manifests promise, as questions of the objects that kustomize would make."""

import re
from urllib.parse import urlsplit

from tests.deploy.compose import PINNED
from tests.deploy.kustomize import RUNNING, containers
from tests.deploy.places import breaches, kubernetes_schema

CONTAINED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
ANSWERS = {"web"}
ONCE = {"beat"}
USUAL_PORTS = {"postgresql": 5432, "redis": 6379, "nats": 4222}


def named(one):
    return f"{one['kind']} {one['metadata']['name']}"


def problems(objects):
    """Every promise that is broken, as a line each."""
    pods = [one for one in objects if one["kind"] in RUNNING]
    return [
        *(f"{named(one)}: {each}" for one in objects for each in _of_schema(one)),
        *(f"{named(one)}: {each}" for one in pods for each in _of_pod(one)),
        *(
            f"{named(one)}: {each}"
            for one in pods
            for each in _references(one, objects)
        ),
        *_selectors(objects),
        *_availability(objects),
        *_network(objects),
    ]


def _of_schema(one):
    schema = kubernetes_schema(one["kind"])
    return ["is of no known kind"] if schema is None else breaches(schema, one)


def _of_pod(one):
    pod = one["spec"]["template"]["spec"]
    security = pod.get("securityContext", {})
    if not security.get("runAsNonRoot") or not security.get("runAsUser"):
        yield "may run as root"
    if security.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "may call anything of the kernel"
    if pod.get("automountServiceAccountToken") is not False:
        yield "holds a token of Kubernetes"
    if any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")):
        yield "is at home on the node"
    for container in pod["containers"]:
        yield from _of_container(container)
        yield from _probes(one, container)
    if one["metadata"]["name"] in ONCE and (
        one["spec"]["replicas"] != 1 or one["spec"]["strategy"] != {"type": "Recreate"}
    ):
        yield "is there more than once"


def _of_container(container):
    if not PINNED.fullmatch(container["image"]):
        yield f"image {container['image']} is not pinned"
    if container.get("securityContext") != CONTAINED:
        yield "is not contained"
    resources = container.get("resources", {})
    if any(
        {"cpu", "memory"} - set(resources.get(key, {}))
        for key in ("requests", "limits")
    ):
        yield "asks for nothing, or has no limit"


def _probes(one, container):
    reason = one["metadata"].get("annotations", {}).get("opspanel/no-probe")
    if "livenessProbe" not in container and not reason:
        yield "has no probe, and no reason for that"
    if one["metadata"]["name"] not in ANSWERS:
        return
    ready, alive = (
        container.get(f"{each}Probe", {}) for each in ("readiness", "liveness")
    )
    if (
        ready.get("httpGet", {}).get("path") != "/readyz"
        or "startupProbe" not in container
    ):
        yield "gets requests before it is ready"
    if alive.get("httpGet", {}).get("path") != "/healthz":
        yield "is started again when something else is away"
    if "preStop" not in container.get("lifecycle", {}):
        yield "goes before proxies know"


def _references(one, objects):
    """Config maps, keys of secrets and accounts that are there; settings by their files."""
    known = {(each["kind"], each["metadata"]["name"]): each for each in objects}
    pod = one["spec"]["template"]["spec"]
    if ("ServiceAccount", pod.get("serviceAccountName")) not in known:
        yield f"there is no account {pod.get('serviceAccountName')}"
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    for volume in volumes.values():
        name = volume.get("configMap", {}).get("name")
        if name and ("ConfigMap", name) not in known:
            yield f"there is no config map {name}"
    for container in pod["containers"]:
        mounts = {
            mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]
        }
        yield from (
            f"there is no volume {name}" for name in {*mounts.values()} - set(volumes)
        )
        for source in container["envFrom"]:
            found = known.get(("ConfigMap", source["configMapRef"]["name"]))
            yield from _settings(found, mounts, volumes)


def _settings(config_map, mounts, volumes):
    if config_map is None:
        yield "its settings are nowhere"
        return
    for name, value in config_map["data"].items():
        folder = value.rpartition("/")[0]
        if name.endswith("_FILE") and "secret" not in volumes.get(
            mounts.get(folder), {}
        ):
            yield f"{name} names a file that nobody mounts"
        if re.search("PASSWORD|TOKEN|SECRET", name) and not name.endswith("_FILE"):
            yield f"{name} stands there in the open"


def _labels(one):
    return one["spec"]["template"]["metadata"]["labels"]


def _chosen(selector, objects):
    wanted = selector.items()
    return [
        one
        for one in objects
        if one["kind"] in RUNNING and wanted <= _labels(one).items()
    ]


def _selectors(objects):
    for one in objects:
        if one["kind"] == "Deployment":
            if one["spec"]["selector"]["matchLabels"].items() - _labels(one).items():
                yield f"{named(one)}: does not own its pods"
        elif one["kind"] == "Service":
            pods = _chosen(one["spec"]["selector"], objects)
            ports = {
                port["name"]
                for pod in pods
                for c in containers(pod)
                for port in c.get("ports", [])
            }
            wanted = {port["targetPort"] for port in one["spec"]["ports"]}
            if not pods or wanted - ports:
                yield f"{named(one)}: leads to nobody"


def _availability(objects):
    """Whoever is there more than once may be emptied from a node, one at a time."""
    guarded = []
    for one in objects:
        if one["kind"] == "PodDisruptionBudget":
            pods = _chosen(one["spec"]["selector"]["matchLabels"], objects)
            guarded += [named(pod) for pod in pods]
            if (
                sum(pod["spec"]["replicas"] for pod in pods)
                <= one["spec"]["minAvailable"]
            ):
                yield f"{named(one)}: lets no node be emptied"
    for one in objects:
        several = one["kind"] == "Deployment" and one["spec"]["replicas"] > 1
        if several and named(one) not in guarded:
            yield f"{named(one)}: all of it may go at once"
        if one["metadata"]["name"] in ANSWERS and one["kind"] == "Deployment":
            rolling = one["spec"].get("strategy", {}).get("rollingUpdate", {})
            if rolling.get("maxUnavailable") != 0 or one["spec"]["replicas"] < 2:
                yield f"{named(one)}: is away during an update"


def _network(objects):
    policies = [one for one in objects if one["kind"] == "NetworkPolicy"]
    closed = [one["spec"] for one in policies if one["spec"]["podSelector"] == {}]
    if not any(
        set(spec["policyTypes"]) == {"Ingress", "Egress"}
        and not {"ingress", "egress"} & set(spec)
        for spec in closed
    ):
        yield "NetworkPolicy: what nobody named is open"
    settings = [
        one["data"]
        for one in objects
        if one["kind"] == "ConfigMap" and "DATABASE_URL_FILE" in one["data"]
    ]
    for pod in (one for one in objects if one["kind"] in RUNNING):
        own = [
            policy["spec"]
            for policy in policies
            if policy["spec"]["podSelector"].get("matchLabels", {}).items()
            <= _labels(pod).items()
            and policy["spec"]["podSelector"]
        ]
        if not own:
            yield f"{named(pod)}: no policy lets it do its work"
        out = {
            port["port"]
            for spec in own
            for rule in spec.get("egress", [])
            for port in rule["ports"]
        }
        yield from (
            f"{named(pod)}: may not reach {port}"
            for port in needed(pod, settings) - out
        )
        into = [spec for spec in own if spec.get("ingress")]
        if into and pod["metadata"]["name"] not in ANSWERS:
            yield f"{named(pod)}: is called by somebody"
        if any("from" not in rule for spec in into for rule in spec["ingress"]):
            yield f"{named(pod)}: is called by anybody"


def needed(pod, settings):
    """Ports of what a process of the panel talks to."""
    name = pod["metadata"]["name"]
    addresses = [value for each in settings for value in each.values()]
    collector = [value for value in addresses if "otel-collector" in value]
    prometheus = [
        value for value in addresses if "prometheus" in urlsplit(value).netloc
    ]
    wanted = _ports(collector)
    if name != "migrate":
        wanted.add(USUAL_PORTS["redis"])
    if name != "beat":
        wanted.add(USUAL_PORTS["postgresql"])
    worker = name == "worker" or name.startswith("worker-")  # of another region
    if worker:
        wanted.add(USUAL_PORTS["nats"])
    if worker or name == "upkeep":  # the passes, and the watched signals
        wanted |= _ports(prometheus)
    return wanted


def _ports(addresses):
    return {urlsplit(each).port for each in addresses}


def queues(objects):
    """Names of queues that somebody works on."""
    words = (
        word
        for one in objects
        for c in containers(one)
        for word in c.get("command", [])
    )
    return {
        word.removeprefix("--queues=") for word in words if word.startswith("--queues=")
    }
