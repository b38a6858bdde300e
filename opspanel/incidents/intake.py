"""What people and scripts type, checked and cleaned before anything is stored."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from opspanel.incidents.errors import InvalidError
from opspanel.incidents.problem import problem_digest
from opspanel.models import User
from opspanel.models.incidents import LONGEST_KEY, LONGEST_TEXT, LONGEST_TITLE
from opspanel.panel.config import PanelConfig
from opspanel.sanitize import fields
from opspanel.sanitize.visible import is_visible
from opspanel.terms import Impact, Severity

# Control, line-separating, reordering and tag characters, and what is no character.
# Those that only join or part letters belong to scripts and emoji, and may come in.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile(r"\r\n?")
_IN_PASSAGES = "\n\t"
# Clocks of browsers and of other systems run ahead a little.
_AHEAD = timedelta(minutes=2)
_OLDEST = timedelta(days=366)
_RUNBOOKS = 10
_LINKS = 10
_SERVICES = 50


class Intake:
    """Takes one value at a time and remembers what is wrong with each; `check` raises
    it all at once, so that nobody mends a form in five rounds."""

    def __init__(self, now: datetime, panel: PanelConfig) -> None:
        self._now = now
        self._panel = panel
        self.messages: dict[str, str] = {}

    def check(self) -> None:
        if self.messages:
            raise InvalidError(self.messages)

    def refuse(self, field: str, message: str) -> None:
        self.messages.setdefault(field, message)

    def title(self, raw: object) -> str:
        text = fields.incident_title(
            self._text("title", raw, LONGEST_TITLE, allowed="")
        )
        if not is_visible(text):
            self.refuse("title", "Say in a few words what is wrong.")
        return text

    def passage(self, field: str, raw: object) -> str:
        """Several lines, or none."""
        return fields.passage(self._text(field, raw, LONGEST_TEXT, _IN_PASSAGES))

    def note(self, field: str, raw: object, shortest: int = 1) -> str:
        """Several lines, at least `shortest` characters."""
        text = self.passage(field, raw)
        if (
            len(text) < shortest or not is_visible(text)
        ) and field not in self.messages:
            wanted = f"at least {shortest} characters" if shortest > 1 else "something"
            self.refuse(field, f"Write {wanted}.")
        return text

    def problem(self, field: str, raw: object) -> str:
        """The digest of a key of whoever asks, which is only ever compared."""
        return problem_digest(self._text(field, raw, LONGEST_KEY, allowed=""))

    def flag(self, field: str, raw: object) -> bool:
        if not isinstance(raw, bool):
            self.refuse(field, "Say yes or no.")
        return bool(raw)

    def severity(self, raw: object) -> int:
        try:
            return Severity(int(raw)).value  # type: ignore[call-overload]
        except (TypeError, ValueError):
            self.refuse("severity", "Choose 1 (worst) to 4.")
            return 0

    def impact(self, field: str, raw: object) -> str:
        try:
            return Impact(str(raw)).value
        except ValueError:
            self.refuse(field, f"Choose one of: {', '.join(Impact)}.")
            return ""

    def service(self, field: str, raw: str) -> str:
        if raw not in self._panel.component_ids():
            self.refuse(field, "There is no such service in panel.toml.")
        return raw

    def services(self, given: Mapping[str, object]) -> dict[str, str]:
        if len(given) > _SERVICES:
            self.refuse("services", f"At most {_SERVICES} services.")
            return {}
        return {
            self.service("services", name): self.impact("services", impact)
            for name, impact in given.items()
        }

    def runbooks(self, given: Any) -> list[str]:
        known = {runbook.id for runbook in self._panel.runbooks}
        several = isinstance(given, Iterable) and not isinstance(given, str)
        wanted = [str(one) for one in given] if several else [""]
        if not known.issuperset(wanted):
            self.refuse("runbooks", "There is no such runbook in panel.toml.")
        elif len(wanted) > _RUNBOOKS:
            self.refuse("runbooks", f"At most {_RUNBOOKS} runbooks.")
        return wanted

    def links(self, given: Any) -> list[str]:
        """Whole addresses that a person may open: tickets, chats, dashboards."""
        several = isinstance(given, Iterable) and not isinstance(given, str)
        wanted = [str(one).strip() for one in given] if several else [""]
        cleaned = [fields.link(one) for one in wanted]
        if None in cleaned:
            self.refuse("links", "Whole http or https addresses without credentials.")
        elif len(wanted) > _LINKS:
            self.refuse("links", f"At most {_LINKS} links.")
        return [one for one in cleaned if one]

    def owner(self, raw: object) -> User | None:
        """Of an account's number; None where nobody is meant."""
        if raw in {None, ""}:
            return None
        found = User.objects.filter(pk=_number(raw), is_active=True).first()
        if found is None:
            self.refuse("owner", "There is no such account.")
        return found

    def time(self, field: str, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.refuse(field, "Say in which time zone.")
        elif value > self._now + _AHEAD:
            self.refuse(field, "This lies in the future.")
        elif value < self._now - _OLDEST:
            self.refuse(field, "This is more than a year ago.")
        return min(value, self._now) if value.tzinfo else value

    def not_before(self, field: str, value: datetime | None, start: datetime) -> None:
        if value is not None and field not in self.messages and value < start:
            self.refuse(field, "This lies before the start.")

    def _text(self, field: str, raw: object, longest: int, allowed: str) -> str:
        if not isinstance(raw, str):
            self.refuse(field, "Write text.")
            return ""
        text = _LINE_ENDS.sub("\n", raw).strip()
        if len(text) > longest:
            self.refuse(field, f"At most {longest} characters; these are {len(text)}.")
        hidden = [hit for hit in _HIDDEN.finditer(text) if hit[0] not in allowed]
        if hidden:
            self.refuse(field, _where(hidden[0]))
        return text[:longest]


def _where(hit: re.Match[str]) -> str:
    place = hit.start() + 1
    return f"Take out the hidden character U+{ord(hit[0]):04X} at place {place}."


def _number(raw: object) -> int:
    """A row's number, or one that no row has."""
    try:
        number = int(str(raw))
    except ValueError:
        return -1
    return number if 0 < number < 2**63 else -1
