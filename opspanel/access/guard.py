"""The one door: who may see a view, and what the others are told.

Refusals take the form of the request: a page, a fragment for htmx, or the error
envelope for scripts.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

from opspanel.access.tokens import bearer_has_scope
from opspanel.audit import Target, record_denial
from opspanel.envelope import problem
from opspanel.panel.load import configured_panel

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def permission_required[**P](permission: str) -> Callable[[View[P]], View[P]]:
    """For pages: signed in and holding `permission`."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            if not request.user.is_authenticated:
                return _ask_to_sign_in(request)
            if not request.user.has_perm(permission):
                _record_denial(request, permission, "insufficient_permissions")
                return _refuse_page(request)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def permission_or_scope_required[**P](
    permission: str, scope: str
) -> Callable[[View[P]], View[P]]:
    """For scripts: a session with `permission`, or a bearer token of `scope`."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            if "Authorization" in request.headers:
                if not bearer_has_scope(request, scope):
                    _record_denial(request, scope, "token_invalid")
                    return problem(
                        401, "token_invalid", "This token does not open this."
                    )
            elif not request.user.is_authenticated:
                return problem(401, "token_missing", "Sign in, or send a bearer token.")
            elif not request.user.has_perm(permission):
                _record_denial(request, permission, "insufficient_permissions")
                return problem(403, "insufficient_permissions", _whom_to_ask())
            return view(request, *args, **kwargs)

        return guarded

    return guard


def _record_denial(request: HttpRequest, needed: str, code: str) -> None:
    """Of credentials that were shown and do not suffice. Who shows none is only asked
    to: strangers must not be able to fill the trail."""
    match = request.resolver_match
    record_denial(
        Target("route", match.view_name if match else ""),
        metadata={
            "policy_key": needed,
            "error_code": code,
            "request_scope": request.method,
        },
    )


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # htmx follows a 302 and would put the sign-in form into the panel.
        response = problem(401, "token_missing", "You are signed out.")
        response["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
        return response
    return redirect_to_login(request.get_full_path())


def _refuse_page(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return problem(403, "insufficient_permissions", _whom_to_ask())
    panel = configured_panel()
    return render(request, "errors/403.html", {"panel": panel}, status=403)


def _whom_to_ask() -> str:
    contact = configured_panel().panel.contact
    return f"Your account may not see this. Ask {contact}."
