"""The browser of the browser tests."""

import shutil

from playwright.sync_api import expect

from tests.servers import environment

# Pages ask each five seconds: what is expected of the next answer may take longer.
expect.set_options(timeout=15_000)

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """The path for Playwright's `executable_path`; None means Playwright's own build."""
    found = (shutil.which(name) for name in NAMES)
    return environment.get("CHROMIUM") or next(filter(None, found), None)
