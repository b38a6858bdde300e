"""Vendored files are what they say they are."""

import hashlib
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
SUMS = sorted(VENDOR.rglob("SHA256SUMS"))


def listed(sums):
    return dict(reversed(line.split()) for line in sums.read_text().splitlines())


def test_something_is_vendored():
    """The check below has something to check."""
    assert SUMS


@pytest.mark.parametrize("sums", SUMS, ids=lambda path: path.parent.name)
def test_files_match_their_sums(sums):
    """Unchanged, complete, with a licence, and nothing beside them."""
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sums.parent.iterdir()
        if path != sums
    }
    assert found == listed(sums)
    assert "LICENSE" in found


def test_each_folder_is_explained():
    """The register names package and version of each."""
    register = (VENDOR / "README.md").read_text()
    folders = [str(sums.parent.relative_to(VENDOR)) for sums in SUMS]
    assert all(f"`{folder}`" in register for folder in folders)
