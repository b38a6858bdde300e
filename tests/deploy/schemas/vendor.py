"""Takes the two schemas that are not ours from their packages, and notes their checksums.

`python tests/deploy/schemas/vendor.py FOLDER`, where FOLDER holds the wheels of
check-jsonschema 0.39.0 and kubernetes-validate 1.37.0 (`pip download --no-deps`). Of the
latter's 17,000 files only what our manifests use is kept, as one file, without the
descriptions.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COMPOSE = "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
KUBERNETES = (
    "kubernetes_validate/kubernetes-json-schema/v1.37.0-local-strict/_definitions.json"
)
KINDS = {
    "ConfigMap": "io.k8s.api.core.v1.ConfigMap",
    "Deployment": "io.k8s.api.apps.v1.Deployment",
    "Job": "io.k8s.api.batch.v1.Job",
    "Namespace": "io.k8s.api.core.v1.Namespace",
    "NetworkPolicy": "io.k8s.api.networking.v1.NetworkPolicy",
    "PodDisruptionBudget": "io.k8s.api.policy.v1.PodDisruptionBudget",
    "Service": "io.k8s.api.core.v1.Service",
    "ServiceAccount": "io.k8s.api.core.v1.ServiceAccount",
}


def main(wheels: Path) -> None:
    with zipfile.ZipFile(next(wheels.glob("check_jsonschema-0.39.0-*.whl"))) as wheel:
        (HERE / "compose-spec.json").write_bytes(wheel.read(COMPOSE))
    with zipfile.ZipFile(
        next(wheels.glob("kubernetes_validate-1.37.0-*.whl"))
    ) as wheel:
        every = json.loads(wheel.read(KUBERNETES))["$defs"]
    found: dict[str, Any] = {}
    for name in KINDS.values():
        gather(every, name, found)
    # A line for each definition, so that a new version can be compared.
    defined = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(found[name])}" for name in sorted(found)
    )
    (HERE / "kubernetes-1.37.json").write_text(
        f'{{"$schema": "http://json-schema.org/draft-07/schema#",\n'
        f'"kinds": {json.dumps(KINDS)},\n"$defs": {{\n{defined}\n}}}}\n'
    )
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in (HERE / "compose-spec.json", HERE / "kubernetes-1.37.json")
    ]
    (HERE / "SHA256SUMS").write_text("".join(lines))


def gather(every: dict[str, Any], name: str, found: dict[str, Any]) -> None:
    """The definition of that name, and all that it refers to."""
    if name not in found:
        found[name] = None  # in hand: some refer to themselves
        found[name] = rewritten(every[name], every, found)


def rewritten(part: Any, every: dict[str, Any], found: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [rewritten(each, every, found) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {}
    for key, value in part.items():
        if key == "$ref" and isinstance(value, str):
            name = value.rpartition("/")[2]
            gather(every, name, found)
            kept[key] = f"#/$defs/{name}"
        elif key != "description" or not isinstance(value, str):
            kept[key] = rewritten(value, every, found)
    return kept


if __name__ == "__main__":
    main(Path(sys.argv[1]))
