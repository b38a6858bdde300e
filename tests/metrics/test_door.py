"""Who is told the panel's own figures."""

import pytest

from opspanel.metrics.door import with_metrics

TOKEN = "a-token-for-prometheus-only"


def ask(token=None, *, behind_proxy=False, path="/metrics", method="GET", **environ):
    """`(status, body)`; `elsewhere` is what comes behind the door."""
    answered = []

    def elsewhere(environ, start_response):
        start_response("404 Not Found", [])
        return [b"elsewhere"]

    application = with_metrics(
        elsewhere, lambda: b"figures", token=token, behind_proxy=behind_proxy
    )
    given = {"PATH_INFO": path, "REQUEST_METHOD": method, "REMOTE_ADDR": "127.0.0.1"}
    body = application(
        given | environ, lambda status, headers: answered.append((status, headers))
    )
    return answered[0][0][:3], b"".join(body)


def test_without_a_token_this_machine_is_told():
    """As `make run` has it."""
    assert ask() == ("200", b"figures")
    assert ask(REMOTE_ADDR="::1") == ("200", b"figures")


@pytest.mark.parametrize(
    "environ",
    [
        {"REMOTE_ADDR": "10.0.0.7"},
        {"REMOTE_ADDR": "", "HTTP_HOST": "localhost"},
        {"HTTP_X_FORWARDED_FOR": "10.0.0.7"},
        {"HTTP_FORWARDED": "for=10.0.0.7"},
        {"HTTP_VIA": "1.1 proxy"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"behind_proxy": True},
    ],
    ids=str,
)
def test_without_a_token_nobody_else_is(environ):
    """Nor whoever comes through a proxy on this machine."""
    status, body = ask(**environ)
    assert status == "401"
    assert b"figures" not in body


@pytest.mark.parametrize("remote", ["127.0.0.1", "10.0.0.7"])
def test_with_a_token_only_whoever_shows_it_is(remote):
    """From wherever; also this machine needs it."""
    shown = {"REMOTE_ADDR": remote, "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
    assert ask(TOKEN, **shown) == ("200", b"figures")
    for wrong in (
        "",
        "Bearer",
        "Bearer x",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        "Bearer é",
    ):
        assert ask(TOKEN, REMOTE_ADDR=remote, HTTP_AUTHORIZATION=wrong)[0] == "401"


@pytest.mark.parametrize(
    ("path", "method"),
    [("/metrics/", "GET"), ("/metricsx", "GET"), ("/metrics", "POST")],
)
def test_all_else_goes_on(path, method):
    """The door is one address and one method."""
    assert ask(path=path, method=method) == ("404", b"elsewhere")
