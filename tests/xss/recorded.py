"""Places of what people and machines record: incidents, alerts, screens.

The rows are written past all that takes texts in, as if it had let them by.
"""

import tempfile
from datetime import timedelta
from itertools import batched
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from opspanel.access import screens as access
from opspanel.access import tokens
from opspanel.embedded.program import free_port
from opspanel.incidents.listing import PAGE
from opspanel.live.desks import start_anew
from opspanel.models import (
    AccessToken,
    AlertOccurrence,
    Incident,
    IncidentEvent,
    IncidentService,
    Look,
    Screen,
)
from tests.xss.slots import Place, Slot
from tests.xss.watch import Watch

LIST, ALERTS = "/admin/ops/incidents", "/admin/ops/alerts"
HANDOVER, SCREENS, WALL = f"{LIST}/since", "/admin/ops/screens", "/admin/ops/wall"

ROW = (Slot("title", 200), Slot("owner", 150), Slot("service", 63))
ROWS = 24  # all that is open is on the overview, 25 at most
LINE = (Slot("event.actor", 150), Slot("event.body", 4_000), Slot("event.change"))
LINES = 24
HEAD = (
    *ROW,
    Slot("summary", 4_000),
    Slot("customer_impact", 4_000),
    Slot("declared_by", 150),
    Slot("evidence.sentence", 500),
    Slot("evidence.card", 500),
    Slot("evidence.figure", 120),
)
INCIDENT = HEAD + LINE * LINES


def made(texts: list[str], **columns: str) -> Incident:
    """An open incident of now. `texts` are those of ROW."""
    title, owner, service = texts
    now = timezone.now()
    incident = Incident.objects.create(
        title=title,
        owner_label=owner,
        origin="ui",
        started_at=now - timedelta(minutes=5),
        declared_at=now,
        changed_at=now,
        **columns,
    )
    IncidentService.objects.create(incident=incident, service=service, impact="down")
    return incident


def settled() -> None:
    """What stood there before is over, and no list of open incidents has it."""
    for open_one in Incident.objects.filter(status="open"):
        open_one.status, open_one.closure_reason = "void", "test"
        open_one.save(update_fields=["status", "closure_reason"])


def write_rows(texts: list[str]) -> None:
    settled()
    for row in batched(texts, len(ROW)):
        line(made(list(row)), 1, ["ada", "", ""], kind="declared")


def line(incident: Incident, seq: int, texts: list[str], kind: str = "details") -> None:
    """`texts` are those of LINE."""
    actor, body, change = texts
    IncidentEvent.objects.create(
        incident=incident,
        seq=seq,
        type=kind,
        occurred_at=incident.declared_at,
        actor_label=actor,
        origin="ui",
        body=body,
        changes={"summary": ["before", change]} if change else {},
    )


def write_incident(texts: list[str]) -> int:
    """The number of one with a timeline, and with how the platform stood."""
    row, (summary, impact, declarer, *kept) = texts[: len(ROW)], texts[len(ROW) :][:6]
    columns = {"summary": summary, "customer_impact": impact}
    incident = made(row, declared_by_label=declarer, **columns)
    IncidentEvent.objects.create(
        incident=incident,
        seq=1,
        type="declared",
        occurred_at=incident.declared_at,
        actor_label=declarer,
        origin="ui",
        changes={"evidence": [None, evidence(incident, *kept)]},
    )
    for seq, some in enumerate(batched(texts[len(HEAD) :], len(LINE)), 2):
        line(incident, seq, list(some))
    return incident.pk


def evidence(incident: Incident, sentence: str, card: str, figure: str) -> dict:
    return {
        "taken_at": incident.declared_at.isoformat(),
        "status": "degraded",
        "sentence": sentence,
        "cards": [{"title": card, "reason": card, "status": "degraded"}],
        "figures": [{"name": figure, "value": 1.0, "unit": "count", "missing": None}],
    }


def incident_page(watch: Watch, texts: list[str]) -> None:
    watch.open(f"{LIST}/{write_incident(texts)}")


