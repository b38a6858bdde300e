"""The documents name everything that exists."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import get_resolver
from pydantic import BaseModel

from opspanel.error_codes import CATALOGUE
from opspanel.panel.config import PanelConfig
from opspanel.terms import Absence, Health, Signal

SETTINGS = Path("docs/settings.md").read_text()
OPERATIONS = Path("docs/operations.md").read_text()
PANEL_TOML = Path("docs/panel-toml.md").read_text()
TERMS = Path("docs/terms.md").read_text()
SECURITY = Path("docs/security.md").read_text()
ERRORS = Path("docs/errors.md").read_text()
PAPERS = [Path("README.md"), *sorted(Path("docs").rglob("*.md"))]
READERS = {
    "text",
    "optional",
    "flag",
    "listing",
    "address",
    "existing_file",
    "existing_folder",
    "choice",
    "issuer",
    "mapping",
    "seconds",
}


def settings_read():
    """First arguments of every call of a reader of opspanel/env.py in settings."""
    for node in ast.walk(ast.parse(Path("opspanel/settings.py").read_text())):
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if (
            called
            and node.func.attr in READERS
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.args[0].value


def routes(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from routes(entry, path)
        else:
            yield "/" + path.replace("<str:runbook_id>", "<id>")


def config_keys(model=PanelConfig):
    for name, field in model.model_fields.items():
        yield name
        for kind in [field.annotation, *getattr(field.annotation, "__args__", ())]:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from config_keys(kind)


def promises(paper):
    """`(what is promised, what shows it)` of each table whose last column is for that."""
    shown = False
    for line in paper.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            shown = False
        elif cells[-1].startswith("test"):
            shown = True
        elif shown and set(line) - set("|- "):
            yield line, cells[-1]


@pytest.mark.parametrize("paper", PAPERS, ids=str)
def test_what_shows_a_promise_is_there(paper):
    """Each test, bench and make target that a document names exists."""
    text = paper.read_text()
    paths = set(re.findall(r"`((?:tests|bench|\.ci)/[\w/.-]+)`", text))
    modules = set(re.findall(r"`python -m (bench\.\w+)", text))
    paths |= {f"{module.replace('.', '/')}.py" for module in modules}
    assert [path for path in sorted(paths) if not Path(path).exists()] == []
    targets = set(re.findall(r"`make ([a-z-]+)", text))
    assert targets <= set(re.findall(r"(?m)^([\w-]+):", Path("Makefile").read_text()))


def test_every_promise_of_security_names_its_test_or_its_reason():
    """No line of docs/security.md asks to be believed."""
    found = list(promises(SECURITY))
    assert [line for line, shown in found if not shown] == []
    with_test = [
        shown for _, shown in found if re.search("`(tests|make|python)", shown)
    ]
    assert len(found) > 100
    assert len(found) - len(with_test) < 10


@pytest.mark.parametrize("name", sorted({*settings_read(), "OPSPANEL_RUN_DIR"}))
def test_every_setting_is_documented(name):
    """Whoever meets a variable finds it in docs/settings.md."""
    assert f"`{name}`" in SETTINGS


@pytest.mark.parametrize(
    "name", sorted(c for c, a in get_commands().items() if a == "opspanel")
)
def test_every_command_is_documented(name):
    """Whoever meets a command finds it in docs/operations.md."""
    assert f"`manage.py {name}" in OPERATIONS


@pytest.mark.parametrize("route", sorted(set(routes())))
def test_every_route_is_documented(route):
    """Whoever meets an address finds it in docs/operations.md."""
    assert f"`{route}`" in OPERATIONS


@pytest.mark.parametrize("key", sorted(set(config_keys())))
def test_every_key_of_panel_toml_is_documented(key):
    """Whoever writes a panel.toml finds every key in docs/panel-toml.md."""
    spellings = (f"`{key}`", f"[{key}]", f"[{key}.", f".{key}]")
    assert any(spelling in PANEL_TOML for spelling in spellings)


@pytest.mark.parametrize("signal", Signal)
def test_every_signal_is_documented(signal):
    """Whoever maps runbooks finds every signal in docs/panel-toml.md."""
    assert f"`{signal}`" in PANEL_TOML


@pytest.mark.parametrize("word", [*Health, *Absence])
def test_every_word_of_health_and_absence_is_defined(word):
    """Each word that a page can say about health or a gap is in docs/terms.md."""
    assert word.replace("_", " ") in TERMS


def test_every_code_is_documented_as_the_catalogue_has_it():
    """Meaning and cure; and no code that is gone."""
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", ERRORS, re.MULTILINE)
    assert {code: meaning for code, meaning, _ in rows} == dict(CATALOGUE)


def test_settings_read_elsewhere_are_documented():
    """By services that have no settings."""
    env = Path("opspanel/env.py").read_text()
    for name in set(re.findall(r'"(O(?:TEL|PSPANEL)_[A-Z_]+)"', env)):
        assert f"`{name}`" in SETTINGS
