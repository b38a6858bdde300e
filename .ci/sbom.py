"""What the panel is made of, as CycloneDX 1.6: `make sbom` prints it.

Made from the hashed lock alone, so that it names what is installed and not what happens
to lie here, and so that the same lock always gives the same bytes.
"""
# ruff: noqa: INP001, T201 - a script

import hashlib
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
VENDOR = CHECKOUT / "static" / "vendor"
PIN = re.compile(r"^(?P<name>[\w.-]+)(?:\[[^]]*\])?==(?P<version>[^\s;]+)", re.ASCII)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
VIA = re.compile(r"^    # (?:via |  )([\w.-]+)(?: \(.*\))?$", re.MULTILINE)
VENDORED = re.compile(r"^\| `(?P<folder>[^`]+)` \| `(?P<name>[^`]+)` \|", re.MULTILINE)

type Component = dict[str, Any]


def pins(lock: str) -> Iterator[tuple[str, str, list[str], list[str]]]:
    """Name, version, hashes of the files that may be installed, and who wants it."""
    for entry in re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE):
        if found := PIN.match(entry):
            wanted_by = VIA.findall(entry)
            yield found["name"], found["version"], HASH.findall(entry), wanted_by


def component(kind: str, name: str, version: str, hashes: list[str]) -> Component:
    address = f"pkg:{kind}/{name}@{version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        # Any one of these files is installed, as the platform asks.
        "externalReferences": [
            {
                "type": "distribution",
                "url": address,
                "hashes": [{"alg": "SHA-256", "content": each} for each in hashes],
            }
        ],
    }


def vendored() -> Iterator[Component]:
    """What the browser gets that no lock names."""
    for entry in VENDORED.finditer((VENDOR / "README.md").read_text()):
        folder = VENDOR / entry["folder"]
        lines = (folder / "SHA256SUMS").read_text().splitlines()
        hashes = [line.split()[0] for line in lines]
        yield component("npm", entry["name"], folder.name, hashes)


def bill(lock: Path) -> dict[str, Any]:
    text, project = lock.read_text(), _project()
    whole = [*pins(text)]
    made = [
        component("pypi", name, version, files) for name, version, files, _ in whole
    ]
    of_name = {
        name: found["bom-ref"] for (name, *_), found in zip(whole, made, strict=True)
    }
    root = f"pkg:pypi/{project['name']}@{project['version']}"
    front = [*vendored()]
    needs: dict[str, list[str]] = {root: [each["bom-ref"] for each in front]}
    for name, _, _, wanted_by in whole:
        for who in wanted_by:
            needs.setdefault(of_name.get(who, root), []).append(of_name[name])
    digest = hashlib.sha256(json.dumps([made, front, root]).encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": [*made, *front],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(set(needs.get(ref, [])))}
            for ref in [root, *of_name.values(), *(each["bom-ref"] for each in front)]
        ],
    }


def _project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    project: dict[str, Any] = found["project"]
    return project


def main() -> None:
    lock = CHECKOUT / "requirements" / f"{sys.argv[1] if sys.argv[1:] else 'base'}.txt"
    print(json.dumps(bill(lock), indent=2))


if __name__ == "__main__":
    main()
