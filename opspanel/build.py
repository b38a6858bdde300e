"""What pages are made of, as one short id: static files and templates.

A wall compares it with what its own page was made of, and loads itself anew.
"""

import hashlib
from functools import cache

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

LENGTH = 12


@cache
def build_id() -> str:
    made_of = hashlib.sha256(
        str(getattr(staticfiles_storage, "manifest_hash", "")).encode()
    )
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.*")):
        made_of.update(path.read_bytes())
    return made_of.hexdigest()[:LENGTH]
