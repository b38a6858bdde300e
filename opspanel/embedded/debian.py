"""A program of the distribution, from its package, into a folder: nothing is installed."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from opspanel.embedded.program import StartError


def unpack(package: str, folder: Path) -> None:
    """Download the package with apt-get and unpack it here, also without being root.

    Who comes while another unpacks waits. Raises StartError with the reason.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        reason = "this system has no apt-get"
        raise StartError(reason)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "unpacking").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        _unpack(package, folder)


def _unpack(package: str, folder: Path) -> None:
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    download = ["download", package]
    if not _apt([], folder, download):
        # This machine's package lists are empty or old: get some of our own.
        own = [
            f"Dir::State::Lists={folder / 'lists'}",
            f"Dir::Cache={folder / 'cache'}",
        ]
        if not (_apt(own, folder, ["update"]) and _apt(own, folder, download)):
            reason = "apt-get could not download it"
            raise StartError(reason)
    found = next(iter(sorted(folder.glob(f"{package}_*.deb"))))
    _run(["dpkg-deb", "--extract", str(found), str(folder)], folder)
    found.unlink()
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
