"""What a web process carries: nothing that only others need."""

import json
import subprocess
import sys

from django.conf import settings

from tests.servers import CHECKOUT, environment

# Of workers, the doctor, webhooks, and of a sign-on by a provider.
OF_OTHERS = {"celery", "httpx", "kombu", "nats", "requests"}
ANSWERS = """
import json, sys
from wsgiref.util import setup_testing_defaults
from opspanel.wsgi import application

def answer(path):
    environ, told = {"PATH_INFO": path, "HTTP_HOST": "localhost"}, []
    setup_testing_defaults(environ)
    body = application(environ, lambda status, headers, exc_info=None: told.append(status))
    list(body)
    body.close()
    return told[0][:3]

paths = ("/admin/ops/sign-in", "/admin/ops/overview", "/admin/ops/overview.json")
print(json.dumps([[answer(path) for path in paths], sorted(sys.modules)]))
"""


def test_a_web_process_imports_only_what_it_needs():
    """Once it has answered it knows all its pages; each package more is memory of each
    process."""
    done = subprocess.run(
        [sys.executable, "-c", ANSWERS],
        cwd=CHECKOUT,
        env={**environment, "OPSPANEL_STATIC_ROOT": str(settings.STATIC_ROOT)},
        capture_output=True,
        check=True,
        text=True,
    )
    statuses, modules = json.loads(done.stdout.splitlines()[-1])
    assert statuses == ["200", "302", "401"]
    assert OF_OTHERS & set(modules) == set()
