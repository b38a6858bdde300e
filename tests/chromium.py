"""The browser of the browser tests."""

import shutil

from tests.servers import environment

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """The path for Playwright's `executable_path`; None means Playwright's own build."""
    found = (shutil.which(name) for name in NAMES)
    return environment.get("CHROMIUM") or next(filter(None, found), None)
