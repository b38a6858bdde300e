"""Who gets what, for every route, method and actor: tests/authz.yaml against the panel."""

from contextlib import contextmanager

import pytest
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from opspanel import checks
from opspanel.access.guard import public, signed_in_required
from tests.access import cells
from tests.access.cells import MATRIX, told

DECORATE = ("opspanel.access.guard", "django.views.decorators.http")
ENCODED = make_password("a long pass phrase")
pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("no_snapshots"),
]


@pytest.fixture(autouse=True)
def required(settings):
    settings.OPSPANEL_MFA_REQUIRED = True


def faults_of(actor, name, methods=cells.METHODS):
    """What differs from the file, one line each."""
    route = MATRIX["routes"][name]
    for method in methods:
        word, statuses = told(name, method, actor.name)
        for htmx in (False, True):
            status, audited, written = actor.asks(name, method, htmx=htmx)
            allowed = set(route.get("writes", [])) if word == "through" else set()
            rows = {
                "refuse": {1},
                "through": set(range(int(route.get("audits", 0)) + 1)),
            }
            if (
                status != statuses[htmx]
                or audited not in rows.get(word, {0})
                or set(written) - allowed
            ):
                found = f"{status}, {audited} audited, wrote {written}"
                yield f"{actor.name} {method} {name} htmx={htmx}: {word}, not {found}"


def test_the_file_and_the_resolver_name_the_same_routes():
    """No route without a row, no row without a route."""
    assert set(MATRIX["routes"]) == set(cells.routes())
    assert all(set(rule) == set(cells.ACTORS) for rule in MATRIX["rules"].values())


@pytest.mark.parametrize("name", cells.ACTORS)
def test_every_answer_is_the_one_in_the_file(name):
    """Each route, by eight methods, as a page and by htmx; refusals change nothing."""
    actor = cells.Actor(name, ENCODED)
    assert [
        fault for route in cells.routes() for fault in faults_of(actor, route)
    ] == []


def decorators(view):
    """Each wrapper around a view, the outermost first, with the one that holds it."""
    holder = None
    # A wrapper gives itself the name of what it wraps, but keeps its own globals.
    while view.__globals__["__name__"] in DECORATE:
        yield holder, view
        holder, view = view, view.__wrapped__


@contextmanager
def without(route, holder, wrapper):
    """The route as it would be had somebody forgotten that one decorator."""
    if holder is None:
        route.callback, kept = wrapper.__wrapped__, route.callback
        yield
        route.callback = kept
        return
    (cell,) = [c for c in holder.__closure__ if c.cell_contents is wrapper]
    marks, outer = vars(holder), dict(vars(holder))
    marks.pop("guarded_by", None)
    marks.update(vars(wrapper.__wrapped__))
    cell.cell_contents = wrapper.__wrapped__
    yield
    cell.cell_contents = wrapper
    marks.clear()
    marks.update(outer)


def is_missed(route, name, wrapper, actors):
    if wrapper.__code__.co_name == "open_to_all":  # it refuses nobody: it is a mark
        return bool(list(checks.problems([route])))
    return any(any(faults_of(actor, name)) for actor in actors)


def test_no_decorator_can_be_forgotten():
    """Each taken away alone: a cell fails; of a public mark, the system check."""
    actors = [cells.Actor(name, ENCODED) for name in cells.ACTORS]
    survivors, tried, seen = [], 0, set()
    for name, route in cells.routes().items():
        if route.callback in seen:
            continue
        seen.add(route.callback)
        for holder, wrapper in decorators(route.callback):
            tried += 1
            with without(route, holder, wrapper):
                if not is_missed(route, name, wrapper, actors):
                    survivors.append((name, wrapper.__code__.co_name))
    assert survivors == []
    assert tried > 60


def naked(request):
    return HttpResponse("everything")


@pytest.mark.parametrize(
    ("view", "ids"),
    [
        (naked, ["ops.E001", "ops.E002"]),
        (require_safe(naked), ["ops.E001"]),
        (signed_in_required(naked), ["ops.E002"]),
        (require_safe(public(" ")(naked)), ["ops.E001"]),
        (require_safe(public("a reason")(naked)), []),
    ],
)
def test_the_system_check_refuses_what_nobody_guarded(view, ids):
    """A mark, with a reason where it is public, and a list of methods: or no start."""
    found = checks.problems([path("new", view)])
    assert [problem.id for problem in found] == ids


def test_the_panel_itself_passes_the_check():
    """And the check is among those that `manage.py` runs."""
    assert checks.every_route_is_guarded() == []
