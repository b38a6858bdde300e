"""Proves from the code that what is done can be traced: `make ops-observability-trace-gate`.

Six rules: every process starts telemetry in one way; every HTTP entry is traced and has a
correlation id; every message has a span that names it; every change has the spans of its
parts; every failure has a code of the catalogue; what leaves goes to the configured
collector, cleaned, and does no harm without one. Says what is wrong and where, and ends
with 1; says nothing where nothing is. `tests/telemetry` proves the same by running it.
"""
# ruff: noqa: INP001 - a script

import ast
from collections.abc import Iterator

from gates import (
    CHECKOUT,
    Gate,
    Rule,
    assigned,
    calls,
    function_in,
    imported,
    is_text,
    matches,
    name_of,
    place,
    texts,
)

COMMANDS = "opspanel/management/commands/*.py"
SETUP = "setup_otel"
# Programs that start others or prepare a database, and end; what they start is traced.
SHORT = {
    "opspanel/demo/__main__.py": "its services are set up one by one",
    "opspanel/embedded/child.py": "holds a child of `manage.py up`",
    "opspanel/embedded/reaper.py": "ends what a killed parent left",
    "opspanel/serving.py": "starts the web server and ends it",
    "opspanel/embedded/seed.py": "makes the accounts of a new stack, and ends",
}
# Where processes begin: who has to set telemetry up, and in which function.
ENTRIES = {
    "opspanel/wsgi.py": [("", "")],
    "opspanel/celery.py": [("", "_trace_worker"), ("", "_trace_beat")],
    "opspanel/clean_command.py": [("CleanCommand", "execute")],
    "opspanel/demo/service.py": [("Service", "__init__")],
}
SIGNALS = {"_trace_worker": "worker_process_init", "_trace_beat": "beat_init"}
# Where requests, messages and changes pass, and what must be called there.
PASSAGES = {
    "opspanel/middleware.py": [("", "correlation_id", {"accept"})],
    "opspanel/live/front.py": [("", "_told", {"accept", "name_entry"})],
    "opspanel/telemetry/entry.py": [("", "traced", {"entered", "answered"})],
    "opspanel/demo/http.py": [
        ("HttpServer", "_respond", {"entered", "accept", "answered"}),
        ("", "fetch", {"calling"}),
    ],
    "opspanel/demo/streams.py": [
        ("", "publish", {"carried", "span"}),
        ("", "processing", {"entered", "note", "under"}),
    ],
    "opspanel/demo/api.py": [
        ("Api", "_apply", {"span", "carried"}),
        ("Api", "_resolve_membership", {"span"}),
    ],
    "opspanel/outgoing/sending.py": [
        ("", "_send", {"_going_on"}),
        ("", "_going_on", {"entered", "note", "under"}),
    ],
    "opspanel/outgoing/post.py": [("", "post", {"calling"})],
    "opspanel/sources/_prometheus_http.py": [("", "exchange", {"calling"})],
    "opspanel/sources/nats_server.py": [("", "exchange", {"calling"})],
    "opspanel/access/oidc/backchannel.py": [("BackChannel", "_exchange", {"calling"})],
    "opspanel/asking.py": [("Asking", "_read", {"span", "fail"})],
    "opspanel/telemetry/setup.py": [("", "tracer_of", {"instrument"})],
    "opspanel/telemetry/celery_tasks.py": [
        ("", "send_along", {"current_id"}),
        ("", "take_over", {"accept"}),
    ],
    "opspanel/access/guard.py": [
        ("", "_resolving", {"span"}),
        ("", "_page_refusal", {"_resolving"}),
        ("", "signed_in_required", {"_resolving"}),
        ("", "permission_required", {"_page_refusal"}),
        ("", "permission_or_scope_required", {"_resolving"}),
        ("", "scope_required", {"_resolving"}),
        ("", "screen_required", {"_resolving"}),
    ],
    "opspanel/audit/store.py": [
        ("", "audited", {"span"}),
        ("", "append", {"span"}),
    ],
    "opspanel/incidents/rows.py": [
        ("", "_append", {"span"}),
        ("", "_message", {"carried"}),
    ],
    "opspanel/envelope.py": [("", "problem", {"fail"})],
    "opspanel/views/errors.py": [("", "_error", {"fail"})],
    "opspanel/tracing.py": [
        ("", "span", {"_mark"}),
        ("", "fail", {"_mark"}),
        ("", "answered", {"_mark"}),
        ("", "_mark", {"set_status", "known"}),
    ],
    "opspanel/logs.py": [("", "_bearable", {"ids", "current_id"})],
}
NAMES_A_MESSAGE = {"event.type", "event.id", "subject"}
OUTBOX = "INSERT INTO ops_incidentoutbox"
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
# Which argument of a call is a code.
TAKES_A_CODE = {"problem": 1, "fail": 0, "_error": 2, "_lead": 2, "_tell": 0}
QUOTES_ERRORS = {"record_exception", "set_status_on_exception"}
EXPORTERS = {"OTLPSpanExporter", "ConsoleSpanExporter", "InMemorySpanExporter"}
PROCESSORS = {"BatchSpanProcessor", "SimpleSpanProcessor"}


