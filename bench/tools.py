"""`python -m bench.tools NAME`: what a bench compares with, or cannot do without.

Of `requirements/NAME.txt`, into `.tools/NAME`, apart from the panel's own environment.
Where it cannot be had, it says so, and the bench goes on without.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
MINUTES = 10


def folder_of(name: str) -> Path:
    return CHECKOUT / ".tools" / name


def find_uv() -> str | None:
    own = CHECKOUT / ".tools" / "uv" / "bin" / "uv"
    return shutil.which("uv") or (str(own) if own.exists() else None)


def install(uv: str, lock: Path, folder: Path) -> str:
    """What went wrong; empty if nothing did."""
    shutil.rmtree(folder, ignore_errors=True)
    command = [uv, "pip", "install", "-q", "--python", sys.executable]
    command += ["--target", str(folder), "--require-hashes", "-r", str(lock)]
    try:
        made = subprocess.run(
            command, capture_output=True, text=True, timeout=MINUTES * 60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    return made.stderr.strip() if made.returncode else ""


def main() -> None:
    name = sys.argv[1]
    lock, folder = CHECKOUT / "requirements" / f"{name}.txt", folder_of(name)
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = folder / "installed-lock"
    if stamp.exists() and stamp.read_text() == digest:
        return
    uv = find_uv()
    wrong = install(uv, lock, folder) if uv else "there is no uv"
    if wrong:
        print(f"Without {name}: it could not be installed ({wrong}).")
        shutil.rmtree(folder, ignore_errors=True)
    else:
        stamp.write_text(digest)


if __name__ == "__main__":
    main()
