"""Where texts from outside stand on the panel: a line each in PLACES.

A place has slots, each for one text; slots of one name are one field. `show` puts the
texts there and leads the browser to them, past the sanitizer: it is taken to have missed
all of it.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.utils import timezone

from opspanel.audit.store import _APPEND
from opspanel.env import DEMO_PANEL_TOML
from opspanel.incidents.suspects import MOST
from opspanel.models import Attempts, User
from opspanel.sanitize.visible import one_line
from opspanel.snapshot import latest
from opspanel.snapshot.redis import RedisStore
from opspanel.snapshot.schema import Anchor, AuditTrail, CleanText, Snapshot, Untold
from opspanel.terms import AuditResult, Health, Telling
from tests import snapshots
from tests.xss import recorded, watched
from tests.xss.slots import Place, Slot
from tests.xss.watch import Watch

OVERVIEW, AUDIT = "/admin/ops/overview", "/admin/ops/audit"
ROWS = 40


def snapshot() -> Snapshot:
    """Unhealthy in all its parts, so that each text is shown that can be."""
    now = timezone.now()
    bad = snapshots._statuses(snapshots.unhealthy(now), Health.UNHEALTHY, "a reason")
    nats = replace(bad.queues.nats, missing=(CleanText("STORAGE"),))
    trail = AuditTrail(
        result=AuditResult.BROKEN,
        verified_at=now,
        read_whole_at=now,
        last_seq=9,
        fault=CleanText("a fault"),
        anchor=Anchor(seq=9, hash=CleanText("a hash")),
    )
    paused = Untold(
        webhook=CleanText("a webhook"),
        state=Telling.PAUSED,
        waiting=1,
        oldest_at=now,
        seen_at=now,
        paused_at=now,
        tried_at=now,
        next_at=None,
        status=500,
        failure=None,
    )
    incidents = replace(bad.incidents, untold=(paused,))
    queues = replace(bad.queues, nats=nats)
    here = CleanText("a region")
    return replace(
        bad,
        queues=queues,
        audit=trail,
        incidents=incidents,
        region=here,
        health=tuple(replace(each, region=here) for each in bad.health),
        sources=tuple(replace(each, region=here) for each in bad.sources),
    )


def texts_in(node: Any, path: str = "") -> Iterator[str]:
    """The field of each text, in the order in which `filled` fills them."""
    if type(node) is str:
        yield path
    elif isinstance(node, tuple):
        for item in node:
            yield from texts_in(item, path)
    elif is_dataclass(node):
        for field in fields(node):
            yield from texts_in(getattr(node, field.name), f"{path}.{field.name}")


def filled(node: Any, texts: Iterator[str]) -> Any:
    if type(node) is str:
        return CleanText(next(texts))
    if isinstance(node, tuple):
        return tuple(filled(item, texts) for item in node)
    if not is_dataclass(node):
        return node
    return replace(
        node, **{f.name: filled(getattr(node, f.name), texts) for f in fields(node)}
    )


SCREEN = (Slot("screen.name", 60), Slot("screen.place", 60))
SNAPSHOT = tuple(Slot(path) for path in texts_in(snapshot()))


def collect(texts: list[str]) -> None:
    made = filled(snapshot(), iter(texts))
    RedisStore(settings.REDIS_URL).save(made)
    latest.configured_latest.cache_clear()


def overview(watch: Watch, texts: list[str]) -> None:
    collect(texts)
    watch.open(OVERVIEW)


def live_part(watch: Watch, texts: list[str]) -> None:
    """Brought by htmx into a page that was harmless."""
    if not watch.page.url.endswith(OVERVIEW):
        overview(watch, [f"text {place}" for place, _ in enumerate(texts)])
    collect(texts)
    watch.poll()


OF_SLOS = tuple(slot for slot in SNAPSHOT if slot.field.startswith(".slos."))


def slos(watch: Watch, texts: list[str]) -> None:
    given = iter(texts)
    collect([next(given) if slot in OF_SLOS else "text" for slot in SNAPSHOT])
    watch.open("/admin/ops/slos")


def wall(watch: Watch, texts: list[str]) -> None:
    *others, name, place = texts
    collect(others)
    recorded.wall_of(watch, name, place)


def as_json(watch: Watch, texts: list[str]) -> None:
    collect(texts)
    watch.open(f"{OVERVIEW}.json")


COLUMNS = {"actor_label": 150, "actor_role": 200, "target_id": 200}
COLUMNS |= {"correlation_id": 64, "user_agent": 200}
METADATA = ("reason", "old_value", "node_id")
ROW = (
    *(Slot(f"audit.{name}", most) for name, most in COLUMNS.items()),
    *(Slot(f"audit.metadata.{name}", 200) for name in METADATA),
)
_actions = count()


def write_rows(texts: list[str]) -> str:
    """The action of the new rows, which no others have."""
    action = "xss." + "".join(chr(97 + int(digit)) for digit in str(next(_actions)))
    with connection.cursor() as cursor:
        for start in range(0, len(texts), len(ROW)):
            row = texts[start : start + len(ROW)]
            # The column itself refuses what is not to be seen.
            kept = dict(zip(METADATA, map(one_line, row[len(COLUMNS) :]), strict=True))
            values = {
                **dict(zip(COLUMNS, row, strict=False)),
                "metadata": json.dumps(kept),
                "action": action,
                "target_type": "node",
                "result": "success",
                "actor_user_id": None,
                "actor_ip": None,
            }
            cursor.execute(_APPEND, values)
    return action


def audit(watch: Watch, texts: list[str]) -> None:
    watch.open(f"{AUDIT}?action={write_rows(texts)}")


def suspects(watch: Watch, texts: list[str]) -> None:
    """As many rows as there are shown, so that no older ones stand among them."""
    write_rows(texts)
    incident = recorded.made(["text", "ada", "api"])
    recorded.line(incident, 1, ["ada", "", ""], kind="declared")
    incident.started_at = timezone.now() + timedelta(seconds=1)
    incident.save(update_fields=["started_at"])
    watch.open(f"{recorded.LIST}/{incident.pk}/suspects")


FILTER = (Slot("actor", 150), Slot("action", 64), *[Slot("query")] * 3)


def audit_filter(watch: Watch, texts: list[str]) -> None:
    """Echoed in its form, and in the form beside it."""
    names = ("actor", "action", "since", "until", "result")
    watch.open(f"{AUDIT}?{urlencode(dict(zip(names, texts, strict=True)))}")


def export(watch: Watch, texts: list[str]) -> None:
    """Taken along as a file, which is then opened."""
    audit(watch, texts)
    for form, name in (("JSON", "trail.json"), ("CSV", "trail.txt")):
        if not watch.page.url.startswith(watch.site):
            watch.open(f"{AUDIT}?{watch.query}")
        watch.query = watch.page.url.partition("?")[2]
        with watch.led() as page, page.expect_download() as file:
            page.get_by_role("button", name=f"Export as {form}").click()
        with tempfile.TemporaryDirectory() as folder, watch.led() as page:
            path = Path(folder) / name
            file.value.save_as(path)
            assert path.stat().st_size > 1000
            page.goto(path.as_uri())


SIGN_IN = (Slot("username", 150), Slot("next"))


def sign_in(watch: Watch, texts: list[str]) -> None:
    username, following = texts
    Attempts.objects.all().delete()
    watch.context.clear_cookies()
    watch.open(f"/admin/ops/sign-in?{urlencode({'next': following})}")
    with watch.led() as page, page.expect_navigation():
        page.evaluate(
            """(text) => {
              const form = document.querySelector("main form");
              form.elements.login.value = text;
              form.submit();
            }""",
            username,
        )


def refused(watch: Watch, texts: list[str]) -> None:
    user, _ = User.objects.update_or_create(pk=10**6, defaults={"username": texts[0]})
    watch.sign_in(user)
    watch.open(OVERVIEW)


def passkeys(watch: Watch, texts: list[str]) -> None:
    name, *others = texts
    user, _ = User.objects.update_or_create(pk=10**6, defaults={"username": name})
    user.authenticator_set.all().delete()
    for text in others:
        Authenticator.objects.create(user=user, type="webauthn", data={"name": text})
    watch.sign_in(user)
    watch.open("/admin/ops/account/passkeys")


def nowhere(watch: Watch, texts: list[str]) -> None:
    watch.open(f"/admin/ops/{quote(texts[0], safe='')}")


def no_runbook(watch: Watch, texts: list[str]) -> None:
    watch.open(f"/admin/ops/runbooks/{quote(texts[0], safe='')}")


def trace(watch: Watch, texts: list[str]) -> None:
    trace_id, correlation_id = texts
    asked = {"trace_id": trace_id, "correlation_id": correlation_id}
    watch.open(f"/admin/ops/trace?{urlencode(asked)}")


RUNBOOK = (Slot("title", 80), Slot("contact", 80), *[Slot("step", 500)] * 100)


def runbook(watch: Watch, texts: list[str]) -> None:
    """As panel.toml has it: one that somebody may write who may do little else."""
    title, contact, *steps = texts
    source = re.sub(
        r"(?m)^contact = .*$",
        lambda _: f"contact = {json.dumps(contact)}",
        Path(DEMO_PANEL_TOML).read_text(),
    )
    source += (
        f'\n[[runbooks]]\nid = "xss"\ntitle = {json.dumps(title)}\n'
        f"steps = {json.dumps(steps)}\n"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(source)
        file.flush()
        kept, settings.OPSPANEL_CONFIG = settings.OPSPANEL_CONFIG, file.name
        try:
            watch.open("/admin/ops/runbooks/xss")
        finally:
            settings.OPSPANEL_CONFIG = kept


PLACES = (
    Place("overview", SNAPSHOT, overview),
    Place("live part", SNAPSHOT, live_part),
    Place("overview.json", SNAPSHOT, as_json),
    Place("audit", ROW * ROWS, audit),
    Place("suspects", ROW * MOST, suspects),
    Place("slos", OF_SLOS, slos, is_sampled=True),
    Place("audit filter", FILTER, audit_filter),
    Place("audit export", ROW * ROWS, export),
    # Where to go afterwards is kept in the form only if it is on this site.
    Place("sign-in", SIGN_IN, sign_in, comes_and_goes="input name type value"),
    Place("no access", (Slot("account.username", 150),), refused),
    Place(
        "passkeys", (Slot("account.username", 150), *[Slot("passkey")] * 9), passkeys
    ),
    Place("nowhere", (Slot("path"),), nowhere),
    Place("no such runbook", (Slot("path"),), no_runbook),
    Place("trace", (Slot("query"), Slot("query")), trace),
    Place("runbook", RUNBOOK, runbook),
    Place("wall", (*SNAPSHOT, *SCREEN), wall, is_sampled=True),
    *recorded.PLACES,
    *watched.PLACES,
)
