"""A Prometheus that answers, and what of it the page may show."""

import re
import time
from pathlib import Path

import pytest

from opspanel.terms import FailureKind, Health, Source, Trust
from tests.faults.conftest import WORDS
from tests.faults.liar import whole

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

TABLE = "section[aria-labelledby=sources]"
MIB = 1024


def source(snapshot):
    [found] = [each for each in snapshot.sources if each.source is Source.PROMETHEUS]
    return found


def cell(page, name):
    row = page.locator(f"{TABLE} tr").filter(
        has=page.locator("th", has_text="Prometheus")
    )
    return row.locator(f"[data-th='{name}']").inner_text()


def api(liar, **changed):
    """A service of panel.toml whose figures are these."""
    well = {"up": [1], "scraped": [time.time()], "throughput": [50], "errors": [0]}
    for name, values in (well | {"latency_p95": [0.1]} | changed).items():
        liar.values[f"api.{name}"] = values


def test_warnings_stand_on_the_page_beside_what_came_with_them(liar, panel, look):
    """They are counted, their words are not repeated, and the figures are used."""
    api(liar)
    liar.beside = {"warnings": [WORDS, "two"], "infos": ["three"]}
    told = panel.renewed().run_pass()
    assert source(told).warnings > 0
    page = look()
    assert cell(page, "Warnings") == str(source(told).warnings)
    assert "50" in page.locator("#live").inner_text()
    assert WORDS not in page.content()


def test_an_old_sample_says_so_and_is_not_green(liar, panel, look):
    """A sample of 4 min 10 s ago is within Prometheus' look-back, and not of now."""
    api(liar, scraped=[time.time() - 250])
    told = panel.renewed().run_pass()
    [rate] = [each.rate for each in told.throughput if each.component_id == "api"]
    assert 240 < (told.taken_at - rate.observed_at).total_seconds() < 300
    [component] = [each for each in told.health if each.component_id == "api"]
    assert component.status is Health.UNKNOWN
    assert re.search(r"stale, 4 min \d", look().locator("#live").inner_text())


def test_odd_numbers_neither_break_the_page_nor_read_as_something_else(
    liar, panel, look
):
    """What is no number has a word; the huge is short; the negative keeps its sign."""
    api(liar, throughput=["NaN"], latency_p95=["1e308"], errors=["-5"])
    liar.values["web.throughput"] = ["-5"]
    panel.renewed().run_pass()
    page = look()
    text = page.locator("#live").inner_text()
    assert "not a number" in text
    assert "1.0e+308" in text
    assert "-5" in text
    assert "0" * 30 not in text
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(wide)


def with_peak(act):
    """What `act` gives, and by how many KiB memory grew meanwhile, at most."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = peak()
    return act(), peak() - before


def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def test_an_endless_answer_is_cut_and_not_kept(liar, panel):
    """50 MB in each of a pass's answers cost less memory than one of them, with what
    the server here takes to send them (21 MiB were seen)."""
    liar.reply = lambda: whole([{"metric": {"x": "y" * 50_000_000}}])
    panel.renewed().run_pass()  # what a first pass loads is not of an answer
    panel.renewed()
    body, made = with_peak(liar.reply)
    liar.reply = lambda: body
    told, grown = with_peak(panel.run_pass)
    assert made > 40 * MIB
    assert source(told).failure is FailureKind.TOO_LARGE
    assert grown < 40 * MIB


def test_the_page_names_the_instances_that_are_down(liar, panel, look):
    """As Prometheus calls them, cleaned."""
    liar.values["node-agent.up"] = [
        ({"instance": "node-1:9100"}, 1),
        ({"instance": f"<b>{WORDS}</b>:9100"}, 0),
        ({"instance": "node-3:9100"}, 0),
    ]
    panel.renewed().run_pass()
    page = look()
    assert "node-3:9100" in page.locator("#live").inner_text()
    assert WORDS not in page.content()
    assert not page.locator("#live b:has-text('9100') b").count()


def test_a_clock_that_is_off_is_named(liar, panel, look):
    """Skew is the word of the source, and no age counts by such a clock."""
    api(liar)
    liar.values["clock"] = [time.time() + 90]
    told = panel.renewed().run_pass()
    assert source(told).trust is Trust.SKEW
    row = look().locator(f"{TABLE} tr").filter(has_text="Prometheus").first
    assert "Skew" in row.inner_text()
