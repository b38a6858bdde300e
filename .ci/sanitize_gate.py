"""Proves from the code that nothing gets around the sanitizer: `make ops-sanitize-gate`.

Says what is wrong and where, and ends with 1; says nothing where nothing is. It reads
source and runs none; `.ci/checks` runs the import contracts, which prove the layers.
"""
# ruff: noqa: INP001 - a script

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from gates import (
    Gate,
    Rule,
    assigned,
    calls,
    connects,
    function_in,
    imported,
    is_text,
    matches,
    name_of,
    place,
    texts,
)

# All that pages and exports may know: clean types, words for them, and who asks.
CLEAN = (
    "opspanel.access",
    "opspanel.alerts",
    "opspanel.audit",
    "opspanel.browser_policy",
    "opspanel.build",
    "opspanel.correlation",
    "opspanel.csp_reports",
    "opspanel.database.away",
    "opspanel.database.clock",
    "opspanel.database.migrated",
    "opspanel.envelope",
    "opspanel.htmx",
    "opspanel.handover",
    "opspanel.history",
    "opspanel.incidents",
    "opspanel.live",
    "opspanel.metering",
    "opspanel.middleware",
    "opspanel.models",
    "opspanel.panel",
    "opspanel.quantities",
    "opspanel.sanitize",
    "opspanel.serving",
    "opspanel.snapshot",
    "opspanel.templatetags",
    "opspanel.terms",
    "opspanel.tracing",
    "opspanel.trust",
    "opspanel.views",
    "opspanel.watchlist",
)
RAW_CLIENTS = ("httpx", "nats", "redis", "psycopg", "urllib.request", "importlib")
SHOWING = (
    "opspanel/live/*.py",
    "opspanel/views/*.py",
    "opspanel/templatetags/*.py",
    "opspanel/*/export*.py",
)
COMMANDS = "opspanel/management/commands/*.py"
# They are not the panel: a platform that is watched, and what starts servers.
APART = ("opspanel/demo/*.py", "opspanel/embedded/*.py")
REDIS_USERS = {"opspanel/snapshot/redis.py", "opspanel/doctor/own.py"}
# Where snapshots are kept, and who alone writes there.
TABLES = {
    "ops_snapshotminute": "opspanel/snapshot/postgres.py",
    "ops_regionpart": "opspanel/snapshot/parts.py",
}
# Each prints what is clean by its type, or the secret that it was asked for.
AS_IS = {"audit", "collect", "openapi", "sanitize", "token", "up"}
WRITERS = {"print", "pprint", "breakpoint"}
STREAMS = {"stdout", "stderr", "__stdout__", "__stderr__"}
LOGGING = {"basicConfig", "dictConfig", "fileConfig", "addHandler", "StreamHandler"}
LOGGING |= {"FileHandler", "Formatter", "setFormatter", "lastResort"}

SETTINGS = {
    "DEFAULT_EXCEPTION_REPORTER": "opspanel.error_reports.Reporter",
    "DEFAULT_EXCEPTION_REPORTER_FILTER": "opspanel.error_reports.ReporterFilter",
}
HEADERS = "opspanel.middleware.clean_headers"
FORMATTER = "opspanel.logs.LineFormatter"
HANDLER = "opspanel.logs.LineHandler"
TASK = "opspanel.clean_task:CleanTask"


def only_clean_imports(path: str, tree: ast.Module) -> Iterator[str]:
    if not matches(path, *SHOWING):
        return
    for node, name in imported(tree):
        ours = name.startswith(("opspanel", "."))
        known = any(name == root or name.startswith(f"{root}.") for root in CLEAN)
        bridge = name.startswith("opspanel.sanitize.snapshot")
        if (ours and (not known or bridge)) or name.startswith(RAW_CLIENTS):
            yield f"{place(path, node)} shows things, and imports {name}"
    for node, name in calls(tree):
        if name in {"__import__", "import_module", "import_string"}:
            yield f"{place(path, node)} imports what nobody can check"


def only_the_sanitizer_makes_clean_text(path: str, tree: ast.Module) -> Iterator[str]:
    if matches(path, "opspanel/sanitize/*.py"):
        return
    for node, name in calls(tree):
        makes = name == "CleanText" and not is_own_words(path, node)
        casts = name in {"cast", "TypeAdapter"} and any(
            name_of(argument) == "CleanText" for argument in node.args
        )
        if makes or casts:
            yield f"{place(path, node)} makes CleanText"
    for node in ast.walk(tree):
        if isinstance(node, ast.alias) and node.name == "CleanText" and node.asname:
            yield f"{path} gives CleanText another name"
        if isinstance(node, ast.Assign) and name_of(node.value) == "CleanText":
            yield f"{place(path, node)} gives CleanText another name"


def is_own_words(path: str, call: ast.Call) -> bool:
    """A sentence of the code itself, next to the type that it is made for."""
    literal = all(isinstance(argument, ast.Constant) for argument in call.args)
    return literal and matches(path, "opspanel/snapshot/*.py")


def stores_take_snapshots(path: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "save_to_all"}:
            yield from unsafe_save(path, node)
    apart = matches(path, *APART) or path in REDIS_USERS
    for node, name in imported(tree):
        if name.split(".")[0] == "redis" and not apart:
            yield f"{place(path, node)} uses Redis past the store"
    for table, store in TABLES.items():
        if f"INSERT INTO {table}" in ast.unparse(tree) and path != store:
            yield f"{path} writes snapshots past the store"


def unsafe_save(path: str, node: ast.FunctionDef) -> Iterator[str]:
    if matches(path, "opspanel/snapshot/*.py"):
        kinds = [name_of(a.annotation) for a in node.args.args if a.annotation]
        if "Snapshot" not in kinds:
            yield f"{place(path, node)} stores what is no Snapshot"