def processes_start_telemetry(path: str, tree: ast.Module) -> Iterator[str]:
    """Rule 1: each entry, in one way."""
    for owner, function in ENTRIES.get(path, ()):
        scope = function_in(tree, owner, function) if function else tree
        if scope is None or SETUP not in called(scope):
            yield f"{path}: {function or 'the module'} does not call {SETUP}"
        signal = SIGNALS.get(function)
        if signal and not connected(scope, signal):
            yield f"{path}: {function} is not connected to {signal}"
    for node, name in calls(tree):
        if name == SETUP and path not in ENTRIES:
            yield f"{place(path, node)} sets telemetry up a second way"


def programs_start_telemetry(path: str, tree: ast.Module) -> Iterator[str]:
    """Rule 1: what may be run is an entry, or is named as none."""
    begins = any(is_main(node) for node in tree.body)
    if begins and path not in SHORT and SETUP not in called(tree):
        yield f"{path} is a program without {SETUP}"
    command = classes(tree).get("Command") if matches(path, COMMANDS) else None
    if command is not None and "CleanCommand" not in map(name_of, command.bases):
        yield f"{path}: its command is none that starts telemetry"


def http_entries_are_traced(path: str, tree: ast.Module) -> Iterator[str]:
    """Rule 2."""
    if path == "opspanel/wsgi.py" and name_of_call(
        assigned(tree).get("application")
    ) != ("traced"):
        yield f"{path}: the application is not traced"
    if path == "opspanel/settings.py":
        middleware = assigned(tree).get("MIDDLEWARE")
        first = middleware.elts[0] if isinstance(middleware, ast.List) else None
        if not is_text(first, "opspanel.middleware.correlation_id"):
            yield f"{path}: the first of MIDDLEWARE is not the correlation id"
    for node, name in calls(tree):
        listens = name in {"start_server", "HTTPServer", "ThreadingHTTPServer"}
        if listens and path != "opspanel/demo/http.py":
            yield f"{place(path, node)} listens, and is no entry that is traced"


def messages_have_spans(path: str, tree: ast.Module) -> Iterator[str]:
    """Rule 3."""
    for function in functions(tree):
        acks = [node for node, name in calls(function) if name == "ack"]
        if acks and not within(function, acks, "processing"):
            yield f"{place(path, function)} takes a message without a span"
        claims = [node for node, name in calls(function) if name == "_relay"]
        if claims and not within(function, claims, "processing"):
            yield f"{place(path, function)} relays a message without a span"
        consumes = any(name_of(node) == "CONSUMER" for node in ast.walk(function))
        if consumes and not keys(function) >= NAMES_A_MESSAGE:
            yield f"{place(path, function)}: the span does not say which message it is"


def changes_have_their_spans(path: str, tree: ast.Module) -> Iterator[str]:
    """Rule 4, and the others where one place does it for all."""
    for owner, function, wanted in PASSAGES.get(path, ()):
        node = function_in(tree, owner, function)
        missing = wanted - (called(node) if node is not None else set())
        if missing:
            names = ", ".join(sorted(missing))
            yield f"{path}: {function} does not call {names}"
    writes = any(OUTBOX in str(text) for text in texts(tree))
    if writes and path != "opspanel/incidents/rows.py":
        yield f"{path} writes to the outbox aside"
    writes = any("INSERT INTO ops_auditevent" in str(text) for text in texts(tree))
    if writes and path != "opspanel/audit/store.py" and "migrations" not in path:
        yield f"{path} writes to the audit trail aside"


def failures_have_codes(path: str, tree: ast.Module) -> Iterator[str]:
    """Rule 5."""
    if matches(path, "opspanel/doctor/*.py"):
        return  # it fails in words: for whoever sits before it
    for node in (*codes_given(tree), *codes_of_errors(tree), *codes_written(tree)):
        code = node.value if isinstance(node, ast.Constant) else None
        if isinstance(code, str) and code not in catalogue():
            yield f"{place(path, node)}: {code!r} is no code of the catalogue"


