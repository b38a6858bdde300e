"""The gate finds nothing in the code as it is, and every violation planted in it."""

from pathlib import Path

import pytest

from opspanel.env import BASE_DIR
from tests.gates import loaded

gate = loaded("sanitize_gate")


def source(path):
    return (BASE_DIR / path).read_text()


def planted(path, old, new):
    """What the gate says of a module in which one thing was changed."""
    text = source(path)
    assert old in text, "the place to plant in has moved"
    return gate.violations(path, text.replace(old, new, 1))


def added(path, text):
    return gate.violations(path, f"{source(path)}\n{text}\n")


def test_the_code_as_it_is_passes():
    """No module gets around the sanitizer, and each boundary is where the gate looks."""
    gate.main()


@pytest.mark.parametrize("path", ["opspanel/views/overview.py", "opspanel/logs.py"])
def test_it_looks_into_packages_too(path):
    """What the rules below catch, they catch wherever it stands."""
    assert loaded("gates").modules()[path] == source(path)


OVERVIEW = "opspanel/views/overview.py"


@pytest.mark.parametrize(
    "line",
    [
        "from opspanel.readings import Readings",
        "from opspanel import assessment",
        "import opspanel.collect",
        "from opspanel.sources.nats import NatsSource",
        "from opspanel.sanitize.snapshot import clean",
        "from opspanel.upstreams import open_sources",
        "def late():\n    import httpx",
        "import redis.asyncio",
        "x = __import__('opspanel.readings')",
        "from importlib import import_module",
    ],
)
@pytest.mark.parametrize(
    "path", [OVERVIEW, "opspanel/templatetags/ops.py", "opspanel/audit/export.py"]
)
def test_a_page_or_export_that_imports_raw_things_is_caught(path, line):
    """At the top or within a function, by any way to import."""
    assert added(path, line)


@pytest.mark.parametrize(
    "line",
    [
        "x = CleanText(raw)",
        "x = schema.CleanText('it is ' + raw)",
        "x = cast(CleanText, raw)",
        "x = cast('CleanText', raw)",
        "from opspanel.snapshot.schema import CleanText as Text",
        "Text = schema.CleanText",
    ],
)
@pytest.mark.parametrize("path", ["opspanel/collect.py", "opspanel/snapshot/codec.py"])
def test_clean_text_made_elsewhere_is_caught(path, line):
    """Only the sanitizer may say that a text is clean."""
    assert added(path, line)


def test_a_store_that_takes_anything_is_caught():
    """What is stored is a Snapshot, by its type."""
    path = "opspanel/snapshot/redis.py"
    assert planted(
        path, "def save(self, snapshot: Snapshot)", "def save(self, it: dict)"
    )
    assert added("opspanel/collect.py", "import redis")
    for table in ("ops_snapshotminute", "ops_regionpart"):
        assert added("opspanel/slots.py", f"x = 'INSERT INTO {table} x'")


SETTINGS = "opspanel/settings.py"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("opspanel.logs.LineFormatter", "logging.Formatter"),
        ("opspanel.logs.LineHandler", "logging.StreamHandler"),
        ('"formatter": "line"', '"level": "INFO"'),
        ("DEFAULT_EXCEPTION_REPORTER =", "OTHER ="),
        ("opspanel.error_reports.ReporterFilter", "django.views.debug.Other"),
        ('    "opspanel.middleware.clean_headers",\n', ""),
    ],
)
def test_settings_without_our_exits_are_caught(old, new):
    """Logs, reports of errors and headers leave by ours."""
    assert planted(SETTINGS, old, new)


DOCTOR = "opspanel/management/commands/doctor.py"


def test_a_command_that_prints_by_itself_is_caught():
    """By another base, another stream, or what only some may."""
    assert planted(DOCTOR, "Command(CleanCommand)", "Command(BaseCommand)")
    assert planted(DOCTOR, "self.stdout.write(", "self.print_as_is(")
    assert planted(DOCTOR, "self.stdout.write(", "self.stdout.uncleaned.write(")
    assert planted(DOCTOR, "self.stdout.write(", "print(")
    assert added(DOCTOR, "import sys\nsys.stderr.write('x')")


def test_logging_set_up_aside_is_caught():
    """A handler that code adds by itself has no clean format."""
    line = "logging.getLogger().addHandler(logging.StreamHandler())"
    assert added("opspanel/collect.py", line)


def test_a_task_without_our_base_is_caught():
    """By the app, or by the task itself; nor may Celery set up its own logging."""
    app = "opspanel/celery.py"
    assert planted(app, 'task_cls="opspanel.clean_task:CleanTask",', "")
    assert planted(app, "@setup_logging.connect", "")
    assert planted("opspanel/tasks.py", "@shared_task(", "@shared_task(base=Task, ")


def without_sanitizers(tree_text):
    for name in gate.SANITIZERS:
        tree_text = tree_text.replace(f"{name}(", "str(")
    return tree_text


@pytest.mark.parametrize("path", gate.BOUNDARIES)
def test_a_boundary_that_calls_no_sanitizer_is_caught(path):
    """Each of its ways out is named."""
    found = gate.violations(path, without_sanitizers(Path(BASE_DIR, path).read_text()))
    named = [wrong for wrong in found if "calls no sanitizer" in wrong]
    assert len(named) == len(gate.BOUNDARIES[path])
