"""What stands on the page, for every kind of snapshot."""

import gzip
import re
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.csp import LazyNonce

from opspanel.live import ready
from opspanel.live.projection import OVERVIEW, SLOS
from opspanel.live.whole_page import PageOfPeople
from opspanel.models import User
from opspanel.templatetags.words import HEALTH, MISSING, SOURCE
from opspanel.terms import Health
from tests import snapshots
from tests.pages.stage import PANEL, context

NAMED = dict(snapshots.every())
KNOWN = {name: snapshot for name, snapshot in NAMED.items() if snapshot}


def asked():
    request = RequestFactory().get("/admin/ops/overview")
    request.user = User(pk=1, username="vera", is_active=False)
    request._csp_nonce = LazyNonce()
    return request


def rendered(template, shown):
    return render_to_string(template, shown, asked())


def whole(shown):
    """The page as a browser without gzip gets it."""
    page = PageOfPeople(OVERVIEW, "pages/overview.html", lambda: snapshots.NOW)
    return page.respond(asked(), shown).content.decode()


def live(snapshot, after=timedelta()):
    shown = context(snapshot, snapshots.NOW + after)
    return rendered("pages/overview.html#live", shown)


class Tags(HTMLParser):
    """Which elements and attributes a browser would see."""

    def __init__(self):
        super().__init__()
        self.names, self.attributes = set(), set()

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def buttons(html):
    return re.findall(
        r'<button class="f([^"]*)" popovertarget="(\w+)">(.*?)</button>', html
    )


@pytest.mark.parametrize("name", NAMED)
def test_page_and_live_part_are_the_same(name):
    """A poll brings exactly what the whole page holds."""
    shown = context(NAMED[name], snapshots.NOW)
    poll = ready.rendered(OVERVIEW, shown).decode()
    assert poll in whole(shown)


def test_the_compressed_page_is_the_same_page():
    """The kept piece fits between what is rendered for each."""
    shown, request = context(snapshots.unhealthy(), snapshots.NOW), asked()
    request.META["HTTP_ACCEPT_ENCODING"] = "gzip"
    page = PageOfPeople(OVERVIEW, "pages/overview.html", lambda: snapshots.NOW)
    response = page.respond(request, shown)
    assert response["Content-Encoding"] == "gzip"
    unpacked = gzip.decompress(response.content).decode()
    assert without_own(unpacked) == without_own(whole(shown))


def without_own(page):
    """The token against forged forms and the nonces are others in each answer."""
    return re.sub(r'(nonce|name="csrfmiddlewaretoken" value)="[\w-]+"', r"\1", page)


@pytest.mark.parametrize("name", KNOWN)
def test_the_sections_keep_their_order(name):
    """Decision, action, health, queues, rates, budgets, watchlist, incidents, tools,
    detail; no watchlist where none was ever read."""
    watched = ["watchlist"] if KNOWN[name].watchlist else []
    found = re.findall(r'<h[12] id="([\w-]+)"', live(KNOWN[name]))
    assert found == [
        "decision",
        "actions",
        "health",
        "queues",
        "errors",
        "throughput",
        "slos",
        *watched,
        "incidents",
        "investigate",
        "sources",
    ]


@pytest.mark.parametrize("status", Health)
def test_each_status_has_a_word_and_a_shape(status):
    """Colour is never the only sign."""
    base = snapshots.healthy()
    html = live(snapshots._statuses(base, status, "because"))
    assert f'href="#s-{status}"' in html
    assert HEALTH[status] in text_of(html)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [("Unhealthy: API errors", "API errors"), ("API: errors", "API: errors")],
)
def test_the_verdict_is_said_once(sentence, said):
    """Its reason follows it; what is old says what the verdict was."""
    base = snapshots.unhealthy()
    decision = replace(base.decision, sentence=snapshots.text(sentence))
    html = live(replace(base, decision=decision))
    assert f">Last known: unhealthy: </span>{said}</p>" in html


@pytest.mark.parametrize(
    "name", ["healthy", "degraded", "unhealthy", "unknown", "partial"]
)
def test_every_figure_tells_where_it_is_from(name):
    """Each figure of the snapshot is a button with a popover of its own."""
    # Of budgets the overview has a part; the whole is on their own page, below.
    snapshot = replace(KNOWN[name], slos=())
    all_tell_where_they_are_from(live(snapshot), snapshot)


def test_every_figure_of_a_budget_tells_where_it_is_from():
    snapshot = snapshots.healthy()
    all_tell_where_they_are_from(slos_page(snapshot), snapshot.slos)


