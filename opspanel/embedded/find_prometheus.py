"""Where Prometheus is: on PATH, or fetched once with the Debian package manager."""

import os
import shutil
import subprocess
from pathlib import Path

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
        _fetch(tools / "prometheus")
    if not fetched.exists():
        raise StartError(MISSING.format(reason="the package holds no such program"))
    return fetched


def _fetch(folder: Path) -> None:
    """Download and unpack the distribution's package here: nothing is installed."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise StartError(MISSING.format(reason="this system has no apt-get"))
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    download = ["download", "prometheus"]
    if not _apt([], folder, download):
        # This machine's package lists are empty or old: get some of our own.
        own = [
            f"Dir::State::Lists={folder / 'lists'}",
            f"Dir::Cache={folder / 'cache'}",
        ]
        if not (_apt(own, folder, ["update"]) and _apt(own, folder, download)):
            raise StartError(MISSING.format(reason="apt-get could not download it"))
    package = next(iter(sorted(folder.glob("prometheus_*.deb"))))
    _run(["dpkg-deb", "--extract", str(package), str(folder)], folder)
    package.unlink()
    shutil.rmtree(folder / "lists", ignore_errors=True)
    shutil.rmtree(folder / "cache", ignore_errors=True)


def _apt(options: list[str], folder: Path, command: list[str]) -> bool:
    if os.geteuid() == 0:
        # Else apt changes to a user who may not write here.
        options = [*options, "APT::Sandbox::User=root"]
    flags = [part for option in options for part in ("-o", option)]
    return _run(["apt-get", "-qq", *flags, *command], folder)


def _run(command: list[str], folder: Path) -> bool:
    try:
        result = subprocess.run(
            command, cwd=folder, capture_output=True, check=False, timeout=300
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0
