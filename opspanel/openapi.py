"""What docs/openapi.json says, made of the very types that parse and answer."""

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from opspanel.alerts.delivery import Taken
from opspanel.alerts.wire import Envelope
from opspanel.history import deploys
from opspanel.incidents.plan import Recorded
from opspanel.incidents.reading import WholeIncident
from opspanel.incidents.wire import Act, Declaration
from opspanel.snapshot.schema import Incident, Snapshot

_REF = "#/components/schemas/{model}"
_JSON = "application/json"
_PROBLEM = {
    "type": "object",
    "required": ["code", "message", "correlation_id", "details"],
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "correlation_id": {"type": "string"},
        "details": {"type": "object"},
    },
}
_REFUSALS = {
    "400": "What was sent cannot be read; not worth sending again",
    "401": "No token, or not one of this scope",
    "403": "This needs a permission that no token has, or the session lacks",
    "404": "There is no such thing, or nothing of that minute",
    "409": "It changed meanwhile, or cannot be done from here; details say how it stands",
    "413": "Larger than 2 MiB: set max_alerts in the receiver",
    "422": "Something is not valid; details have a sentence for each field",
    "503": "Busy, or the database is away, or nothing was collected yet: nothing was "
    "stored, send it again",
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 255},
    "description": "The same act with the same key happens once.",
}
_NUMBER = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
_SOURCE = {
    "name": "source",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
    "description": "Which of several Alertmanagers this is.",
}
_AT = {
    "name": "at",
    "in": "query",
    "schema": {"type": "string"},
    "description": "A past moment, as 2026-11-26T12:00Z; its minute is answered.",
}
_KNOWN = {
    "name": "If-None-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The ETag of what is known already.",
}
_UNCHANGED = {"description": "It is what If-None-Match names"}
_ATOM = {"application/atom+xml": {"schema": {"type": "string"}}}
_SEVERAL = {
    _JSON: {
        "schema": {"type": "array", "items": {"$ref": _REF.format(model="Incident")}}
    }
}


def document() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Incidents, deploys and the overview of the operations panel",
            "version": "1",
            "description": "For scripts, with a bearer token of scope incidents.record; "
            "for an Alertmanager, with one of scope alerts.deliver; for who deploys, with "
            "one of scope deploys.record; for who reads, with one of scope incidents.read "
            "or overview.read.",
        },
        "security": [{"token": []}],
        "paths": {
            "/admin/ops/overview.json": {"get": _overview()},
            "/api/v1/alertmanager": {"post": _deliver("deliver")},
            "/api/v1/alertmanager/{source}": {"post": _deliver("deliverFrom", _SOURCE)},
            "/api/v1/deploys": {"post": _deploy()},
            "/api/v1/incidents": {"post": _declare()},
            "/api/v1/incidents.atom": {"get": _feed("feedAtom", _ATOM)},
            "/api/v1/incidents.json": {"get": _feed("feedJson", _SEVERAL)},
            "/api/v1/incidents/{number}": {"get": _read()},
            "/api/v1/incidents/{number}/events": {"post": _act()},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _overview() -> dict[str, Any]:
    found = {
        "200": _answer("The newest snapshot, or that of the minute", "Snapshot"),
        "304": _UNCHANGED,
    }
    return {
        "operationId": "overview",
        "summary": "What the overview shows, now or at a past minute; also by session",
        "parameters": [_AT, _KNOWN],
        "responses": found | _refusals("400", "401", "403", "404", "503"),
    }


def _feed(name: str, content: dict[str, Any]) -> dict[str, Any]:
    found = {
        "200": {"description": "The newest first", "content": content},
        "304": _UNCHANGED,
    }
    return {
        "operationId": name,
        "summary": "The newest incidents, as a feed",
        "parameters": [_KNOWN],
        "responses": found | _refusals("401", "503"),
    }


def _deliver(name: str, *places: dict[str, Any]) -> dict[str, Any]:
    elsewhere = ("404",) if places else ()
    return {
        "operationId": name,
        "parameters": list(places),
        "summary": "The webhook of an Alertmanager; alerts that cannot be read are "
        "counted, and spoil no other",
        "requestBody": _sent("Envelope"),
        "responses": {"200": _answer("What became of it", "Taken")}
        | _refusals("400", "401", *elsewhere, "413", "503"),
    }


def _deploy() -> dict[str, Any]:
    made = {
        "200": _answer("This version was told of in that minute before", "DeployTaken"),
        "201": _answer("Recorded", "DeployTaken"),
    }
    return {
        "operationId": "deploy",
        "summary": "A service got a version: a mark in the history, one a minute",
        "requestBody": _sent("DeployTold"),
        "responses": made | _refusals("401", "422", "503"),
    }


def _declare() -> dict[str, Any]:
    made = {
        "200": _answer("Recorded before, with this key", "Recorded"),
        "201": _answer("Recorded", "Recorded"),
    }
    return {
        "operationId": "declare",
        "summary": "Declare an incident",
        "parameters": [_KEY],
        "requestBody": _sent("Declaration"),
        "responses": made | _refusals("401", "409", "422", "503"),
    }


def _read() -> dict[str, Any]:
    return {
        "operationId": "read",
        "summary": "An incident with its timeline",
        "parameters": [_NUMBER],
        "responses": {"200": _answer("The incident", "WholeIncident")}
        | _refusals("401", "404", "503"),
    }


def _act() -> dict[str, Any]:
    return {
        "operationId": "act",
        "summary": "Add a note, acknowledge, change the status or a field",
        "parameters": [_NUMBER, _KEY],
        "requestBody": _sent("Act"),
        "responses": {"200": _answer("How it stands now", "Recorded")}
        | _refusals("401", "403", "404", "409", "422", "503"),
    }


def _sent(model: str) -> dict[str, Any]:
    return {"required": True, "content": _content(model)}


def _answer(description: str, model: str) -> dict[str, Any]:
    return {"description": description, "content": _content(model)}


def _content(model: str) -> dict[str, Any]:
    return {_JSON: {"schema": {"$ref": _REF.format(model=model)}}}


def _refusals(*codes: str) -> dict[str, Any]:
    return {code: _answer(_REFUSALS[code], "Problem") for code in codes}


def _schemas() -> dict[str, Any]:
    adapters: list[Any] = [
        ("Act", "validation", TypeAdapter(Act)),
        ("DeployTaken", "serialization", TypeAdapter(deploys.Taken)),
        ("Incident", "serialization", TypeAdapter(Incident)),
        ("Recorded", "serialization", TypeAdapter(Recorded)),
        ("Snapshot", "serialization", TypeAdapter(Snapshot)),
        ("Taken", "serialization", TypeAdapter(Taken)),
        ("WholeIncident", "serialization", TypeAdapter(WholeIncident)),
    ]
    named, definitions = TypeAdapter.json_schemas(adapters, ref_template=_REF)
    found: dict[str, Any] = definitions["$defs"] | {"Problem": _PROBLEM}
    _, bodies = models_json_schema(
        [(each, "validation") for each in (Declaration, deploys.DeployTold, Envelope)],
        ref_template=_REF,
    )
    found |= bodies["$defs"]
    for (name, _), schema in named.items():
        if "$ref" not in schema or not schema["$ref"].endswith(f"/{name}"):
            found[str(name)] = schema
    return dict(sorted(found.items()))
