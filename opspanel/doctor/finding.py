"""One line of the doctor's report."""

from dataclasses import dataclass
from enum import StrEnum

from opspanel.terms import FailureKind


class Grade(StrEnum):
    """A FAIL leaves figures without a source; a NOTE costs accuracy or speed only."""

    OK = "ok"
    NOTE = "note"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    grade: Grade
    subject: str
    text: str
    cure: str = ""

    def __str__(self) -> str:
        cure = f" Cure: {self.cure}" if self.cure else ""
        return f"{self.grade.upper():<4}  {self.subject:<24} {self.text}{cure}"


def ok(subject: str, text: str) -> Finding:
    return Finding(Grade.OK, subject, text)


def note(subject: str, text: str, cure: str) -> Finding:
    return Finding(Grade.NOTE, subject, text, cure)


def fail(subject: str, text: str, cure: str) -> Finding:
    return Finding(Grade.FAIL, subject, text, cure)


_CURES = {
    FailureKind.TIMEOUT: "see whether it is overloaded or a firewall drops packets",
    FailureKind.REFUSED: "check the address and that the server runs",
    FailureKind.AUTH: "check the credentials and what they are allowed to read",
    FailureKind.UNAVAILABLE: "it answers but cannot serve: look at its own log",
    FailureKind.THROTTLED: "it wants fewer questions: raise its limit for the panel",
    FailureKind.NOT_LEADER: "JetStream has no leader: check the cluster's quorum",
    FailureKind.JS_DISABLED: "enable JetStream on the server and for this account",
    FailureKind.BAD_QUERY: "mend the query, table or column names in panel.toml",
    FailureKind.TOO_LARGE: "narrow the query, or raise collection.max_bytes",
    FailureKind.BAD_PAYLOAD: "something else answers at this address",
    FailureKind.NOT_COLLECTED: "start the worker of its region, or read its log",
    FailureKind.UNCONFIGURED: "set its address, see docs/settings.md",
}


def failed(subject: str, kind: FailureKind) -> Finding:
    return fail(subject, f"{kind.value.replace('_', ' ')}.", _CURES[kind])
