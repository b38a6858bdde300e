"""What a page is sent that has an earlier text already."""

import gzip
import json
import random
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from django.utils import timezone

from bench.parts import edited
from opspanel.live.edits import Edits
from opspanel.live.projection import OVERVIEW
from opspanel.live.ready import Ready, Shown, rendered
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.store import save_to_all
from tests import snapshots
from tests.live.conftest import shown_version
from tests.pages.stage import context

PARTS = (
    "<td class='n'>",
    "</td>\n",
    "0.5 s",
    "12 min",
    "14:05:10",
    "14:05:10.202",
    "14:05:15",
    "\n",
    " ",
    "≈",
    "\U0001f525",
    "\u2028",
    "ops",
    "7",
)


def made(old, edits):
    return edited(old, asdict(edits))


def texts(dice):
    """Two, of which the second has something of the first."""
    old = dice.choices(PARTS, k=dice.randrange(40))
    new = [dice.choice(PARTS) if dice.random() < 0.3 else part for part in old]
    del new[: dice.randrange(3)]
    return "".join(old), "".join(new + dice.choices(PARTS, k=dice.randrange(3)))


def row(number, word):
    name = "abcdefghijklmnopqrstuvwxyz"[number]
    head = f'<tr><th id="objective-{name}">{name}, of the last thirty days and a few</th>\n'
    return f"{head}<td>{word} of all that {name} had were good enough, read at 14:05:10</td>\n</tr>\n"


def tables(dice):
    """Two, of which the second has the rows of the first in another order, some of them
    with another word, some not at all, and some new ones."""
    old = [(number, dice.choice("ab\U0001f525")) for number in range(dice.randrange(9))]
    new = [(n, dice.choice(word + "c")) for n, word in old if dice.random() < 0.9]
    new += [(number, "d") for number in range(20, 20 + dice.randrange(2))]
    dice.shuffle(new)
    return tuple("".join(row(*each) for each in rows) for rows in (old, new))


@pytest.mark.parametrize("made_up", [texts, tables])
def test_edits_make_the_new_text_letter_by_letter(made_up):
    """Of whatever there was before."""
    dice = random.Random(3)
    for old, new in (made_up(dice) for _ in range(2_000)):
        assert made(old, Edits.between(old, new)) == new


def test_a_row_that_moved_is_fetched_from_where_it_stood():
    """With what is another in it; the worst come first, and that moves whole rows."""
    rows = [row(number, "99%") for number in range(9)]
    worse = row(7, "12%")
    edits = Edits.between("".join(rows), "".join([worse, *rows[:7], rows[8]]))
    assert made("".join(rows), edits) == "".join([worse, *rows[:7], rows[8]])
    assert sum(map(len, edits.steps[2::3])) < len(worse) / 2


def test_a_page_of_which_everything_moved_is_sent_as_it_is():
    """Thousands of rows that differ in a word each are not compared one with another."""
    rows = [f"<tr>\n<td>stream {n % 9}</td>\n<td>1 s</td>\n</tr>\n" for n in range(999)]
    old = "".join(rows)
    new = "".join(
        row.replace("stream", f"s{n}") for n, row in enumerate(reversed(rows))
    )
    edits = Edits.between(old, new)
    assert made(old, edits) == new
    assert len(edits.steps) < 100


def test_a_time_is_told_once_for_all_its_places():
    """A pass that read the same figures again is a few words."""
    row = "<td>7 at <time>14:05:10.202</time></td>\n"
    old = "".join(row.replace("7", str(n)) for n in range(100))
    edits = Edits.between(old, old.replace("14:05:10.202", "14:05:15.917"))
    assert asdict(edits) == {
        "times": {"14:05:10.202": "14:05:15.917"},
        "steps": [],
        "length": len(old),
    }


def bytes_of(answer):
    lines = [f"{name}: {value}" for name, value in answer.headers]
    added = "server: granian\r\ndate: Thu, 26 Nov 2026 00:55:14 GMT"
    head = "\r\n".join(["HTTP/1.1 200 OK", *lines, added, "", ""])
    return len(head) + len(answer.body)


def news(site, build, seconds):
    """The next snapshot, as the collector and the keeper bring it."""
    snapshot = build(timezone.now() + timedelta(minutes=5, seconds=seconds))
    save_to_all(configured_stores(), snapshot)
    site.desks.keeper.tick()


def asks(site, reader, had):
    """One that was last sent `had`, and shows something older than what is."""
    text = dict(had.headers)["X-Ops-Text"]
    return site.ask(reader, QUERY_STRING=f"v=1.0-0&text={text}")