def all_tell_where_they_are_from(html, shown):
    targets = [target for _, target, _ in buttons(html)]
    assert len(targets) == len(list(snapshots.figures(shown))) == len(set(targets))
    for target in targets:
        origin = text_of(html.partition(f'id="{target}"')[2].partition("</button>")[0])
        assert any(source in origin for source in SOURCE.values())
        assert "Read 14:0" in origin
        assert "ago. Good for" in origin


def test_the_provenance_names_query_time_age_and_exactness():
    """A reader can tell a reading from an estimate."""
    text = text_of(live(snapshots.degraded()))
    assert (
        "1,204 NATS JetStream stream.depth:PROVISIONING "
        "Read 14:05:08 UTC, 2 s ago. Good for 20 s. Exact." in text
    )
    assert "≈ 1,204,000" in text
    assert "An estimate." in text


def test_missing_never_reads_as_a_number():
    """With every source silent no figure holds a digit; each holds its reason."""
    shown = buttons(live(snapshots.unknown()))
    assert shown
    reasons = {short for short, _ in MISSING.values()}
    for kind, _, text in shown:
        assert kind == " none"
        assert text.removeprefix("\N{EN DASH} ") in reasons


def test_zero_reads_as_zero():
    """Nothing failed is a number, and not the mark of something missing."""
    assert ("", "0%") in [
        (kind, text) for kind, _, text in buttons(live(snapshots.healthy()))
    ]


def test_held_over_figures_say_so():
    """A number from before the source went silent carries its age beside it."""
    held = [
        text
        for kind, _, text in buttons(live(snapshots.held_over()))
        if kind == " held"
    ]
    assert held
    assert all("held over, 2 min 5 s old" in text for text in held)


def test_a_figure_past_its_time_says_so():
    """Shown as stale, though the collector lives."""
    texts = [
        text for kind, _, text in buttons(live(snapshots.partial())) if kind == " old"
    ]
    assert [text_of(text) for text in texts] == ["41/s stale, 4 min 0 s old"]


def test_an_old_snapshot_is_never_shown_as_healthy():
    """When the collector has died the page itself says Unknown, without script."""
    html = live(snapshots.healthy(), after=timedelta(minutes=6))
    assert "data-stale" in html
    assert 'data-status="unknown"' in html
    assert "The newest snapshot here is 6 min 2 s old." in text_of(html)


def test_a_fresh_snapshot_is_not_called_old():
    """A collector that is a pass late is no reason for alarm."""
    html = live(snapshots.healthy(), after=timedelta(seconds=15))
    assert " data-stale>" not in html
    assert 'data-status="healthy"' in html


def test_a_flapping_source_is_called_so():
    """Twice gone and back within ten minutes, with the count; once is a restart."""
    base = snapshots.healthy()

    def told(changes):
        moments = tuple(base.taken_at - timedelta(minutes=n) for n in range(changes))
        state = replace(base.sources[0], changed_at=moments)
        return text_of(live(replace(base, sources=(state, *base.sources[1:]))))

    assert "failed or came back 5 times in ten minutes" in told(5)
    assert "Flapping" not in told(2)


def test_nothing_yet_says_what_to_do():
    """An empty panel is unknown, and names the cure."""
    text = text_of(live(None))
    assert "Unknown" in text
    assert "manage.py doctor" in text


def test_quiet_means_stop_reading():
    """The empty state of the action section, word for word."""
    wanted = "Nothing needs action. Check the age above, then stop reading."
    assert wanted in text_of(live(snapshots.healthy()))
    assert wanted not in text_of(live(snapshots.unhealthy()))


def test_quiet_is_not_claimed_when_something_is_unknown():
    """Without a full view nobody is told to stop reading."""
    assert "stop reading" not in text_of(live(snapshots.partial()))


def test_a_card_has_reason_since_owner_and_runbook():
    """Everything the reader needs to act."""
    html = live(snapshots.unhealthy())
    text = text_of(html)
    assert "Outbox relay does not publish" in text
    assert "oldest pending 95 s > 60 s; 12 publish failures" in text.replace(
        "&gt;", ">"
    )
    assert "For 6 min 52 s , since 13:58:18 UTC" in text
    assert 'data-key="outbox.relay:outbox-relay"' in html
    assert 'href="/admin/ops/runbooks/ops.outbox.relay"' in html
    assert 'href="https://runbooks.example/api" rel="noreferrer"' in html


def test_the_worst_stands_first():
    """In each list, whatever the order in the snapshot."""
    html = live(snapshots.degraded())
    assert html.index("PROVISIONING <small>") < html.index("BILLING <small>")


def test_three_outbox_figures_have_three_labels():
    """Relay, failed rows and dead letters are never mixed up."""
    text = text_of(live(snapshots.unhealthy()))
    labels = (
        "Relay, now",
        "Failed rows, kept as history",
        "Messages on the DLQ stream, now",
    )
    assert all(text.count(label) == 1 for label in labels)


