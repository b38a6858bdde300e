"""The manifests: of Kubernetes' own schemas, and as they promise. No cluster is asked."""

import copy
import tomllib

import pytest

from opspanel.celery import app
from opspanel.panel.config import PanelConfig
from tests.deploy.kubernetes import problems, queues
from tests.deploy.kustomize import built
from tests.deploy.places import CHECKOUT, COMPOSE, DEPLOY, breaches, loaded
from tests.deploy.planted import changed
from tests.test_docs import settings_read

EXAMPLE = DEPLOY / "kubernetes" / "example"
OBJECTS, PROBLEMS = built(EXAMPLE)
# Not settings of the panel itself: Django's, OpenTelemetry's, and words of the health check.
OTHERS = {
    "DJANGO_SETTINGS_MODULE",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OPSPANEL_RUN_DIR",
    "OPSPANEL_HOST",
}


def test_the_kustomization_is_whole():
    """Each file that it names is there, and each that is there it names."""
    assert PROBLEMS == []
    for name in ("base", "example"):
        own = loaded(f"kubernetes/{name}/kustomization.yaml")
        assert breaches("kustomization.yaml", own) == []


def test_it_keeps_its_promises():
    """Of the schemas, contained, probed, findable, and closed but for what it needs."""
    assert problems(OBJECTS) == []


def test_what_is_needed_is_there():
    """Web, each worker, beat, migration; a budget and a policy for who needs one."""
    names = {(one["kind"], one["metadata"]["name"]) for one in OBJECTS}
    wanted = {("Deployment", name) for name in ("web", "worker", "upkeep", "beat")}
    wanted |= {("Job", "migrate"), ("PodDisruptionBudget", "web"), ("Service", "web")}
    assert wanted <= names


def planted(kind, name, place, change):
    """The objects, of which one has a change; `place` may hold numbers."""
    made = copy.deepcopy(OBJECTS)
    at = next(
        i
        for i, one in enumerate(made)
        if (one["kind"], one["metadata"]["name"]) == (kind, name)
    )
    if "containers" in place:
        head, _, rest = place.partition("containers.0")
        part = made[at]
        for step in head.strip(".").split("."):
            part = part[step]
        part["containers"][0] = changed(
            part["containers"][0], rest.strip("."), **change
        )
    else:
        made[at] = changed(made[at], place, **change)
    return made


POD = "spec.template.spec"
BOX = f"{POD}.containers.0"
WEB = ("Deployment", "web")
PLANTED = [
    (*WEB, "spec", {"replicaz": 3}, "replicaz"),
    (*WEB, BOX, {"imagee": "x"}, "imagee"),
    (*WEB, BOX, {"image": "opspanel:latest"}, "not pinned"),
    (*WEB, BOX, {"securityContext": ...}, "not contained"),
    (
        *WEB,
        f"{BOX}.securityContext",
        {"readOnlyRootFilesystem": False},
        "not contained",
    ),
    (*WEB, f"{BOX}.resources", {"limits": ...}, "no limit"),
    (*WEB, f"{POD}.securityContext", {"runAsNonRoot": ...}, "run as root"),
    (*WEB, f"{POD}.securityContext", {"seccompProfile": ...}, "anything of the kernel"),
    (*WEB, POD, {"automountServiceAccountToken": True}, "token of Kubernetes"),
    (*WEB, POD, {"hostNetwork": True}, "at home on the node"),
    (*WEB, POD, {"serviceAccountName": "other"}, "no account other"),
    (*WEB, BOX, {"livenessProbe": ...}, "no probe"),
    (*WEB, BOX, {"startupProbe": ...}, "before it is ready"),
    (*WEB, f"{BOX}.readinessProbe.httpGet", {"path": "/healthz"}, "before it is ready"),
    (
        *WEB,
        f"{BOX}.livenessProbe.httpGet",
        {"path": "/readyz"},
        "something else is away",
    ),
    (*WEB, BOX, {"lifecycle": ...}, "before proxies know"),
    (*WEB, BOX, {"envFrom": [{"configMapRef": {"name": "gone"}}]}, "nowhere"),
    (*WEB, BOX, {"volumeMounts": []}, "nobody mounts"),
    (*WEB, POD, {"volumes": []}, "no volume"),
    (*WEB, "spec", {"replicas": 1}, "away during an update"),
    (
        *WEB,
        "spec.strategy.rollingUpdate",
        {"maxUnavailable": 1},
        "away during an update",
    ),
    (*WEB, "spec.selector", {"matchLabels": {"a": "b"}}, "does not own"),
    ("Deployment", "worker", BOX, {"livenessProbe": ...}, "no reason"),
    ("Deployment", "beat", "spec", {"replicas": 2}, "more than once"),
    ("Deployment", "beat", "spec", {"strategy": {}}, "more than once"),
    ("Deployment", "beat", "metadata", {"annotations": {}}, "no reason"),
    ("Service", "web", "spec", {"selector": {"a": "b"}}, "leads to nobody"),
    (
        "Service",
        "web",
        "spec",
        {"ports": [{"port": 80, "targetPort": "x"}]},
        "leads to nobody",
    ),
    ("PodDisruptionBudget", "web", "spec", {"minAvailable": 3}, "no node be emptied"),
    (
        "PodDisruptionBudget",
        "web",
        "spec.selector",
        {"matchLabels": {"a": "b"}},
        "go at once",
    ),
    ("NetworkPolicy", "nothing", "spec", {"ingress": [{}]}, "is open"),
    ("NetworkPolicy", "nothing", "spec", {"policyTypes": ["Ingress"]}, "is open"),
    ("NetworkPolicy", "upkeep", "spec", {"egress": []}, "may not reach 5432"),
    ("NetworkPolicy", "beat", "spec", {"egress": []}, "may not reach 4318"),
    (
        "NetworkPolicy",
        "upkeep",
        "spec",
        {"egress": [{"ports": [{"port": 5432}, {"port": 6379}]}]},
        "may not reach 9090",
    ),
    (
        "NetworkPolicy",
        "worker",
        "spec.podSelector",
        {"matchLabels": {"a": "b"}},
        "do its work",
    ),
    ("NetworkPolicy", "worker", "spec", {"ingress": [{}]}, "called by somebody"),
    (
        "NetworkPolicy",
        "web",
        "spec",
        {"ingress": [{"ports": [{"port": 80}]}]},
        "by anybody",
    ),
    (
        "ConfigMap",
        "opspanel-settings",
        "data",
        {"PROMETHEUS_TOKEN": "x"},
        "in the open",
    ),
    (
        "ConfigMap",
        "opspanel-settings",
        "data",
        {"PROMETHEUS_URL": "http://prometheus:1"},
        "reach 1",
    ),
    (
        "ConfigMap",
        "opspanel-settings",
        "data",
        {"SECRET_KEY_FILE": "/x/y"},
        "nobody mounts",
    ),
]


