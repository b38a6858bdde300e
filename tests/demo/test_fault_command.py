"""`manage.py fault`: what it does and what it says."""

import io

import pytest
from django.core.management import CommandError, call_command

from opspanel.demo.faults import FAULTS, FaultFile, running


@pytest.fixture
def state_dir(settings, tmp_path):
    settings.OPSPANEL_RUN_DIR = tmp_path
    (tmp_path / "demo").mkdir()
    return tmp_path / "demo"


@pytest.fixture
def faults(state_dir):
    """The faults of a place where a demo is running."""
    with running(state_dir):
        yield FaultFile(state_dir)


def fault(*arguments):
    out = io.StringIO()
    call_command("fault", *arguments, stdout=out)
    return out.getvalue()


def test_it_switches_a_fault_on_until_cleared(faults):
    """A fault without a duration stays on."""
    assert fault("api-5xx") == "api-5xx is on until it is cleared.\n"
    assert faults.active() == {"api-5xx": None}


def test_it_switches_a_fault_on_for_a_time(faults):
    """A duration is taken in seconds, minutes or hours and shown in the list."""
    assert fault("api-slow", "--for", "2m") == "api-slow is on for 120 s.\n"
    line = next(line for line in fault().splitlines() if line.startswith("api-slow"))
    assert "on, 1" in line


def test_it_lists_every_fault_with_its_state(faults):
    """Without a name it says what can be switched on, and what is."""
    fault("relay-down")
    lines = fault().splitlines()
    assert [line.split()[0] for line in lines] == list(FAULTS)
    assert [line.split()[0] for line in lines if line.split()[1] == "on"] == [
        "relay-down"
    ]


def test_it_clears_one_fault(faults):
    """Only the named fault ends."""
    fault("api-5xx")
    fault("node-dead")
    assert fault("api-5xx", "--clear") == "api-5xx is off.\n"
    assert faults.active() == {"node-dead": None}


def test_it_clears_all_faults(faults):
    """Without a name, clearing ends whatever is on."""
    fault("api-5xx")
    fault("node-dead")
    assert fault("--clear") == "All faults are off.\n"
    assert faults.active() == {}


def test_a_wrong_name_is_answered_with_the_right_ones(faults):
    """A misspelt name costs one look, not a search in the documentation."""
    with pytest.raises(CommandError, match=r"called 'api-5x'.*api-5xx.*leak-secrets"):
        fault("api-5x")


@pytest.mark.parametrize("duration", ["2", "0s", "-1m", "2 m", "soon", "1d"])
def test_a_wrong_duration_is_answered_with_right_ones(faults, duration):
    """A duration that is not understood switches nothing on."""
    with pytest.raises(CommandError, match="30s, 2m or 1h"):
        fault("api-5xx", f"--for={duration}")
    assert faults.active() == {}


def test_a_duration_needs_a_fault(faults):
    """`--for` with nothing to switch on is a mistake, not a list."""
    with pytest.raises(CommandError, match="--for goes with"):
        fault("--for", "2m")


@pytest.mark.parametrize("arguments", [(), ("api-5xx",), ("--clear",)])
def test_without_a_demo_it_says_how_to_start_one(state_dir, arguments):
    """A fault that nobody would see is refused."""
    with pytest.raises(CommandError, match="No demo platform is running"):
        fault(*arguments)
