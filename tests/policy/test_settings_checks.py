"""`manage.py check` finds each wall that a setting could take away."""

import copy
import subprocess
import sys

import pytest
from django.conf import settings as live

from opspanel import settings_checks as checks
from opspanel.env import BASE_DIR
from tests.servers import environment

COOKIE = {
    "NAME": "ops_session",
    "SECURE": False,
    "HTTPONLY": False,
    "SAMESITE": "None",
    "DOMAIN": "example.org",
    "PATH": "/admin",
}


def ids(found):
    return [each.id for each in found]


@pytest.fixture
def policy(settings):
    """The policy, to be changed by a test alone."""
    settings.SECURE_CSP = copy.deepcopy(live.SECURE_CSP)
    return settings.SECURE_CSP


def test_the_settings_pass():
    """As they are."""
    checked = (
        checks.policy_is_whole,
        checks.responses_are_not_cached,
        checks.passwords_are_strong,
    )
    assert [check() for check in checked] == [[], [], []]


@pytest.mark.parametrize("name", checks.POLICY)
@pytest.mark.parametrize("change", ["gone", "empty", "wider"])
def test_a_directive_that_was_opened_is_found(policy, name, change):
    """Left out, emptied, or with one more word in it."""
    if change == "gone":
        del policy[name]
    else:
        policy[name] = [*policy[name], "'unsafe-inline'"] if change == "wider" else []
    assert ids(checks.policy_is_whole()) == ["ops.E003"]


def test_a_directive_that_nobody_weighed_is_found(policy):
    """As one that lets workers in past default-src."""
    policy["worker-src"] = ["*"]
    assert ids(checks.policy_is_whole()) == ["ops.E003"]


@pytest.mark.parametrize("name", checks.OUTSIDE)
def test_a_policy_that_some_answers_do_not_pass_is_found(settings, name):
    """Left out, or after what answers by itself."""
    others = [each for each in live.MIDDLEWARE if each != name]
    for changed in (others, [*others, name]):
        settings.MIDDLEWARE = changed
        assert ids(checks.policy_is_whole()) == ["ops.E004"]


def test_a_cache_of_pages_is_found(settings):
    """It would show one reader what another one saw."""
    cache = "django.middleware.cache.FetchFromCacheMiddleware"
    settings.MIDDLEWARE = [*live.MIDDLEWARE, cache]
    assert ids(checks.responses_are_not_cached()) == ["ops.E005"]


@pytest.mark.parametrize("kept", [[], [0], [1], [2]])
def test_weak_passwords_are_found(settings, kept):
    """Short ones, common ones, or any at all."""
    validators = live.AUTH_PASSWORD_VALIDATORS
    settings.AUTH_PASSWORD_VALIDATORS = [validators[place] for place in kept]
    assert ids(checks.passwords_are_strong()) == ["ops.E006"]


@pytest.mark.parametrize("kind", ["SESSION", "CSRF"])
@pytest.mark.parametrize("name", COOKIE)
def test_a_cookie_that_is_not_the_hosts_alone_is_found(settings, kind, name):
    """Whatever one of its properties says so."""
    for each in ("SESSION", "CSRF"):
        setattr(settings, f"{each}_COOKIE_NAME", f"__Host-{each}")
        setattr(settings, f"{each}_COOKIE_SECURE", True)
    assert checks.cookies_are_bound_to_the_host() == []
    setattr(settings, f"{kind}_COOKIE_{name}", COOKIE[name])
    assert ids(checks.cookies_are_bound_to_the_host()) == ["ops.E007"]


def checked(**changed):
    command = [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy"]
    production = {
        "OPSPANEL_HTTPS": "true",
        "SECRET_KEY": "k3y-" * 9 + "abcdefghijklmnop",
    }
    return subprocess.run(
        [*command, "--fail-level", "WARNING"],
        cwd=BASE_DIR,
        env={**environment, **production, **changed},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_passes_all_checks_and_plain_http_does_not():
    """Django's for deployment and ours, without a warning; without https, both tell."""
    assert checked().returncode == 0
    plain = checked(OPSPANEL_HTTPS="false")
    assert plain.returncode == 1
    assert {"ops.E007", "security.W016"} <= set(
        plain.stderr.replace("(", " ").replace(")", " ").split()
    )
