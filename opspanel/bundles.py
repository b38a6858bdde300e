"""Static files that are sent together: one request instead of many for a first visit.

`collectstatic` puts them together from the files in static/, which stay small and apart,
before it hashes and compresses. Order matters in each list.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

HTMX = "vendor/htmx/4.0.1"
BUNDLES = {
    "css/panel.css": ("css/base.css", "css/components.css", "css/queues.css"),
    "js/overview.js": (
        f"{HTMX}/htmx.min.js",
        f"{HTMX}/hx-csp.min.js",
        "js/keys.js",
        "js/choices.js",
        "js/hands.js",
        "js/live.js",
        "js/edits.js",
        "js/ask.js",
        "js/ages.js",
        "js/contact.js",
        "js/waiting.js",
        "js/newer.js",
        "js/zone.js",
        "js/as_text.js",
        "js/reading.js",
    ),
    "js/recording.js": (
        "js/incidents/keys.js",
        "js/incidents/draft.js",
        "js/incidents/says.js",
        "js/incidents/unsaved.js",
        "js/incidents/acknowledged.js",
        "js/incidents/token.js",
        "js/incidents/send.js",
    ),
}


class BundledStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Of a build, so they never change while the process lives.
        self.url = cache(super().url)

    def post_process(
        self, paths: dict[str, Any], *, dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if not dry_run:
            for name, parts in BUNDLES.items():
                self._put_together(name, parts)
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _put_together(self, name: str, parts: tuple[str, ...]) -> None:
        texts = [Path(self.path(part)).read_text().strip() for part in parts]
        Path(self.path(name)).write_text("\n".join(texts) + "\n")
