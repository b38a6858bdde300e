"""One incident to take along, as a file."""

import hashlib
import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe
from pydantic import TypeAdapter

from opspanel.access.guard import permission_required
from opspanel.incidents import durations, evidence, listing
from opspanel.incidents.durations import Took, Usual
from opspanel.incidents.evidence import Evidence
from opspanel.incidents.export import Bundle, markdown
from opspanel.incidents.reading import WholeIncident
from opspanel.models import Incident as Row
from opspanel.templatetags.sparkline import picture

_WHOLE = TypeAdapter(WholeIncident)
_EVIDENCE = TypeAdapter(Evidence | None)
_TOOK = TypeAdapter(tuple[Took, ...])
_USUAL = TypeAdapter(Usual)


@require_safe
@permission_required("ops.view_overview")
def incident_export(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """`kind` is `md` or `json`: the whole incident as a file."""
    get_object_or_404(Row, pk=number)
    bundle = _bundle(number)
    if kind == "md":
        text = markdown(bundle, timezone.now())
        return _file(text.encode(), "text/markdown", number, kind)
    return _file(_json(bundle), "application/json", number, kind)


def _bundle(number: int) -> Bundle:
    now = timezone.now()
    whole = listing.whole(number, now)
    assert whole is not None  # noqa: S101 - incidents are never removed
    kept = evidence.declared_with(number)
    return Bundle(
        whole=whole,
        evidence=kept,
        pictures={
            one.name: picture(one.trend, one.limit, one.name)
            for one in (kept.trends if kept else ())
        },
        usual=durations.usual(now),
    )


def _json(bundle: Bundle) -> bytes:
    """The incident, and beside it what the Markdown holds as well."""
    whole = bundle.whole
    body = _WHOLE.dump_python(whole, mode="json") | {
        "durations": _TOOK.dump_python(durations.took(whole.incident), mode="json"),
        "usual": _USUAL.dump_python(bundle.usual, mode="json"),
        "evidence": _EVIDENCE.dump_python(bundle.evidence, mode="json"),
        "pictures": bundle.pictures,
    }
    return json.dumps(body, indent=2, ensure_ascii=False).encode()


def _file(body: bytes, kind: str, number: int, ending: str) -> HttpResponse:
    name = f"INC-{number}.{ending}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Digest": f"sha-256={hashlib.sha256(body).hexdigest()}",
    }
    return HttpResponse(body, content_type=f"{kind}; charset=utf-8", headers=headers)
