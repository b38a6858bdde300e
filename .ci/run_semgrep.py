"""What semgrep finds by the rules of semgrep.yml: `make semgrep`.

It lives in `.tools/semgrep`, apart from the panel's environment, since it brings seventy
packages along. First each rule must find the violation that is planted here for it, so
that finding nothing in the panel means something.
"""
# ruff: noqa: INP001, S603 - a script, which starts one program

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bootstrap import CHECKOUT, TOOLS, digest, find_uv, run, say

FOLDER = TOOLS / "semgrep"
STAMP = FOLDER / "installed-lock"
RULES = CHECKOUT / ".ci" / "semgrep.yml"
PLANTED = {
    "leads-away": "return redirect(wanted)",
    "becomes-markup": "return HttpResponse('<b>' + wanted)",
    "becomes-sql": "cursor.execute('SELECT ' + wanted, [])",
    "becomes-a-path": "return Path(wanted).read_text()",
    "is-run": "return getattr(views, wanted)",
    "is-fetched": "return httpx.get(wanted)",
}
VIEW = "def view(request):\n    wanted = request.GET.get('x', '').strip()\n    {}\n"


def main() -> None:
    if not STAMP.exists() or STAMP.read_text() != digest("semgrep"):
        install()
    with tempfile.TemporaryDirectory() as folder:
        for rule, line in PLANTED.items():
            Path(folder, f"{rule}.py").write_text(VIEW.format(line))
        seen = {(Path(path).stem, rule) for path, _, rule in found_in(folder)}
    blind = {(rule, rule) for rule in PLANTED} ^ seen
    if blind:
        sys.exit(f"semgrep.yml does not see what was planted for it: {sorted(blind)}")
    lines = [f"{path}:{line} {rule}" for path, line, rule in found_in("opspanel")]
    if lines:
        sys.exit("\n".join(lines))
    say(f"semgrep: {len(PLANTED)} rules, nothing found in opspanel.")


def install() -> None:
    uv = find_uv()
    say("Installing requirements/semgrep.txt into .tools/semgrep ...")
    run([*uv, "venv", "-q", "--clear", "--python", sys.executable, str(FOLDER)])
    sync = ["pip", "sync", "-q", "--python", str(FOLDER / "bin" / "python")]
    run([*uv, *sync, "--require-hashes", "requirements/semgrep.txt"])
    STAMP.write_text(digest("semgrep"))


def found_in(folder: str) -> list[tuple[str, int, str]]:
    """(path, line, rule) of each finding. Ends where it could not read all."""
    quiet = ["--metrics=off", "--disable-version-check", "--no-git-ignore", "--json"]
    program = str(FOLDER / "bin" / "semgrep")
    command = [program, "scan", *quiet, "--config", str(RULES), folder]
    told = subprocess.run(
        command, cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    report = json.loads(told.stdout) if told.stdout else {"errors": [told.stderr]}
    if report["errors"]:
        sys.exit(f"semgrep: {report['errors']}")
    return [
        (one["path"], one["start"]["line"], one["check_id"].rpartition(".")[2])
        for one in report["results"]
    ]


if __name__ == "__main__":
    main()
