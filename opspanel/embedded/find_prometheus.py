"""Where Prometheus is: on PATH, or fetched once with the Debian package manager."""

import shutil
from pathlib import Path

from opspanel.embedded.debian import unpack
from opspanel.embedded.program import StartError

MISSING = (
    "Prometheus is not on PATH and could not be fetched ({reason}). Install it with "
    "your package manager, or set PROMETHEUS_URL to one that runs."
)


def find_prometheus(tools: Path) -> Path:
    """Raises StartError with the cure when there is none."""
    if found := shutil.which("prometheus"):
        return Path(found)
    fetched = tools / "prometheus" / "usr" / "bin" / "prometheus"
    if not fetched.exists():
        try:
            unpack("prometheus", tools / "prometheus")
        except StartError as error:
            raise StartError(MISSING.format(reason=error)) from None
    if not fetched.exists():
        raise StartError(MISSING.format(reason="the package holds no such program"))
    return fetched
