"""Two scanners from elsewhere, and the exceptions that this code needs."""

import importlib.util
import tomllib

import pytest

from opspanel.env import BASE_DIR

SCRIPT = BASE_DIR / ".ci" / "scanners.py"
spec = importlib.util.spec_from_file_location("scanners", SCRIPT)
scanners = importlib.util.module_from_spec(spec)
spec.loader.exec_module(scanners)

# Put together here, so that this file holds none.
KEY_ID = "AKIA" + "Q3EGR2TZ4XJ7WNHB"
SECRETS = {
    "conf.py": f'REGION = "x"\nKEY = "{KEY_ID}"\n',
    "notes.md": f"The key is {KEY_ID}, do not tell.\n",
    "values.yaml": "password: " + "zY7#kQ2pLw9\n",
    "page.html": '<input value="' + "q8Zt3vLx7Kp2" + "Wn5Rb9Yd4Hs6Jf1Gm0Tc" + '">\n',
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_in_any_file_is_found(tmp_path, monkeypatch, name):
    """Also by the quick look that most files get."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(SECRETS[name])
    assert [path for path, _ in scanners.secrets_in(name)] == [name]


def test_a_file_without_a_secret_has_none(tmp_path, monkeypatch):
    """Names and calls alone are no finding."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conf.py").write_text("password = read('password')\n")
    assert scanners.secrets_in("conf.py") == {}


def test_code_that_opens_a_door_is_found(tmp_path):
    """By the rule's name, at its line."""
    code = "import tarfile\n\ntarfile.open('a').extractall('/')\n"
    (tmp_path / "code.py").write_text(code)
    found = scanners.told_by(scanners.start_bandit(tmp_path, ["code.py"]))
    assert list(found) == [("code.py", "B202")]
    assert "code.py:3" in found["code.py", "B202"]


def test_code_that_cannot_be_read_is_told(tmp_path):
    """It is not taken for code without a fault."""
    (tmp_path / "code.py").write_text("def (:\n")
    with pytest.raises(SystemExit, match="bandit"):
        scanners.told_by(scanners.start_bandit(tmp_path, ["code.py"]))


def test_an_exception_covers_what_it_names_and_no_more():
    """Another rule, another path, or an exception too many is told."""
    allowed = {("bench/*", "B101")}
    found = {("bench/a.py", "B101"): "one"}
    assert scanners.unexpected(found, allowed) == []
    assert scanners.unexpected({("bench/a.py", "B102"): "two"} | found, allowed) == [
        "two"
    ]
    assert scanners.unexpected({("app.py", "B101"): "three"} | found, allowed) == [
        "three"
    ]
    assert scanners.unexpected({}, allowed) == ["scanners.toml: bench/* B101 is gone"]


def test_every_exception_has_its_reason():
    """In words, beside it."""
    entries = tomllib.loads(scanners.EXCEPTIONS.read_text())
    assert set(entries) == {"bandit", "secrets"}
    for kind, several in entries.items():
        assert all(len(entry["reason"]) > 10 for entry in several), kind


def test_all_folders_of_the_checkout_are_scanned():
    """What is left out is named; tests, docs and templates are not."""
    seen = {path.partition("/")[0] for path in scanners.files(BASE_DIR)}
    assert seen >= {".ci", "bench", "docs", "opspanel", "static", "templates", "tests"}
    assert "README.md" in seen
    assert not seen & {".git", ".venv", ".tools", ".run", "requirements"}
