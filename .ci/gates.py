"""What the gates share: they read the code and run none of it."""
# ruff: noqa: INP001 - beside the scripts that use it

import ast
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent

type Rule = Callable[[str, ast.Module], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Gate:
    """`places`: paths that the rules name, and that have to be there."""

    rules: tuple[Rule, ...]
    places: Collection[str]

    def violations(self, path: str, source: str) -> list[str]:
        """What is wrong with one module. `path` counts from the checkout, with slashes."""
        tree = ast.parse(source, path)
        return [wrong for rule in self.rules for wrong in rule(path, tree)]

    def hold(self) -> None:
        """Says nothing where nothing is wrong; else what and where, and ends with 1."""
        found = [
            wrong
            for path, source in modules().items()
            for wrong in self.violations(path, source)
        ]
        gone = (path for path in self.places if not (CHECKOUT / path).is_file())
        found += [f"{path} is gone: where is that done now?" for path in gone]
        if found:
            sys.exit("\n".join(found))


def modules() -> dict[str, str]:
    """The source of each, by its path."""
    return {
        module.relative_to(CHECKOUT).as_posix(): module.read_text()
        for module in sorted(CHECKOUT.glob("opspanel/**/*.py"))
    }


def imported(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Modules, with the names taken from them: `from a import b` is a and a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            whole = "." * node.level + (node.module or "")
            yield from ((node, f"{whole}.{alias.name}") for alias in node.names)


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, name_of(node.func)


def name_of(node: ast.AST) -> str:
    """The last part of a dotted name, or of a text that names a type."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Constant):
        return str(node.value).rpartition(".")[2]
    return node.id if isinstance(node, ast.Name) else ""


def matches(path: str, *patterns: str) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def connects(tree: ast.Module, signal: str) -> bool:
    decorators = (
        decorator
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
    )
    return f"{signal}.connect" in map(ast.unparse, decorators)


def assigned(tree: ast.Module) -> dict[str, ast.expr]:
    return {
        name_of(target): node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
    }


def function_in(
    tree: ast.Module, owner: str, function: str
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    scope: list[ast.stmt] = tree.body
    if owner:
        classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
        scope = next((node.body for node in classes if node.name == owner), [])
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    functions = (node for node in scope if isinstance(node, kinds))
    return next((node for node in functions if node.name == function), None)


def is_text(node: ast.AST | None, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def texts(node: ast.AST | None) -> set[str]:
    found = ast.walk(node) if node is not None else ()
    return {part.value for part in found if isinstance(part, ast.Constant)}


def place(path: str, node: ast.AST) -> str:
    return f"{path}:{getattr(node, 'lineno', 0)}"
