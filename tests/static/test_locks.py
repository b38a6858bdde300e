"""What is installed is named, pinned, hashed, and up to date where it matters most."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys

import pytest

from opspanel.env import BASE_DIR

spec = importlib.util.spec_from_file_location("sbom", BASE_DIR / ".ci" / "sbom.py")
sbom = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sbom)

LOCKS = sorted((BASE_DIR / "requirements").glob("*.txt"))
HERE = pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)


@HERE
def test_every_pin_has_its_hashes(lock):
    """A version each, the hash of each file, and nothing that is no pin."""
    text = lock.read_text()
    pins = list(sbom.pins(text))
    entries = [line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    assert len(pins) == len(entries) > 0
    assert [name for name, _, hashes, _ in pins if not hashes] == []


@HERE
def test_a_lock_names_no_index_and_no_machine(lock):
    """It is good wherever the packages come from."""
    assert not re.search(r"://|--index|--find-links|(?<![\w.])/\w", lock.read_text())


@HERE
def test_the_bill_of_materials_names_every_pin(lock):
    """With version, hashes and who needs it; the same bytes each time; no address."""
    bill = sbom.bill(lock)
    made = {(each["name"], each["version"]) for each in bill["components"]}
    pinned = {(name, version) for name, version, _, _ in sbom.pins(lock.read_text())}
    assert pinned < made
    assert made - pinned == {("htmx.org", "4.0.1")}
    refs = {each["ref"] for each in bill["dependencies"]}
    assert {ref for each in bill["dependencies"] for ref in each["dependsOn"]} <= refs
    assert len(refs) == len(made) + 1
    assert json.dumps(bill) == json.dumps(sbom.bill(lock))
    assert "://" not in json.dumps(bill)


def newest_django(series, folder):
    """Asked of the index that this machine uses; None where it does not answer."""
    uv = shutil.which("uv") or str(BASE_DIR / ".tools" / "uv" / "bin" / "uv")
    if not shutil.which(uv):
        return None
    # Elsewhere than in the checkout, whose settings leave out the newest week; and for
    # this Python, not for another one that lies about.
    wanted = ["--no-deps", "--no-header", "--upgrade", "--python", sys.executable]
    try:
        answer = subprocess.run(
            [uv, "pip", "compile", "-q", *wanted, "-"],
            input=f"django=={series}.*",
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    assert "No solution" not in answer.stderr  # else this would be skipped for ever
    found = re.search(r"^django==(\S+)", answer.stdout, re.MULTILINE)
    return found[1] if found else None


def test_django_is_the_newest_patch_of_its_series(tmp_path):
    """Each patch mends holes that everybody can read about from that day on."""
    lock = (BASE_DIR / "requirements" / "base.txt").read_text()
    (version,) = (v for name, v, _, _ in sbom.pins(lock) if name == "django")
    newest = newest_django(version.rpartition(".")[0], tmp_path)
    if newest is None:
        pytest.skip("the package index does not answer")
    assert version == newest
