import io
import sys

from django.core.management import call_command

WORD = "falcon7battery"


def explained(monkeypatch, text):
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    call_command("sanitize", explain=True, stdout=shown)
    return shown.getvalue()


def test_text_from_standard_input_is_shown_clean_with_the_rule(monkeypatch):
    """An engineer sees which rule redacted a line, and never the value."""
    shown = explained(monkeypatch, f"relay: password={WORD} refused")
    assert "relay: password=[REDACTED] refused" in shown
    assert "assignment" in shown
    assert WORD not in shown


def test_json_keeps_its_structure_and_names_the_key(monkeypatch):
    """JSON is cleaned as what it is; the explanation says under which name."""
    shown = explained(monkeypatch, f'{{"a": [{{"api_key": "{WORD}"}}]}}')
    assert '"api_key": "[REDACTED]"' in shown
    assert "under api_key: name" in shown
    assert WORD not in shown
