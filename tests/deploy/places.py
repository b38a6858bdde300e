"""The files of deploy/, as what they hold."""

import json
from pathlib import Path

import jsonschema_rs
import yaml

CHECKOUT = Path(__file__).resolve().parent.parent.parent
DEPLOY = CHECKOUT / "deploy"
SCHEMAS = Path(__file__).with_name("schemas")
COMPOSE = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())


def loaded(path):
    """YAML, and so JSON; `path` is below deploy/."""
    return yaml.safe_load((DEPLOY / path).read_text())


def breaches(schema, document):
    """What of the document its schema forbids: where, and why."""
    if isinstance(schema, str):
        schema = yaml.safe_load((SCHEMAS / schema).read_text())
    found = jsonschema_rs.validator_for(schema).iter_errors(document)
    return [f"{'.'.join(map(str, e.instance_path))}: {e.message}" for e in found]


def kubernetes_schema(kind):
    """None for a kind that is not Kubernetes' own, or that nothing of ours is."""
    bundle = json.loads((SCHEMAS / "kubernetes-1.37.json").read_text())
    if kind not in bundle["kinds"]:
        return None
    return {"$ref": f"#/$defs/{bundle['kinds'][kind]}", "$defs": bundle["$defs"]}
