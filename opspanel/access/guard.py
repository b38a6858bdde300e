"""The one door: who may see a view, and what the others are told.

Refusals take the form of the request: a page, a fragment for htmx, or the error
envelope for scripts. Each decorator leaves its mark on the view; a system check refuses
routes without one.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Concatenate

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from opspanel.access.screen_cookies import admission_of, keep_token
from opspanel.access.screens import Why
from opspanel.access.strength import is_fresh, lacks_second_factor
from opspanel.access.tokens import bearer, bearer_has_scope
from opspanel.audit import Target, record_denial
from opspanel.envelope import problem
from opspanel.htmx import is_htmx
from opspanel.models import Screen
from opspanel.panel.load import configured_panel
from opspanel.tracing import fail, span

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

MARK = "guarded_by"


def public[**P](reason: str) -> Callable[[View[P]], View[P]]:
    """For what strangers may use. `reason` is for whoever reads the route later."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def open_to_all(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        return _marked(open_to_all, f"public: {reason}" if reason.strip() else "")

    return guard


def signed_in_required[**P](view: View[P]) -> View[P]:
    """For a person's own account: signed in, with whatever permissions."""

    @wraps(view)
    def guarded(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        with _resolving("signed in"):
            if not request.user.is_authenticated:
                return _ask_to_sign_in(request)
        return view(request, *args, **kwargs)

    return _marked(guarded, "signed in")


def permission_required[**P](permission: str) -> Callable[[View[P]], View[P]]:
    """For pages: signed in and holding `permission`."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            refusal = _page_refusal(request, permission)
            return refusal or view(request, *args, **kwargs)

        return _marked(guarded, permission)

    return guard


def permission_or_scope_required[**P](
    permission: str, scope: str
) -> Callable[[View[P]], View[P]]:
    """For scripts: a session with `permission`, or a bearer token of `scope`."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            with _resolving(permission):
                if "Authorization" in request.headers:
                    refusal = _token_refusal(request, scope)
                else:
                    refusal = _session_refusal(request, permission)
            return refusal or view(request, *args, **kwargs)

        return _marked(guarded, permission)

    return guard


def scope_required[**P](scope: str) -> Callable[[View[P]], View[P]]:
    """For machines: a bearer token of `scope`, and no session. The view finds who it is
    in `request.token`. Without cookies there is nothing that a forged form could use."""

    def guard(view: View[P]) -> View[P]:
        @csrf_exempt
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            with _resolving(scope):
                if "Authorization" not in request.headers:
                    return problem(401, "token_missing", "Send a bearer token.")
                token = bearer(request, scope)
                if token is None:
                    return _refuse_token(request, scope)
            request.token = token  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return _marked(guarded, f"token: {scope}")

    return guard


def fresh_sign_in_required[**P](view: View[P]) -> View[P]:
    """For dangerous acts, under a permission: proved within fifteen minutes who it is."""

    @wraps(view)
    def guarded(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not is_fresh(request):
            return _lead(request, "ops:prove", "fresh_sign_in_required")
        return view(request, *args, **kwargs)

    return guarded


def screen_required(
    otherwise: Callable[[HttpRequest, Why], HttpResponseBase],
) -> Callable[[Callable[[HttpRequest, Screen], HttpResponseBase]], View[[]]]:
    """For walls: a screen's own cookie; who has none gets `otherwise`.

    Here a session is nobody's, and elsewhere the screen's cookie is not looked at: two
    cookies in one browser never add up.
    """

    def guard(view: Callable[[HttpRequest, Screen], HttpResponseBase]) -> View[[]]:
        @wraps(view)
        def guarded(request: HttpRequest, /) -> HttpResponseBase:
            request.user = AnonymousUser()
            with _resolving("screen"):
                admission = admission_of(request)
            if admission.screen is None:
                return otherwise(request, admission.why)
            response = view(request, admission.screen)
            keep_token(response, admission)
            return response

        return _marked(guarded, "screen")

    return guard


def _marked[**P](view: View[P], mark: str) -> View[P]:
    vars(view)[MARK] = mark
    return view


def _resolving(what: str) -> AbstractContextManager[object]:
    """The part of a trace in which it is found out who asks, and whether they may."""
    return span("scope.resolve", {"permission": what})


def _page_refusal(request: HttpRequest, permission: str) -> HttpResponse | None:
    with _resolving(permission):
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        if not request.user.has_perm(permission):
            _record_denial(request, permission, "insufficient_permissions")
            return _refuse_page(request)
        if lacks_second_factor(request.session, request.user.has_perm):
            return _lead(request, "ops:account", "second_factor_required")
        return None


def _session_refusal(request: HttpRequest, permission: str) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return problem(401, "token_missing", "Sign in, or send a bearer token.")
    if not request.user.has_perm(permission):
        _record_denial(request, permission, "insufficient_permissions")
        return problem(403, "insufficient_permissions", _whom_to_ask())
    if lacks_second_factor(request.session, request.user.has_perm):
        return problem(403, "second_factor_required", "Set up a second factor first.")
    return None


def _token_refusal(request: HttpRequest, scope: str) -> HttpResponse | None:
    if bearer_has_scope(request, scope):
        return None
    return _refuse_token(request, scope)


def _refuse_token(request: HttpRequest, scope: str) -> HttpResponse:
    _record_denial(request, scope, "token_invalid")
    return problem(401, "token_invalid", "This token does not open this.")


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
    if is_htmx(request):
        # htmx follows a 302 and would put the sign-in form into the panel.
        response = problem(401, "token_missing", "You are signed out.")
        response["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
        return response
    return redirect_to_login(request.get_full_path())


def _lead(request: HttpRequest, route: str, code: str) -> HttpResponse:
    """To the page that mends what is missing, and from there back to a page."""
    if is_htmx(request):
        response: HttpResponse = problem(403, code, "Prove who you are first.")
        response["HX-Redirect"] = resolve_url(route)
        return response
    back = {"next": request.get_full_path()} if request.method == "GET" else None
    return redirect(reverse(route, query=back))


def _refuse_page(request: HttpRequest) -> HttpResponse:
    if is_htmx(request):
        return problem(403, "insufficient_permissions", _whom_to_ask())
    fail("insufficient_permissions")
    panel = configured_panel()
    return render(request, "errors/403.html", {"panel": panel}, status=403)


def _whom_to_ask() -> str:
    contact = configured_panel().panel.contact
    return f"Your account may not see this. Ask {contact}."
