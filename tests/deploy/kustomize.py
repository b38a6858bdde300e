"""As much of kustomize as our manifests use."""

import yaml

RUNNING = {"Deployment", "Job"}


def built(folder):
    """The objects of a kustomization and its bases, and what it names in vain."""
    own = yaml.safe_load((folder / "kustomization.yaml").read_text())
    objects, problems = [], [*_missing(folder, own)]
    for path in (folder / name for name in own["resources"]):
        if path.is_dir():
            more, wrong = built(path.resolve())
            objects, problems = objects + more, problems + wrong
        elif path.exists():
            objects += yaml.safe_load_all(path.read_text())
    objects += _generated(folder, own)
    for one in objects:
        _transform(one, own)
    return objects, problems


def containers(one):
    running = one["kind"] in RUNNING
    return one["spec"]["template"]["spec"]["containers"] if running else []


def _missing(folder, own):
    files = [
        name for each in own.get("configMapGenerator", []) for name in each["files"]
    ]
    for name in (*own["resources"], *files):
        if not (folder / name).exists():
            yield f"{folder.name}: there is no {name}"
    known = {*own["resources"], "kustomization.yaml"}
    for path in folder.glob("*.yaml"):
        if path.name not in known:
            yield f"{folder.name}: {path.name} is in no list"


def _generated(folder, own):
    """Without the hash that kustomize adds to the name and to all who name it."""
    for each in own.get("configMapGenerator", []):
        paths = [folder / name for name in each["files"]]
        found = {path.name: path.read_text() for path in paths if path.exists()}
        head = {"apiVersion": "v1", "kind": "ConfigMap"}
        yield {**head, "metadata": {"name": each["name"]}, "data": found}


def _transform(one, own):
    one["metadata"]["namespace"] = own["namespace"]
    for container in containers(one):
        container["image"] = _image(container["image"], own.get("images", []))
    for each in own.get("replicas", []):
        if (one["kind"], one["metadata"]["name"]) == ("Deployment", each["name"]):
            one["spec"]["replicas"] = each["count"]


def _image(image, changes):
    for change in changes:
        if image.partition(":")[0] == change["name"]:
            return f"{change['newName']}:{change['newTag']}"
    return image