@pytest.mark.parametrize(("kind", "name", "place", "change", "told"), PLANTED)
def test_a_broken_promise_is_caught(kind, name, place, change, told):
    """One change each, and the line that tells of it."""
    found = problems(planted(kind, name, place, change))
    assert any(told in line for line in found), found


def test_a_file_that_is_not_there_or_not_named_is_caught(tmp_path):
    """Kustomize would stop at the first and pass over the second."""
    text = (EXAMPLE / "kustomization.yaml").read_text().replace("../base", "gone.yaml")
    (tmp_path / "kustomization.yaml").write_text(text)
    (tmp_path / "spare.yaml").write_text("")
    found = built(tmp_path)[1]
    told = ("no gone.yaml", "spare.yaml is in no list", "no panel.toml")
    assert all(any(word in line for line in found) for word in told)


def of_compose():
    for service in COMPOSE["services"].values():
        command = service.get("command", [])
        yield from (
            w.removeprefix("--queues=") for w in command if w.startswith("--queues=")
        )


def test_somebody_works_on_every_queue():
    """As workers know them, with Compose and on Kubernetes."""
    wanted = {queue.name for queue in app.conf.task_queues}
    assert queues(OBJECTS) == set(of_compose()) == wanted


def environments():
    config = next(
        one for one in OBJECTS if one["metadata"]["name"] == "opspanel-settings"
    )
    return config["data"], COMPOSE["services"]["web-1"]["environment"]


@pytest.mark.parametrize("environment", environments(), ids=["kubernetes", "compose"])
def test_every_setting_is_one_that_the_panel_reads(environment):
    """A slip of the pen would be passed over in silence."""
    known = {*settings_read(), *OTHERS}
    names = {
        name.removesuffix("_FILE") if name not in known else name
        for name in environment
    }
    assert names - known == set()


def test_the_example_is_a_panel_toml():
    """The panel would start on it."""
    PanelConfig.model_validate(tomllib.loads((EXAMPLE / "panel.toml").read_text()))


def test_the_image_is_the_one_that_compose_builds():
    """One version in both, and in the package."""
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"][
        "version"
    ]
    assert COMPOSE["services"]["web-1"]["image"] == f"opspanel:{version}"
    web = next(one for one in OBJECTS if one["kind"] == "Deployment")
    image = web["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image.endswith(f"/opspanel:{version}")
