"""A webhook that panel.toml names, and somebody real behind it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from opspanel.outgoing.sending import send_due
from opspanel.panel.load import configured_panel
from tests.outgoing.listener import Listener

SECRET = "a secret that only two know"


@pytest.fixture
def listener(settings):
    settings.OPSPANEL_WEBHOOK_SECRETS = {"pager": SECRET}
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def pager(listener, settings, tmp_path, no_snapshots):
    """`pager(after=seconds)`: one run of the worker, so much later."""
    panel = tmp_path / "panel.toml"
    hook = f'\n[[webhooks]]\nname = "pager"\nurl = "{listener.url}"\n'
    panel.write_text(Path(settings.OPSPANEL_CONFIG).read_text() + hook)
    settings.OPSPANEL_CONFIG = str(panel)

    def run(after=0):
        return send_due(configured_panel(), timezone.now() + timedelta(seconds=after))

    return run
