"""`manage.py check` refuses a route that nobody guarded.

Django's own checks are content with a view that answers everybody and every method.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from opspanel.access.guard import MARK

type Route = URLPattern | URLResolver


def connect() -> None:
    register(every_route_is_guarded)


def every_route_is_guarded(
    app_configs: object = None, **_: object
) -> list[CheckMessage]:
    return list(problems(get_resolver().url_patterns))


def problems(routes: Iterable[Any]) -> Iterator[CheckMessage]:
    for route in patterns(routes):
        if not getattr(route.callback, MARK, ""):
            hint = "Decorate it with a permission, or with public(reason)."
            yield Error(f"{route} has no guard.", hint=hint, id="ops.E001")
        if not allowed_methods(route.callback):
            hint = "Decorate it with require_safe, require_POST or the like."
            yield Error(f"{route} answers all methods.", hint=hint, id="ops.E002")


def patterns(routes: Iterable[Any]) -> Iterator[URLPattern]:
    for route in routes:
        if isinstance(route, URLResolver):
            yield from patterns(route.url_patterns)
        else:
            yield route


def allowed_methods(view: Callable[..., Any]) -> list[str]:
    """What Django's require_http_methods around `view` lets through; nothing if none."""
    if not inspect.isfunction(view):
        return []
    # The decorator leaves no other trace of its list.
    found = inspect.getclosurevars(view).nonlocals.get("request_method_list")
    if found is None and hasattr(view, "__wrapped__"):
        return allowed_methods(view.__wrapped__)
    return list(found or [])