def incident_live(watch: Watch, texts: list[str]) -> None:
    """Brought by htmx into a page that was harmless."""
    title, owner, summary, impact = texts
    if not watch.page.url.startswith(f"{watch.site}{LIST}/"):
        watch.open(f"{LIST}/{write_incident(['text'] * len(INCIDENT))}")
    number = watch.page.url.rpartition("/")[2]
    Incident.objects.filter(pk=number).update(
        title=title,
        owner_label=owner,
        summary=summary,
        customer_impact=impact,
        changed_at=timezone.now(),
        version=F("version") + 1,
    )
    start_anew()
    watch.poll()


def incident_files(watch: Watch, texts: list[str]) -> None:
    """Taken along, and opened as files."""
    number, client = write_incident(texts), Client()
    client.force_login(watch.user)
    for kind in ("md", "json"):
        told = client.get(f"{LIST}/{number}.{kind}")
        assert told["Content-Disposition"].startswith("attachment")
        with tempfile.TemporaryDirectory() as folder, watch.led() as page:
            path = Path(folder) / f"incident.{'txt' if kind == 'md' else kind}"
            path.write_bytes(told.content)
            page.goto(path.as_uri())


def listed(watch: Watch, texts: list[str]) -> None:
    write_rows(texts)
    watch.open(f"{LIST}?status=open")


def on_overview(watch: Watch, texts: list[str]) -> None:
    write_rows(texts)
    start_anew()
    watch.open("/admin/ops/overview")


def handover(watch: Watch, texts: list[str]) -> None:
    looked = {"looked_at": timezone.now()}
    Look.objects.update_or_create(person=watch.user, defaults=looked)
    write_rows(texts)
    watch.open(HANDOVER)


def list_filter(watch: Watch, texts: list[str]) -> None:
    names = ("text", "status", "severity", "service", "days", "before")
    watch.open(f"{LIST}?{urlencode(dict(zip(names, texts, strict=True)))}")


DECLARED = ("title", "summary", "customer_impact", "severity", "recurs", "dedup_key")
DECLARED += ("service", "runbook", "started", "line")


def declare(watch: Watch, texts: list[str]) -> None:
    """Filled in by the address that led here."""
    watch.open(f"{LIST}/declare?{urlencode(dict(zip(DECLARED, texts, strict=True)))}")


def refused_declaration(watch: Watch, texts: list[str]) -> None:
    """Given back to who typed it, since something else was wrong."""
    watch.open(f"{LIST}/declare")
    with watch.led() as page, page.expect_navigation():
        page.evaluate(
            """(texts) => {
              const form = document.getElementById("declare-form");
              const names = ["title", "summary", "customer_impact", "dedup_key"];
              names.forEach((name, place) => { form.elements[name].value = texts[place]; });
              form.elements.recurs.type = "text";
              form.elements.recurs.value = texts[4];
              HTMLFormElement.prototype.submit.call(form);
            }""",
            texts,
        )


KEPT = ("title", "summary", "customer_impact", "dedup_key", "runbooks")


def kept(watch: Watch, texts: list[str]) -> None:
    """Given back with a 503, since the database went away under the form."""
    watch.open(f"{LIST}/declare")
    # One for all threads; those of the page before have closed their connections.
    known = connection.settings_dict
    port, known["PORT"] = known["PORT"], free_port()
    try:
        with watch.led() as page, page.expect_navigation():
            page.evaluate(
                """(typed) => {
                  const form = document.getElementById("declare-form");
                  for (const [name, text] of Object.entries(typed)) {
                    const field = document.createElement("textarea");
                    form.querySelectorAll(`[name=${name}]`).forEach((one) => one.remove());
                    field.name = name;
                    field.value = text;
                    form.append(field);
                  }
                  HTMLFormElement.prototype.submit.call(form);
                }""",
                dict(zip(KEPT, texts, strict=True)),
            )
    finally:
        known["PORT"] = port
    assert "Not saved yet" in watch.page.content()


