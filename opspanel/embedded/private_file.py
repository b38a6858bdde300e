"""Files that hold passwords: only their owner may read them, and never half of one."""

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def write_private(path: Path, text: str) -> None:
    """Replace the file at once: a reader sees the old or the new one, whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)


def write_private_json(path: Path, content: Mapping[str, Any]) -> None:
    write_private(path, json.dumps(content, indent=2) + "\n")


def passwords(path: Path, names: Iterable[str]) -> dict[str, str]:
    """One password per name: those of an earlier start, and new ones where missing."""
    known = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: secrets.token_urlsafe(18) for name in names if name not in known}
    if missing:
        write_private_json(path, known | missing)
    return {**known, **missing}
