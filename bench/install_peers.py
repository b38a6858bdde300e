"""`python -m bench.install_peers`: the tools that `make bench-sanitize` compares with.

Into `.tools/peers`, apart from the panel's own environment. Where they cannot be had,
it says so, and the comparison goes on without them.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LOCK = CHECKOUT / "requirements" / "peers.txt"
FOLDER = CHECKOUT / ".tools" / "peers"
STAMP = FOLDER / "installed-lock"
MINUTES = 10


def find_uv() -> str | None:
    own = CHECKOUT / ".tools" / "uv" / "bin" / "uv"
    return shutil.which("uv") or (str(own) if own.exists() else None)


def install(uv: str) -> str:
    """What went wrong; empty if nothing did."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    command = [uv, "pip", "install", "-q", "--python", sys.executable]
    command += ["--target", str(FOLDER), "--require-hashes", "-r", str(LOCK)]
    try:
        made = subprocess.run(
            command, capture_output=True, text=True, timeout=MINUTES * 60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    return made.stderr.strip() if made.returncode else ""


def main() -> None:
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == digest:
        return
    uv = find_uv()
    wrong = install(uv) if uv else "there is no uv"
    if wrong:
        print(f"Without other tools: they could not be installed ({wrong}).")
        shutil.rmtree(FOLDER, ignore_errors=True)
    else:
        STAMP.write_text(digest)


if __name__ == "__main__":
    main()