def commands_are_clean(path: str, tree: ast.Module) -> Iterator[str]:
    if not matches(path, COMMANDS):
        return
    for node in ast.walk(tree):
        command = isinstance(node, ast.ClassDef) and node.name == "Command"
        if command and "CleanCommand" not in map(name_of, node.bases):
            yield f"{place(path, node)} is no CleanCommand"
        if isinstance(node, ast.Attribute) and node.attr in {"uncleaned", "_out"}:
            yield f"{place(path, node)} goes around its clean stream"
    for node, name in calls(tree):
        if name == "print_as_is" and PurePosixPath(path).stem not in AS_IS:
            yield f"{place(path, node)} prints as is"


def nothing_is_written_aside(path: str, tree: ast.Module) -> Iterator[str]:
    if matches(path, *APART):
        return
    for node, name in calls(tree):
        if isinstance(node.func, ast.Name) and name in WRITERS:
            yield f"{place(path, node)} prints"
        if path != "opspanel/logs.py" and name in LOGGING:
            yield f"{place(path, node)} sets up logging of its own"
    for node in ast.walk(tree):
        sys_stream = isinstance(node, ast.Attribute) and name_of(node.value) == "sys"
        if sys_stream and node.attr in STREAMS and path != "opspanel/clean_command.py":
            yield f"{place(path, node)} writes to {node.attr} itself"


def tasks_are_clean(path: str, tree: ast.Module) -> Iterator[str]:
    for node, name in calls(tree):
        given = {word.arg: word.value for word in node.keywords}
        if name in {"shared_task", "task"} and "base" in given:
            yield f"{place(path, node)} gives a task another base"
        if name == "Celery" and not is_text(given.get("task_cls"), TASK):
            yield f"{place(path, node)} makes an app without CleanTask"
    if path == "opspanel/celery.py" and not connects(tree, "setup_logging"):
        yield f"{path} lets Celery set up its own logging"


def settings_use_ours(path: str, tree: ast.Module) -> Iterator[str]:
    if path != "opspanel/settings.py":
        return
    found = assigned(tree)
    for name, wanted in SETTINGS.items():
        if not is_text(found.get(name), wanted):
            yield f"{path}: {name} is not {wanted}"
    if HEADERS not in texts(found.get("MIDDLEWARE")):
        yield f"{path}: MIDDLEWARE has no {HEADERS}"
    yield from logging_is_ours(path, found.get("LOGGING"))


def logging_is_ours(path: str, found: ast.expr | None) -> Iterator[str]:
    logging = ast.literal_eval(without_names(found))
    for name, formatter in logging.get("formatters", {}).items():
        if formatter.get("()") != FORMATTER:
            yield f"{path}: the log format {name} is not {FORMATTER}"
    for name, handler in logging.get("handlers", {}).items():
        if handler.get("class") != HANDLER or not handler.get("formatter"):
            yield f"{path}: the log handler {name} is not {HANDLER} with a formatter"


def without_names(value: ast.expr | None) -> ast.expr:
    """Values that are computed count as None; structure and texts stay."""

    class Literal(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Constant:
            return ast.copy_location(ast.Constant(None), node)

    return Literal().visit(value) if value is not None else ast.Dict([], [])


def boundaries_call_the_sanitizer(path: str, tree: ast.Module) -> Iterator[str]:
    wanted = BOUNDARIES.get(path)
    if wanted is None:
        return
    for owner, function in wanted:
        node = function_in(tree, owner, function)
        made = {name for _, name in calls(node)} if node is not None else set()
        if not made & SANITIZERS:
            yield f"{path}: {owner or 'module'}.{function} calls no sanitizer"


SANITIZERS = {
    "sanitize",
    "clean_header",
    "_clean",
    "clean",
    "is_clean",
    "formula_safe",
    "_test_sanitizer",
    "incident_title",
    "passage",
}
# Where a value leaves, and the function that it leaves by.
BOUNDARIES = {
    "opspanel/logs.py": [("LineFormatter", "format")],
    "opspanel/middleware.py": [("", "clean_headers")],
    "opspanel/clean_command.py": [("CleanStream", "write"), ("", "account")],
    "opspanel/clean_task.py": [
        ("CleanTask", "apply_async"),
        ("CleanTask", "__call__"),
        ("CleanTask", "retry"),
    ],
    "opspanel/error_reports.py": [
        ("ReporterFilter", "get_safe_settings"),
        ("ReporterFilter", "get_safe_request_meta"),
        ("ReporterFilter", "get_post_parameters"),
        ("ReporterFilter", "get_traceback_frame_variables"),
        ("", "_text"),
    ],
    "opspanel/audit/allowlist.py": [("", "_cleaned")],
    "opspanel/audit/export.py": [("", "_cell")],
    "opspanel/collect.py": [("Collector", "_judged")],
    "opspanel/regions.py": [("OtherRegion", "_without_worker")],
    "opspanel/incidents/intake.py": [("Intake", "title"), ("Intake", "passage")],
    "opspanel/incidents/cleaning.py": [("", "incident"), ("", "line")],
}


RULES: tuple[Rule, ...] = (
    only_clean_imports,
    only_the_sanitizer_makes_clean_text,
    stores_take_snapshots,
    commands_are_clean,
    nothing_is_written_aside,
    tasks_are_clean,
    settings_use_ours,
    boundaries_call_the_sanitizer,
)


GATE = Gate(RULES, BOUNDARIES)
violations, main = GATE.violations, GATE.hold

if __name__ == "__main__":
    main()
