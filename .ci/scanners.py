"""What two scanners from elsewhere find: bandit in the code, detect-secrets in all files.

Says what is new, and which exception of scanners.toml nothing needs any more, and ends
with 1. Both run at once, on all cores.
"""
# ruff: noqa: INP001, S603 - a script, which starts one program

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatch
from pathlib import Path

from detect_secrets.core.scan import get_plugins, scan_file
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.settings import default_settings, transient_settings

CHECKOUT = Path(__file__).resolve().parent.parent
EXCEPTIONS = Path(__file__).with_suffix(".toml")
# Tests are left to ruff: what they start and assert is theirs to choose.
CODE = (".ci", "bench", "manage.py", "opspanel")
# Hashes by the thousand, by design; and what is made of the code, which is scanned.
LEFT_OUT = (
    "requirements/*",
    "*/package-lock.json",
    "*/SHA256SUMS",
    "docs/openapi.json",
    ".ci/scanners.toml",
)
NOT_OURS = {"node_modules", "__pycache__"}
HIDDEN = {".ci", ".gitignore", ".python-version"}
LINE_BY_LINE = (".py", ".html", ".js", ".mjs", ".css", ".md", ".svg")
# Enough of a SHA-1 to tell one text from another.
DIGITS = 12

type Found = tuple[str, str]
"""A path, and a rule's name or the beginning of a text's SHA-1."""


def start_bandit(folder: Path, names: Iterable[str] = CODE) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bandit", "-q", "-f", "json", "-r", *names]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def told_by(bandit: subprocess.Popen[str]) -> dict[Found, str]:
    """What bandit found, with the line to show. Ends where it could not read all."""
    output, complaint = bandit.communicate()
    report = json.loads(output) if output else {"errors": [complaint]}
    if report["errors"]:
        sys.exit(f"bandit: {report['errors']}")
    return {
        (_plain(one["filename"]), one["test_id"]): (
            f"{_plain(one['filename'])}:{one['line_number']} {one['test_id']} "
            f"{one['issue_text'].splitlines()[0]}"
        )
        for one in report["results"]
    }


def _plain(path: str) -> str:
    return path.removeprefix("./")


def secrets_in(path: str) -> dict[Found, str]:
    """A whole scan is slow, and most files hold nothing that any plugin would look at."""
    with default_settings() as all_of_it:
        plugins = all_of_it.plugins
        if path.endswith(LINE_BY_LINE):
            plugins = {name: plugins[name] for name in _alarmed(path)}
    used = [{"name": name, **options} for name, options in plugins.items()]
    with transient_settings({"plugins_used": used}):
        return {
            (path, one.secret_hash[:DIGITS]): (
                f"{path}:{one.line_number} {one.type} ({one.secret_hash[:DIGITS]})"
            )
            for one in (scan_file(path) if used else ())
        }


def _alarmed(path: str) -> list[str]:
    """The plugins to which something in the file looks like a secret at first sight."""
    text = Path(path).read_text(encoding="utf-8")
    lines = text.splitlines()
    return [
        type(plugin).__name__
        for plugin in get_plugins()
        if (
            any(pattern.search(text) for pattern in plugin.denylist)
            if isinstance(plugin, RegexBasedDetector)
            else any(plugin.analyze_line(filename=path, line=line) for line in lines)
        )
    ]


def files(folder: Path) -> Iterator[str]:
    """Of a checkout: no environment, nothing that was installed or left behind."""
    for top in sorted(folder.iterdir()):
        if top.name.startswith(".") and top.name not in HIDDEN:
            continue
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            name = path.relative_to(folder).as_posix()
            skipped = NOT_OURS & set(path.parts)
            if path.is_file() and not skipped and not is_left_out(name):
                yield name


def is_left_out(path: str) -> bool:
    return any(fnmatch(path, pattern) for pattern in LEFT_OUT)


def exceptions(kind: str) -> set[Found]:
    """(path or pattern, what) of all of that kind in scanners.toml."""
    entries = tomllib.loads(EXCEPTIONS.read_text())[kind]
    for entry in entries:
        if not entry["reason"].strip():
            sys.exit(f"scanners.toml: {entry} has no reason")
    return {
        (path, what)
        for entry in entries
        for path, several in entry["at"].items()
        for what in several
    }


def unexpected(found: dict[Found, str], allowed: set[Found]) -> list[str]:
    """Lines to show: what no exception names, and the exceptions that name nothing."""
    used = {one: [each for each in allowed if _names(each, one)] for one in found}
    needed = {each for several in used.values() for each in several}
    return [
        *(line for one, line in found.items() if not used[one]),
        *(f"scanners.toml: {' '.join(each)} is gone" for each in allowed - needed),
    ]


def _names(exception: Found, found: Found) -> bool:
    return fnmatch(found[0], exception[0]) and found[1] == exception[1]


def main() -> None:
    bandit = start_bandit(CHECKOUT)
    secrets: dict[Found, str] = {}
    with ProcessPoolExecutor() as pool:
        for some in pool.map(secrets_in, files(CHECKOUT), chunksize=8):
            secrets |= some
    lines = unexpected(told_by(bandit), exceptions("bandit"))
    lines += unexpected(secrets, exceptions("secrets"))
    if lines:
        sys.exit("\n".join(sorted(lines)))


if __name__ == "__main__":
    main()