def codes_given(tree: ast.Module) -> Iterator[ast.expr]:
    """As arguments: `problem(404, "not_found", ...)`, `fail("busy")`."""
    for node, name in calls(tree):
        at = TAKES_A_CODE.get(name)
        # `intake.problem(...)` is another thing, and belongs to an object.
        ours = isinstance(node.func, ast.Name) or name in {"fail", "_tell"}
        if at is not None and ours and len(node.args) > at:
            yield node.args[at]


def codes_of_errors(tree: ast.Module) -> Iterator[ast.expr]:
    """As attributes of exceptions."""
    for owner in classes(tree).values():
        for node in owner.body if owner.name.endswith("Error") else ():
            if isinstance(node, ast.Assign) and name_of(node.targets[0]) == "code":
                yield node.value


def codes_written(tree: ast.Module) -> Iterator[ast.expr]:
    """In the metadata of audit rows."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            yield from (value for key, value in pairs if is_text(key, "error_code"))


def spans_leave_one_way(path: str, tree: ast.Module) -> Iterator[str]:
    """Rule 6: cleaned, and never waited for without an end."""
    for node, name in imported(tree):
        sdk = name.startswith(("opentelemetry.sdk", "opentelemetry.exporter"))
        if sdk and not matches(path, "opspanel/telemetry/*.py"):
            yield f"{place(path, node)} imports {name}: only opspanel.telemetry may"
    for node, name in calls(tree):
        given = {word.arg for word in node.keywords}
        if name in PROCESSORS and "CleanExporter" not in called(node):
            yield f"{place(path, node)} sends spans that nobody cleaned"
        if name in EXPORTERS and "timeout" not in given:
            yield f"{place(path, node)} may wait for ever for a collector"
        off = {word.arg for word in node.keywords if is_false(word.value)}
        if name in {"start_as_current_span", "start_span"} and not off >= QUOTES_ERRORS:
            yield f"{place(path, node)} puts the text of an error into a span"


def the_collector_is_configured(path: str, tree: ast.Module) -> Iterator[str]:
    """Rule 6: by one setting, that every entry knows."""
    if path == "opspanel/env.py" and ENDPOINT not in texts(tree):
        yield f"{path} does not read {ENDPOINT}"
    if path == "opspanel/settings.py" and ENDPOINT not in assigned(tree):
        yield f"{path} does not hold {ENDPOINT}"


def keys(scope: ast.AST) -> set[object]:
    """Of all dictionaries written in it."""
    written = (node.keys for node in ast.walk(scope) if isinstance(node, ast.Dict))
    return {
        key.value for each in written for key in each if isinstance(key, ast.Constant)
    }


def called(scope: ast.AST) -> set[str]:
    return {name for _, name in calls(scope)}


def classes(tree: ast.Module) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def within(function: ast.AST, wanted: list[ast.Call], context: str) -> bool:
    """Whether each call stands in a `with` of that name."""
    inside = {
        part
        for node in ast.walk(function)
        if isinstance(node, ast.With | ast.AsyncWith)
        and any(name_of_call(item.context_expr) == context for item in node.items)
        for part in ast.walk(node)
    }
    return set(wanted) <= inside


def name_of_call(node: ast.AST | None) -> str:
    return name_of(node.func) if isinstance(node, ast.Call) else ""


def connected(node: ast.AST | None, signal: str) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return f"{signal}.connect" in map(ast.unparse, decorators)


def is_main(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
    )


def is_false(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def catalogue() -> set[str]:
    tree = ast.parse((CHECKOUT / "opspanel/error_codes.py").read_text())
    found = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and name_of(node.target) == "CATALOGUE"
    )
    keys = [assigned(tree).get(name_of(key), key) for key in getattr(found, "keys", ())]
    return {key.value for key in keys if isinstance(key, ast.Constant)}


RULES: tuple[Rule, ...] = (
    processes_start_telemetry,
    programs_start_telemetry,
    http_entries_are_traced,
    messages_have_spans,
    changes_have_their_spans,
    failures_have_codes,
    spans_leave_one_way,
    the_collector_is_configured,
)


GATE = Gate(RULES, {**ENTRIES, **PASSAGES, **SHORT})
violations, main = GATE.violations, GATE.hold

if __name__ == "__main__":
    main()
