"""What tells one problem from another, for incidents and alerts alike."""

import hashlib
import re

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


def problem_digest(key: str) -> str:
    """What is kept of a key that names a problem: `sha256:` and 64 digits, or nothing.

    Keys are only compared, and whoever makes them up may put anything into them. One
    that is a digest already stays: pages hand it on.
    """
    if not key or _DIGEST.fullmatch(key):
        return key
    return f"sha256:{hashlib.sha256(key.encode(errors='surrogatepass')).hexdigest()}"
