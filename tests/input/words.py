"""What anybody may send: mostly what a form would, and now and then anything else."""

from django import forms
from hypothesis import strategies as st

JUNK = st.sampled_from(
    [
        "",
        "\0",
        "0",
        "-1",
        "9" * 30,
        "1e999",
        "NaN",
        "\ud800",
        "\u202eevil\u2066",
        "<script>alert(1)</script>",
        "{{ 7|add:7 }} {% now 'Y' %}",
        "' OR 1=1 --",
        "../../etc/passwd",
        "//evil.example",
        "\r\nSet-Cookie: a=b",
        "x" * 5_000,
        "\N{COMBINING GRAVE ACCENT}" * 600,
        "0001-01-01T00:00",
        "9999-12-31T23:59:59",
        "2026-11-26T12:00+99:99",
    ]
)
TEXT = st.text(max_size=80) | st.just("Checkout fails for customers") | JUNK
MOMENTS = st.datetimes().map(lambda at: f"{at:%Y-%m-%dT%H:%M}") | st.just("") | JUNK
NUMBERS = st.integers(-2, 40).map(str) | st.integers().map(str) | JUNK
ADDRESSES = st.sampled_from(["/admin/ops/incidents", "https://evil.example/"]) | TEXT

_NAMES = """
actor action at before boards build code demo first iss line next q said service
severity since span state status target text title until v with
"""
QUERIES = st.dictionaries(
    st.sampled_from(_NAMES.split()), MOMENTS | NUMBERS | TEXT, max_size=4
)


def sent_by(form):
    """What its fields hold: mostly each one's own kind of value; and now and then one
    more field, which nobody knows."""
    named = {name: _mostly(_values(field)) for name, field in form.fields.items()}
    known = st.fixed_dictionaries(named)
    odd = st.builds(lambda sent, junk: sent | {"unknown": junk}, known, JUNK)
    return _mostly(known, odd)


def _mostly(values, otherwise=JUNK):
    return st.integers(0, 15).flatmap(lambda dice: values if dice else otherwise)


def _values(field):
    if isinstance(field, forms.MultipleChoiceField):
        return st.lists(st.sampled_from(_choices(field)), max_size=3)
    if isinstance(field, forms.ChoiceField):
        return st.sampled_from(_choices(field))
    kinds = {
        forms.BooleanField: st.sampled_from(["", "on"]),
        forms.UUIDField: st.uuids().map(str),
        forms.IntegerField: NUMBERS,
        forms.DateTimeField: MOMENTS,
    }
    found = (values for kind, values in kinds.items() if isinstance(field, kind))
    return next(found, TEXT)


def _choices(field):
    return [str(value) for value, _ in field.choices] or [""]