def feeds(watch: Watch, texts: list[str]) -> None:
    """As a browser shows what a machine asks for."""
    write_rows(texts)
    AccessToken.objects.all().delete()
    token = tokens.issue("xss", tokens.READ_INCIDENTS, timedelta(hours=1))
    watch.page.set_extra_http_headers({"Authorization": f"Bearer {token}"})
    for kind in ("json", "atom"):
        watch.open(f"/api/v1/incidents.{kind}")
    watch.page.set_extra_http_headers({})


def handover_text(watch: Watch, texts: list[str]) -> None:
    write_rows(texts)
    watch.open(f"{HANDOVER}.md")


ALERT = (
    Slot("alert.alertname", 120),
    Slot("alert.summary", 500),
    Slot("alert.source", 63),
    Slot("alert.service", 63),
)


def write_alerts(texts: list[str]) -> None:
    AlertOccurrence.objects.all().delete()
    now = timezone.now()
    for number, row in enumerate(batched(texts, len(ALERT))):
        AlertOccurrence.objects.create(
            **dict(
                zip(("alertname", "summary", "source", "service"), row, strict=True)
            ),
            fingerprint=f"{number:x}",
            severity=2,
            severity_known=True,
            link="https://prometheus.example/graph",
            dedup_key=f"problem {number}",
            starts_at=now,
            last_seen_at=now,
        )


def alerts(watch: Watch, texts: list[str]) -> None:
    write_alerts(texts)
    watch.open(ALERTS)


def alerts_of_incident(watch: Watch, texts: list[str]) -> None:
    """Those that were attached, on the page of their incident."""
    settled()
    incident = made(["text", "", "api"])
    line(incident, 1, ["ada", "", ""], kind="declared")
    write_alerts(texts)
    AlertOccurrence.objects.update(incident=incident)
    watch.open(f"{LIST}/{incident.pk}")


def screen(name: str, place: str) -> Screen:
    now = timezone.now()
    ends = now + timedelta(days=9)
    return Screen.objects.create(
        name=name, place=place, boards=4, approved_at=now, expires_at=ends
    )


def screens(watch: Watch, texts: list[str]) -> None:
    Screen.objects.all().delete()
    for name, place in batched(texts, 2):
        screen(name, place)
    watch.open(SCREENS)


def wall_of(watch: Watch, name: str, place: str) -> None:
    Screen.objects.all().delete()
    token = access.issue(screen(name, place), timezone.now())
    cookie = {"name": settings.WALL_COOKIE_NAME, "value": token, "url": watch.site}
    watch.context.clear_cookies()
    watch.context.add_cookies([cookie])
    start_anew()
    watch.open(WALL)


PLACES = (
    Place("incident", INCIDENT, incident_page, is_sampled=True),
    Place(
        "live part of an incident",
        (*ROW[:2], *HEAD[3:5]),
        incident_live,
        is_sampled=True,
    ),
    Place("incident as files", INCIDENT, incident_files, is_sampled=True),
    Place("incidents", ROW * ROWS, listed, is_sampled=True),
    Place("incidents on the overview", ROW * ROWS, on_overview, is_sampled=True),
    Place("handover", ROW * 12, handover, is_sampled=True),
    Place("handover as text", ROW * 12, handover_text, is_sampled=True),
    Place("feeds", ROW * PAGE, feeds, is_sampled=True),
    Place("given back", (Slot("query"),) * len(KEPT), kept, is_sampled=True),
    Place(
        "incidents filter",
        (Slot("words", 200), *[Slot("query")] * 5),
        list_filter,
        is_sampled=True,
    ),
    Place("declare", (Slot("query"),) * len(DECLARED), declare, is_sampled=True),
    Place(
        "declare refused",
        (
            Slot("title", 200),
            Slot("summary"),
            Slot("impact"),
            Slot("key", 200),
            Slot("recurs"),
        ),
        refused_declaration,
        is_sampled=True,
    ),
    Place("alerts", ALERT * 40, alerts, is_sampled=True),
    Place("alerts of an incident", ALERT * 10, alerts_of_incident, is_sampled=True),
    Place("screens", (Slot("screen", 60),) * 60, screens, is_sampled=True),
)