def test_hostile_text_is_inert():
    """Should the sanitizer miss mark-up, the template still shows it as text."""
    html = live(snapshots.hostile())
    found = Tags()
    found.feed(html)
    assert found.names.isdisjoint({"script", "img", "hx-partial", "template"})
    assert not [name for name in found.attributes if name.startswith(("on", "hx-"))]
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("name", NAMED)
def test_the_live_part_holds_nothing_that_acts(name):
    """No script, no htmx attribute, no inline style or handler comes with a poll."""
    found = Tags()
    found.feed(live(NAMED[name]))
    assert "script" not in found.names
    acting = ("hx-", "data-hx-", "on", "style")
    assert not [name for name in found.attributes if name.startswith(acting)]


def test_tools_appear_only_when_configured():
    """A form for each link that panel.toml gives; for the others, how to give it."""
    html = live(snapshots.healthy())
    assert 'name="correlation_id"' in html
    assert 'name="trace_id"' not in html
    assert "tempo_trace" in html


def test_the_environment_always_stands_there():
    """Also before anything was collected."""
    for snapshot in (None, snapshots.healthy()):
        html = whole(context(snapshot, snapshots.NOW))
        assert PANEL.panel.environment in text_of(html.partition("<main")[0])


def slos_page(snapshot):
    shown = context(snapshot, snapshots.NOW)
    return (
        PageOfPeople(SLOS, "pages/slos.html").respond(asked(), shown).content.decode()
    )


def test_a_budget_that_burns_is_told_with_its_windows():
    """On a page of its own, the worst first, with what was overspent."""
    page = text_of(slos_page(snapshots.unhealthy()))
    assert "-12%" in page
    assert "14.4\N{MULTIPLICATION SIGN}" in page
    assert "burning too fast" in page
    assert page.index("API p95 within 300 ms") < page.index("API p99 within 1 s")


def test_a_share_between_bounds_is_no_verdict():
    """Both bounds stand where the share would, and nothing is green."""
    page = slos_page(snapshots.healthy())
    assert "not measurable exactly" in text_of(page)
    section = page.partition('id="slo-allocation-event"')[2]
    assert 'href="#s-unknown"' in section
    assert "96.2%" in text_of(section)
    assert "99.7%" in text_of(section)


@pytest.mark.parametrize("name", NAMED)
def test_the_page_of_budgets_shows_every_kind_of_snapshot(name):
    """Also none at all, and one whose texts are all mark-up."""
    page = slos_page(NAMED[name])
    assert "<h1>Error budgets</h1>" in page or "Nothing was collected" in text_of(page)
    assert "script" not in tags_of(page.partition('id="live"')[2]).names


def tags_of(html):
    tags = Tags()
    tags.feed(html)
    return tags


def test_the_page_stays_light():
    """Little enough for a phone on a train: the whole page, and a poll."""
    page = whole(context(snapshots.unhealthy(), snapshots.NOW))
    assert len(page) < 86_000
    poll = ready.rendered(OVERVIEW, context(snapshots.unhealthy(), snapshots.NOW))
    assert len(gzip.compress(poll, 9)) < 8_900


def test_the_clock_of_a_kept_page_goes_on():
    """Each answer tells the server's time of that answer, from which ages are counted."""
    moments = [snapshots.NOW + timedelta(milliseconds=ms) for ms in (0, 0, 700, 700)]
    page = PageOfPeople(OVERVIEW, "pages/overview.html", lambda: moments.pop(0))
    shown = context(snapshots.healthy(), snapshots.NOW)
    answers = [page.respond(asked(), shown).content.decode() for _ in range(2)]
    said = [re.search(r'data-now="([^"]+)"', answer)[1] for answer in answers]
    first, second = map(datetime.fromisoformat, said)
    assert second - first == timedelta(milliseconds=700)


def test_another_snapshot_of_the_same_second_is_not_mixed_up():
    """What is kept for a moment belongs to one snapshot."""
    page = PageOfPeople(OVERVIEW, "pages/overview.html")
    for snapshot, seen in ((snapshots.unhealthy(), True), (snapshots.healthy(), False)):
        answer = page.respond(asked(), context(snapshot, snapshots.NOW))
        assert ("Unhealthy" in text_of(answer.content.decode())) == seen


@pytest.mark.parametrize("page", [400, 403, 404, 500, 503, "expired"])
def test_error_pages_need_no_context(page):
    """They must not fail themselves."""
    assert "<h1>" in render_to_string(f"errors/{page}.html")


def test_the_refusal_says_whom_to_ask():
    """The contact of panel.toml."""
    assert "ask <b>the platform team</b>" in rendered(
        "errors/403.html", {"panel": PANEL}
    )
