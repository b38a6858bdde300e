"""`manage.py fault`: make the demo platform misbehave, and stop it."""

import re
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from opspanel.clean_command import CleanCommand
from opspanel.demo.faults import FAULTS, FaultFile, UnknownFaultError, is_running

SECONDS = {"s": 1, "m": 60, "h": 3600}


class Command(CleanCommand):
    help = "Switch a fault of the demo platform on or off; without a name, list them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help="which fault; see the list")
        parser.add_argument(
            "--for", dest="duration", metavar="TIME", help="such as 30s, 2m, 1h"
        )
        parser.add_argument(
            "--clear", action="store_true", help="switch NAME off, or all faults"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        name, duration = options["name"], options["duration"]
        if duration and (options["clear"] or not name):
            message = "--for goes with a fault's name, and not with --clear."
            raise CommandError(message)
        seconds = parse_duration(duration) if duration else None
        file = FaultFile(running_state_dir())
        try:
            self.stdout.write(self._act(file, name, seconds, clear=options["clear"]))
        except UnknownFaultError:
            message = f"No fault is called {name!r}. There are: {', '.join(FAULTS)}."
            raise CommandError(message) from None

    def _act(
        self, file: FaultFile, name: str | None, seconds: float | None, *, clear: bool
    ) -> str:
        if clear:
            file.clear(name)
            return f"{name} is off." if name else "All faults are off."
        if name:
            file.switch_on(name, seconds)
            return f"{name} is on {describe(seconds)}."
        return listing(file)


def running_state_dir() -> Path:
    """Raises CommandError."""
    state_dir: Path = settings.OPSPANEL_RUN_DIR / "demo"
    if not is_running(state_dir):
        message = "No demo platform is running here. `make run` starts one."
        raise CommandError(message)
    return state_dir


def parse_duration(text: str) -> float:
    """`90s`, `2m`, `1h` -> seconds. Raises CommandError."""
    match = re.fullmatch(r"([1-9][0-9]{0,5})([smh])", text)
    if match is None:
        message = f"{text!r} is not a duration. Write one like 30s, 2m or 1h."
        raise CommandError(message)
    return int(match[1]) * SECONDS[match[2]]


def describe(seconds: float | None) -> str:
    return "until it is cleared" if seconds is None else f"for {seconds:.0f} s"


def listing(file: FaultFile) -> str:
    active = file.active()
    width = max(map(len, FAULTS))
    return "\n".join(
        f"{name:<{width}}  {_state(name, active):<10}  {text}"
        for name, text in FAULTS.items()
    )


def _state(name: str, active: dict[str, float | None]) -> str:
    if name not in active:
        return "off"
    until = active[name]
    return "on" if until is None else f"on, {max(0, until - time.time()):.0f} s"
