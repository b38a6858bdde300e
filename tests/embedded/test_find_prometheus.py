"""Where Prometheus comes from."""

import pytest

from opspanel.embedded.find_prometheus import find_prometheus
from opspanel.embedded.program import StartError


def test_the_one_on_path_is_used(tmp_path, monkeypatch) -> None:
    """Nothing is fetched when the machine has one."""
    program = tmp_path / "prometheus"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_prometheus(tmp_path / "tools") == program


def test_one_line_tells_what_to_do_when_there_is_none(tmp_path, monkeypatch) -> None:
    """Without Prometheus and without apt-get, the error names both ways out."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartError) as caught:
        find_prometheus(tmp_path / "tools")
    assert "Install it" in str(caught.value)
    assert "set PROMETHEUS_URL" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_that_was_fetched_before_is_used(tmp_path, monkeypatch) -> None:
    """The second start does not download again."""
    fetched = tmp_path / "prometheus" / "usr" / "bin" / "prometheus"
    fetched.parent.mkdir(parents=True)
    fetched.write_text("")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert find_prometheus(tmp_path) == fetched
