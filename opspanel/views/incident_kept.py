"""What was typed into a recording form while the database was away, given back.

Before its view runs a request asks who sends it, and where that cannot be told there is
no page to put the words on. A browser without script would lose them: so the answer
holds them, in a form that can be sent again with the key that it had. They are stored
nowhere, and no more is known of who typed them than that one of our pages was before
them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.forms import Field, Textarea, TextInput
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve

from opspanel.models.incidents import LONGEST_TEXT
from opspanel.panel.load import configured_panel
from opspanel.views.incident_acts import ACTS
from opspanel.views.incident_forms import INITIAL, SERVICE, DeclareForm, Recording

# More than can be recorded, so that whoever wrote too much has it to cut.
_LONGEST = 4 * LONGEST_TEXT
_MOST_VALUES = 200
_UNREADABLE = (
    MultiPartParserError,
    RequestDataTooBig,
    TooManyFieldsSent,
    UnreadablePostError,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """One value of a form. `label` is empty where nobody typed it. `rows`: of lines."""

    name: str
    value: str
    label: str
    rows: int


def kept_form(request: HttpRequest, why: str) -> HttpResponse | None:
    """The form of a POST again, as 503; None for what is no recording form of ours.
    `why`: what the panel's database did instead."""
    try:
        match = resolve(request.path_info)
        form = _form_of(match)
        if request.method != "POST" or form is None or not _is_ours(request, match):
            return None
        typed = list(_typed(request, form))[:_MOST_VALUES]
    except (Resolver404, *_UNREADABLE):
        return None
    context = {
        "typed": typed,
        "why": why,
        "was_cut": any(len(one.value) == _LONGEST for one in typed),
        "panel": configured_panel(),
    }
    return render(request, "errors/kept.html", context, status=503)


def _form_of(match: ResolverMatch) -> type[Recording] | None:
    forms = {f"ops:incident-{act.name}": act.form for act in ACTS.values()}
    return (forms | {"ops:incident-declare": DeclareForm}).get(match.view_name)


def _is_ours(request: HttpRequest, match: ResolverMatch) -> bool:
    """No other site gets words of its own into a form of ours, for us to send."""
    check = CsrfViewMiddleware(lambda _: HttpResponse())
    check.process_request(request)
    return check.process_view(request, match.func, (), {}) is None


def _typed(request: HttpRequest, form: type[Recording]) -> Iterator[Typed]:
    for name, values in request.POST.lists():
        if not _is_known(name.removeprefix(INITIAL), form):
            continue
        label, rows = _words(form.base_fields.get(name))
        for value in values:
            yield Typed(name, value[:_LONGEST], label, rows)


def _is_known(name: str, form: type[Recording]) -> bool:
    """Also one that a form gets from panel.toml."""
    return name in form.base_fields or name == "runbooks" or name.startswith(SERVICE)


def _words(field: Field | None) -> tuple[str, int]:
    """How a field that people write into is shown; others are carried along."""
    if field is None or field.widget.is_hidden:
        return "", 0
    if isinstance(field.widget, Textarea):
        return str(field.label), int(field.widget.attrs["rows"])
    return (str(field.label), 0) if isinstance(field.widget, TextInput) else ("", 0)
