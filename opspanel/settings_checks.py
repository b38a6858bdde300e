"""`manage.py check` refuses settings that would take a wall away.

Django's own checks, with `--deploy` too, are content without any content policy, with
cookies that a neighbour's host may overwrite, and with passwords of one letter.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.csp import CSP

from opspanel import env

# A directive, and all that may stand in it.
POLICY: dict[str, set[str]] = {
    "default-src": {CSP.NONE},
    "script-src": {CSP.NONCE},
    "style-src": {CSP.SELF},
    "img-src": {CSP.SELF},
    "connect-src": {CSP.SELF},
    "form-action": {CSP.SELF},
    "base-uri": {CSP.NONE},
    "object-src": {CSP.NONE},
    "frame-ancestors": {CSP.NONE},
    "require-trusted-types-for": {"'script'"},
    "trusted-types": {"htmx"},
    "report-uri": {settings.CSP_REPORT_PATH},
}
if settings.HTTPS:
    POLICY["report-to"] = {"csp"}
if settings.OPSPANEL_OIDC_ISSUER:
    POLICY["form-action"].add(env.origin(settings.OPSPANEL_OIDC_ISSUER))
# What answers by itself comes after these two, so that its answers have them too.
OUTSIDE = (
    "opspanel.browser_policy.on_every_answer",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
)
ANSWERS_BY_ITSELF = (
    "opspanel.middleware.never_hung",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "opspanel.browser_policy.from_our_pages",
)
LEAST_PASSWORD = 15
VALIDATORS = "django.contrib.auth.password_validation."


def connect() -> None:
    register(policy_is_whole, Tags.security)
    register(responses_are_not_cached, Tags.security)
    register(passwords_are_strong, Tags.security)
    register(cookies_are_bound_to_the_host, Tags.security, deploy=True)


def policy_is_whole(app_configs: object = None, **_: object) -> list[CheckMessage]:
    return list(_policy_faults(settings.SECURE_CSP, settings.MIDDLEWARE))


def _policy_faults(
    policy: Mapping[str, Any], middleware: list[str]
) -> Iterator[CheckMessage]:
    for name, allowed in POLICY.items():
        if not policy.get(name) or not set(policy[name]) <= allowed:
            hint = f"SECURE_CSP must say {name} {' '.join(sorted(allowed))}."
            yield Error(f"The content policy opens {name}.", hint=hint, id="ops.E003")
    for name in policy.keys() - POLICY.keys():
        hint = "Name it in opspanel/settings_checks.py, with all that it may hold."
        yield Error(f"The content policy adds {name}.", hint=hint, id="ops.E003")
    places = {name: place for place, name in enumerate(middleware)}
    first = min(places.get(name, -1) for name in ANSWERS_BY_ITSELF)
    for name in OUTSIDE:
        if not 0 <= places.get(name, -1) < first:
            hint = "Put it into MIDDLEWARE before what answers by itself."
            yield Error(f"Some answers do not pass {name}.", hint=hint, id="ops.E004")


def responses_are_not_cached(
    app_configs: object = None, **_: object
) -> list[CheckMessage]:
    hint = "Cache what pages are made from: a cached page has another's name and nonce."
    return [
        Error(f"{name} keeps answers.", hint=hint, id="ops.E005")
        for name in settings.MIDDLEWARE
        if name.startswith("django.middleware.cache.")
    ]


def passwords_are_strong(app_configs: object = None, **_: object) -> list[CheckMessage]:
    # The stubs know them as objects only.
    validators: Any = settings.AUTH_PASSWORD_VALIDATORS
    found = {each["NAME"]: each.get("OPTIONS") for each in validators}
    length = found.get(f"{VALIDATORS}MinimumLengthValidator") or {}
    least = length.get("min_length", 0)
    common = f"{VALIDATORS}CommonPasswordValidator" in found
    if least >= LEAST_PASSWORD and common:
        return []
    hint = f"AUTH_PASSWORD_VALIDATORS: {LEAST_PASSWORD} characters, no common ones."
    return [Error("Weak passwords are let in.", hint=hint, id="ops.E006")]


def cookies_are_bound_to_the_host(
    app_configs: object = None, **_: object
) -> list[CheckMessage]:
    return [
        Error(f"{kind}_COOKIE_* do not bind it to this host.", hint=hint, id="ops.E007")
        for kind in ("SESSION", "CSRF")
        for hint in [_unbound(kind)]
        if hint
    ]


def _unbound(kind: str) -> str:
    def setting(name: str) -> Any:
        return getattr(settings, f"{kind}_COOKIE_{name}")

    wanted = {
        "its NAME begins with __Host-": setting("NAME").startswith("__Host-"),
        "SECURE": setting("SECURE"),
        "HTTPONLY": setting("HTTPONLY"),
        "SAMESITE is Lax or Strict": setting("SAMESITE") in {"Lax", "Strict"},
        "no DOMAIN": not setting("DOMAIN"),
        "PATH is /": setting("PATH") == "/",
    }
    return ", ".join(name for name, holds in wanted.items() if not holds)