def html_of(answer, of=None):
    text = gzip.decompress(answer.body).decode()
    if "X-Ops-Edits-Of" not in dict(answer.headers):
        return text
    return made(html_of(of), Edits(**json.loads(text)))


def test_a_refresh_with_news_is_a_kilobyte_and_a_half(site, reader, record_property):
    """With all of its headers: of a crowded page each figure was read again, and some
    are others; and what it makes is what the long way would send."""
    vera = reader()
    news(site, snapshots.unhealthy, 0)
    whole = site.ask(vera)
    news(site, busier, 5)
    answer = asks(site, vera, whole)
    record_property("whole", bytes_of(whole))
    record_property("edits", bytes_of(answer))
    assert site.long_way == 0
    assert html_of(answer, whole) == html_of(site.ask(vera))
    assert bytes_of(answer) <= 1_500


def busier(now):
    """All that is counted per second, and all errors, a bit worse."""
    found = snapshots.unhealthy(now)
    rates = [replace(each, rate=worse(each.rate)) for each in found.throughput]
    errors = [replace(each, ratio=worse(each.ratio)) for each in found.errors]
    return replace(found, throughput=tuple(rates), errors=tuple(errors))


def worse(figure):
    value = figure.value
    return figure if value is None else replace(figure, value=value * 1.07 + 0.003)


def test_edits_are_sent_where_they_are_shorter(site, reader):
    """From one platform to quite another the part may come whole, and is right."""
    vera = reader()
    had = site.ask(vera)
    for number, build in enumerate((snapshots.unhealthy, snapshots.healthy) * 2, 1):
        news(site, build, 5 * number)
        answer, whole = asks(site, vera, had), site.ask(vera)
        assert html_of(answer, had) == html_of(whole)
        assert len(answer.body) <= len(whole.body)
        had = whole


def test_a_text_that_is_not_known_gets_the_whole_part(site, reader):
    """Also one of a while ago; and nobody makes the process remember more."""
    vera = reader()
    old = site.ask(vera)
    for number in range(1, 6):
        news(site, snapshots.healthy, 5 * number)
    for text in ("", "0" * 16, dict(old.headers)["X-Ops-Text"], "&v=1"):
        answer = site.ask(vera, QUERY_STRING=f"v=1.0-0&text={text}")
        assert "X-Ops-Edits-Of" not in dict(answer.headers)
        assert dict(answer.headers)["Content-Type"].startswith("text/html")
    assert site.long_way == 0


def test_edits_are_made_once_for_all_readers(site, reader):
    """The same bytes for each who had the same text; others for who had another."""
    vera, otto = reader("vera"), reader("otto")
    first = site.ask(vera)
    news(site, snapshots.healthy, 5)
    second = site.ask(vera)
    news(site, snapshots.healthy, 10)
    bodies = [
        asks(site, each, had).body for had in (first, second) for each in (vera, otto)
    ]
    assert bodies[0] is bodies[1]
    assert bodies[2] is bodies[3]
    assert bodies[0] != bodies[2]


def test_a_page_that_is_held_still_asks_for_next_to_nothing(site, reader):
    """It has the newest text, and does not show it yet."""
    vera = reader()
    whole = site.ask(vera)
    answer = asks(site, vera, whole)
    assert answer.status == 200
    assert html_of(answer, whole) == html_of(whole)
    assert len(answer.body) < 100
    text = dict(whole.headers)["X-Ops-Text"]
    unchanged = site.ask(vera, QUERY_STRING=f"v={shown_version()}&text={text}")
    assert (unchanged.status, unchanged.body) == (204, b"")


def test_each_process_renders_the_same_text(collected):
    """Whoever of them answers next has what the page was sent last."""
    one, other = Ready(OVERVIEW).shown(), Ready(OVERVIEW).shown()
    assert one.text == other.text
    assert one.html == other.html


@pytest.mark.parametrize("build", [snapshots.healthy, snapshots.unhealthy])
def test_a_pass_that_finds_nothing_new_moves_times_alone(build, record_property):
    """Ages are reckoned from the snapshot, so that they stay where figures do."""
    shown = []
    for seconds in (0, 5):
        now = snapshots.NOW + timedelta(seconds=seconds)
        given = context(build(now), build(now).taken_at)
        shown.append(Shown.of(given["version"], rendered(OVERVIEW, given)))
    edits = Edits.between(*(each.html.decode() for each in shown))
    record_property("steps", len(edits.steps) // 3)
    assert len(edits.steps) // 3 <= 8
