"""Finds the few ways of writing code and templates that would open the panel.

Says what is wrong and where, and ends with 1. It reads source and runs none. ruff's S
rules and bandit know Python in general; these know Django, htmx and this panel. A way
that is right at one place is named in ALLOWED, with its reason.
"""
# ruff: noqa: INP001 - a script

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent

type Rule = Callable[[ast.Call], bool]

ALLOWED = {
    # A browser reports by itself, and has no token; nothing but the log changes.
    ("opspanel/views/csp_report.py", "csrf-exempt"),
    # A bearer token opens it and no cookie does: there is nothing to forge a form with.
    ("opspanel/access/guard.py", "csrf-exempt"),
    # Without htmx, and with a worker; tests/policy/test_headers.py has the whole of it.
    ("opspanel/views/wall.py", "own-policy"),
    # They make databases and roles, whose names no statement takes as a parameter.
    ("opspanel/demo", "made-up-sql"),
    ("opspanel/embedded", "made-up-sql"),
}


def name_of(node: ast.AST) -> str:
    """The last part of a dotted name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_made_up(node: ast.AST) -> bool:
    """A text with values put into it, by whatever way Python has."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return any(map(is_text, (node.left, node.right)))
    return isinstance(node, ast.Call) and name_of(node.func) == "format"


def is_text(node: ast.AST) -> bool:
    literal = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return literal or is_made_up(node)


def keyword(call: ast.Call, name: str) -> object:
    """Its literal value; None if it has none."""
    found = (word.value for word in call.keywords if word.arg == name)
    return next((w.value for w in found if isinstance(w, ast.Constant)), None)


def safe_text(call: ast.Call) -> bool:
    literal = all(isinstance(each, ast.Constant) for each in call.args)
    return name_of(call.func) in {"mark_safe", "SafeString", "SafeText"} and not literal


def formatted_markup(call: ast.Call) -> bool:
    """The mark-up is one literal; values only ever are its arguments."""
    texts = {"format_html": 1, "format_html_join": 2}.get(name_of(call.func), 0)
    return not all(isinstance(each, ast.Constant) for each in call.args[:texts])


def made_up_sql(call: ast.Call) -> bool:
    runs = name_of(call.func) in {"execute", "executemany", "raw", "RawSQL", "extra"}
    return runs and any(map(is_made_up, call.args))


def executes_text(call: ast.Call) -> bool:
    plain = isinstance(call.func, ast.Name)
    return plain and name_of(call.func) in {"eval", "exec", "compile"}


CALLS: dict[str, Rule] = {
    "safe-text": safe_text,
    "formatted-markup": formatted_markup,
    "made-up-sql": made_up_sql,
    "executes-text": executes_text,
    "follows-redirects": lambda call: keyword(call, "follow_redirects") is True,
    "unverified-tls": lambda call: keyword(call, "verify") is False,
}
NAMES = {
    "CERT_NONE": "unverified-tls",
    "_create_unverified_context": "unverified-tls",
    "csrf_exempt": "csrf-exempt",
    "cache_page": "cached-page",
    "UpdateCacheMiddleware": "cached-page",
    "csp_override": "own-policy",
    "csp_report_only_override": "own-policy",
    "from_string": "text-as-template",
}
MODULES = dict.fromkeys(("pickle", "marshal", "shelve", "dill"), "unpickles")
TEMPLATES = {
    "unescaped": r"\|\s*safe(seq)?\b|autoescape\s+off",
    "inline-handler": r"<[^>]*\s(on[a-z]+|(data-)?hx-on[:\w-]*)\s*=",
    "htmx-script": r"=\s*[\"']\s*(js|javascript):",
    "inline-script": r"<script(?![^>]*\bsrc=)",
    "script-without-nonce": r"<script(?![^>]*\bnonce=)",
    "inline-style": r"\sstyle\s*=|<style",
    "foreign-address": r"(src|href|action|hx-\w+)=\"(https?:)?//",
}


def violations(path: str, source: str) -> list[str]:
    """What is wrong with a module or a template, as `path:line rule`."""
    found = _in_template if path.endswith(".html") else _in_python
    return [
        f"{path}:{line} {rule}"
        for rule, line in found(source)
        if not ALLOWED & {(path, rule), (path.rpartition("/")[0], rule)}
    ]


def _in_python(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        for rule in _rules_broken_by(node):
            yield rule, getattr(node, "lineno", 0)


def _rules_broken_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from (rule for rule, is_wrong in CALLS.items() if is_wrong(node))
    if isinstance(node, ast.Name | ast.Attribute) and name_of(node) in NAMES:
        yield NAMES[name_of(node)]
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [getattr(node, "module", None) or ""]
        names += [alias.name for alias in node.names]
        yield from (MODULES[name] for name in names if name in MODULES)


def _in_template(source: str) -> Iterator[tuple[str, int]]:
    for rule, pattern in TEMPLATES.items():
        for match in re.finditer(pattern, source):
            yield rule, source.count("\n", 0, match.start()) + 1


def sources() -> Iterator[tuple[str, str]]:
    for pattern in ("opspanel/**/*.py", "templates/**/*.html"):
        for path in sorted(CHECKOUT.glob(pattern)):
            yield path.relative_to(CHECKOUT).as_posix(), path.read_text()


def main() -> None:
    found = [each for path, source in sources() for each in violations(path, source)]
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
