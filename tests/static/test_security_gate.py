"""The gate finds nothing in the code as it is, and each violation planted in it."""

import importlib.util

import pytest

from opspanel.env import BASE_DIR

SCRIPT = BASE_DIR / ".ci" / "security_gate.py"
spec = importlib.util.spec_from_file_location("security_gate", SCRIPT)
gate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(gate)

PYTHON = {
    "safe-text": [
        "mark_safe(reason)",
        "safestring.mark_safe(f'<b>{reason}</b>')",
        "SafeString(reason)",
    ],
    "formatted-markup": [
        "format_html(f'<b>{reason}</b>')",
        "format_html('<b>' + reason + '</b>')",
        "format_html_join('', template, rows)",
        "format_html(reason)",
    ],
    "made-up-sql": [
        "cursor.execute(f'SELECT {name}')",
        "cursor.execute('SELECT %s' % name)",
        "cursor.execute('SELECT ' + name)",
        "cursor.execute('SELECT {}'.format(name))",
        "Model.objects.raw(f'SELECT {name}')",
        "RawSQL(f'{name}', [])",
    ],
    "executes-text": ["eval(text)", "exec(text)", "compile(text, '', 'exec')"],
    "follows-redirects": [
        "httpx.get(url, follow_redirects=True)",
        "httpx.AsyncClient(follow_redirects=True)",
    ],
    "unverified-tls": [
        "httpx.Client(verify=False)",
        "context.verify_mode = ssl.CERT_NONE",
        "ssl._create_unverified_context()",
    ],
    "csrf-exempt": ["@csrf_exempt\ndef view(request): ...", "csrf.csrf_exempt(view)"],
    "cached-page": ["cache_page(60)(view)", "@cache.cache_page(60)\ndef view(r): ..."],
    "own-policy": ["@csp_override({})\ndef view(request): ..."],
    "text-as-template": ["engines['django'].from_string(text)"],
    "unpickles": ["import pickle", "from marshal import loads"],
}
TEMPLATES = {
    "unescaped": ["{{ reason|safe }}", "{{ x | safeseq }}", "{% autoescape off %}"],
    "inline-handler": [
        '<p onclick="go()">',
        '<p hx-on:click="go()">',
        '<p data-hx-on::load="x">',
    ],
    "htmx-script": ["<p hx-vals='js:{a: b}'>", '<a href="javascript:go()">'],
    "inline-script": ['<script nonce="{{ csp_nonce }}">go()</script>'],
    "script-without-nonce": ['<script src="/static/x.js"></script>'],
    "inline-style": ['<p style="color: red">', "<style>p {}</style>"],
    "foreign-address": ['<img src="https://cdn.example/x.png">', '<p hx-get="//x">'],
}
FINE = [
    "format_html('<b>{}</b>', reason)",
    "cursor.execute('SELECT %s', [name])",
    "SafeString('')",
    "httpx.AsyncClient(follow_redirects=False, verify=context)",
    "pattern = re.compile(text)",
]


def planted(rules):
    return [(rule, text) for rule, texts in rules.items() for text in texts]


def test_the_code_as_it_is_passes():
    """Every module and every template, in packages and folders too."""
    gate.main()
    assert {"opspanel/views/csp_report.py", "templates/mfa/index.html"} <= set(
        dict(gate.sources())
    )


def test_each_rule_is_tried():
    """None of them stands there for show."""
    assert set(PYTHON) == {*gate.CALLS, *gate.NAMES.values(), *gate.MODULES.values()}
    assert set(TEMPLATES) == set(gate.TEMPLATES)


@pytest.mark.parametrize(("rule", "text"), planted(PYTHON))
def test_a_line_that_opens_the_panel_is_found(rule, text):
    """By whatever spelling, and with its place."""
    assert f"opspanel/x.py:2 {rule}" in gate.violations("opspanel/x.py", f"\n{text}\n")


@pytest.mark.parametrize(("rule", "text"), planted(TEMPLATES))
def test_a_template_that_opens_the_panel_is_found(rule, text):
    """Which the linters of templates let through."""
    assert f"templates/x.html:2 {rule}" in gate.violations(
        "templates/x.html", f"\n{text}"
    )


@pytest.mark.parametrize("text", FINE)
def test_a_line_that_does_not_is_left_alone(text):
    """The right way to do the same."""
    assert gate.violations("opspanel/x.py", text) == []


@pytest.mark.parametrize(("path", "rule"), sorted(gate.ALLOWED))
def test_an_exception_is_still_needed(monkeypatch, path, rule):
    """Who removes the reason removes its entry too."""
    monkeypatch.setattr(gate, "ALLOWED", set())
    found = [
        each
        for place, source in gate.sources()
        if place == path or place.rpartition("/")[0] == path
        for each in gate.violations(place, source)
    ]
    assert any(each.endswith(f" {rule}") for each in found)
