"""Programs of the distribution are unpacked once at a time."""

import os
from concurrent.futures import ThreadPoolExecutor

from opspanel.embedded.debian import unpack

# Stand for the package index, which tests have not. `busy` is there while one works.
APT_GET = """#!/bin/sh
mkdir busy || touch clashed
sleep 0.3
touch tool_1.0_all.deb
rmdir busy
"""
DPKG_DEB = """#!/bin/sh
mkdir busy || touch clashed
sleep 0.3
test -e "$2" && touch unpacked
rmdir busy
"""


def test_who_comes_while_another_unpacks_waits(tmp_path, monkeypatch):
    """Three first starts at once: each finds the program, and none disturbs another."""
    for name, script in {"apt-get": APT_GET, "dpkg-deb": DPKG_DEB}.items():
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    folder = tmp_path / "program"
    with ThreadPoolExecutor() as starts:
        list(starts.map(lambda _: unpack("tool", folder), range(3)))
    assert (folder / "unpacked").exists()
    assert not (folder / "clashed").exists()
