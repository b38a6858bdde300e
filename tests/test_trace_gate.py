"""The gate finds nothing in the code as it is, and every violation planted in it."""

import pytest

from opspanel import error_codes
from opspanel.env import BASE_DIR
from tests.gates import loaded

gate = loaded("trace_gate")


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
    """Every rule holds, and each place is where the gate looks."""
    gate.main()


def test_it_knows_the_catalogue():
    """By reading it, as all else."""
    assert gate.catalogue() == set(error_codes.CATALOGUE)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("opspanel/wsgi.py", 'setup_otel("opspanel-web")', "pass"),
        ("opspanel/celery.py", 'setup_otel("opspanel-worker")', "pass"),
        ("opspanel/celery.py", "@worker_process_init.connect", "@worker_init.connect"),
        ("opspanel/celery.py", "@beat_init.connect", ""),
        ("opspanel/clean_command.py", 'setup_otel("opspanel-command")', "pass"),
        ("opspanel/demo/service.py", 'setup_otel(f"demo-{name}")', "None"),
        (
            "opspanel/management/commands/audit.py",
            "Command(CleanCommand)",
            "Command(BaseCommand)",
        ),
    ],
)
def test_a_process_that_starts_no_telemetry_is_caught(path, old, new):
    """Rule 1: web, worker, beat, commands, demo services."""
    assert planted(path, old, new)


@pytest.mark.parametrize(
    "line",
    ["setup_otel('another')", "if __name__ == '__main__':\n    main()"],
)
def test_a_program_of_its_own_way_is_caught(line):
    """Rule 1: a second set-up, and a program that nobody named."""
    assert added("opspanel/asking.py", line)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("opspanel/wsgi.py", "application = traced(", "application = around("),
        ("opspanel/settings.py", '"opspanel.middleware.correlation_id",', ""),
        ("opspanel/middleware.py", "chosen = correlation.accept(", "chosen = str("),
        ("opspanel/live/front.py", "chosen = correlation.accept(", "chosen = str("),
        ("opspanel/telemetry/entry.py", "answered(begun", "print(begun"),
        ("opspanel/demo/http.py", "with entered(", "with other("),
        ("opspanel/outgoing/post.py", "with calling(", "with other("),
        ("opspanel/sources/_prometheus_http.py", "with calling(", "with other("),
        (
            "opspanel/telemetry/celery_tasks.py",
            "correlation.accept(getattr",
            "str(getattr",
        ),
        ("opspanel/logs.py", "tracing.ids()", "{}"),
    ],
)
def test_an_entry_or_a_call_without_trace_or_id_is_caught(path, old, new):
    """Rule 2: requests, polls, tasks, calls, log lines."""
    assert planted(path, old, new)


def test_another_server_is_caught():
    """Rule 2: nobody listens but who is traced."""
    assert added("opspanel/asking.py", "ThreadingHTTPServer(('', 80), None)")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("opspanel/demo/worker.py", "with processing(", "with suppress("),
        ("opspanel/demo/relay.py", "with streams.processing(", "with suppress("),
        ("opspanel/demo/streams.py", '"event.id": event_id', '"id": event_id'),
        (
            "opspanel/demo/streams.py",
            '"subject": subject})\n        yield',
            '"s": 1})\n        yield',
        ),
        ("opspanel/outgoing/sending.py", "with _going_on(", "with suppress("),
        ("opspanel/outgoing/sending.py", '"event.type"', '"kind"'),
    ],
)
def test_a_message_without_its_span_is_caught(path, old, new):
    """Rule 3: taken, relayed or sent on, and named by type, id and subject."""
    assert planted(path, old, new)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("opspanel/access/guard.py", 'span("scope.resolve"', 'nothing("scope.resolve"'),
        ("opspanel/access/guard.py", "with _resolving(scope)", "with nothing(scope)"),
        ("opspanel/audit/store.py", 'span("domain.call")', "nothing()"),
        ("opspanel/audit/store.py", 'span("audit.write"', 'nothing("audit.write"'),
        ("opspanel/incidents/rows.py", 'span("outbox.write"', 'nothing("outbox.write"'),
        ("opspanel/incidents/rows.py", "trace = carried()", "trace = {}"),
        ("opspanel/demo/api.py", 'span("scope.resolve"', 'nothing("scope.resolve"'),
    ],
)
def test_a_change_without_the_spans_of_its_parts_is_caught(path, old, new):
    """Rule 4: who may, what is done, the audit row, the message to others."""
    assert planted(path, old, new)


@pytest.mark.parametrize("table", ["ops_incidentoutbox", "ops_auditevent"])
def test_a_write_aside_is_caught(table):
    """Rule 4: there is one place for each, and it has the span."""
    assert added("opspanel/incidents/writer.py", f"SQL = 'INSERT INTO {table} (x)'")


@pytest.mark.parametrize(
    "line",
    [
        "x = problem(404, 'never_heard_of', 'Nothing here.')",
        "x = tracing.fail('never_heard_of')",
        "class OddError(Exception):\n    code = 'never_heard_of'",
        "x = {'error_code': 'never_heard_of'}",
    ],
)
def test_a_code_outside_the_catalogue_is_caught(line):
    """Rule 5: in an answer, a span, an exception, an audit row."""
    assert added("opspanel/views/overview.py", line)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("opspanel/envelope.py", "tracing.fail(code)", "pass"),
        ("opspanel/views/errors.py", "    fail(code)\n", ""),
        ("opspanel/tracing.py", "begun.set_status(", "str("),
        ("opspanel/asking.py", 'tracing.fail("upstream_failed")', "pass"),
    ],
)
def test_a_failure_that_no_span_shows_is_caught(path, old, new):
    """Rule 5: status and code are set where errors pass."""
    assert planted(path, old, new)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("opspanel/telemetry/setup.py", "CleanExporter(exporter)", "exporter"),
        ("opspanel/telemetry/setup.py", "timeout=EXPORT_SECONDS,", ""),
        ("opspanel/tracing.py", "record_exception=False,", ""),
        ("opspanel/settings.py", "OTEL_EXPORTER_OTLP_ENDPOINT =", "SOMETHING ="),
        ("opspanel/env.py", '"OTEL_EXPORTER_OTLP_ENDPOINT"', '"ELSEWHERE"'),
    ],
)
def test_a_span_that_leaves_otherwise_is_caught(path, old, new):
    """Rule 6: cleaned, within a time, to the collector that is configured."""
    assert planted(path, old, new)


@pytest.mark.parametrize(
    "line",
    [
        "from opentelemetry.sdk.trace.export import SimpleSpanProcessor",
        "x = SimpleSpanProcessor(OTLPSpanExporter(timeout=1))",
        "x = tracer.start_as_current_span('x')",
    ],
)
def test_telemetry_made_elsewhere_is_caught(line):
    """Rule 6: there is one way out."""
    assert added("opspanel/asking.py", line)
