"""A measured figure, as a line of the table in docs/reliability.md."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path


def tell(what: str, measured: str, command: str) -> None:
    """`command` is what measures it again."""
    load = os.getloadavg()[0]
    when = f"{datetime.now(UTC):%Y-%m-%d}, {_machine()}, load {load:.0f}"
    print(f"| {what} | {measured} | {when} | `{command}` |", flush=True)


def _machine() -> str:
    """Cores, processor and kernel."""
    told = Path("/proc/cpuinfo").read_text()
    found = told.partition("model name")[2].partition("\n")[0].strip("\t: ")
    kernel = ".".join(platform.release().split(".")[:2])
    return f"{os.cpu_count()} cores of {found or platform.machine()}, kernel {kernel}"
