"""What metadata may hold, as Python and as Postgres see it."""

import json
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opspanel.audit.allowlist import KEYS, MetadataRefusedError, document
from tests.audit.documents import documents, is_legal
from tests.audit.postgres import exact, stored

SEED = (
    "reason, policy_key, old_value, new_value, status_from, status_to, error_code, "
    "request_scope, idempotency_key_hash, provider_ref, allocation_id, node_id"
)
MANY = settings(
    max_examples=700,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def test_the_keys_are_the_platforms_twelve():
    """Neither more nor fewer than the platform's own audit log takes."""
    assert sorted(SEED.split(", ")) == sorted(KEYS)


@MANY
@given(documents)
def test_python_refuses_exactly_what_is_illegal(metadata):
    """No illegal document passes, and no legal one is refused."""
    try:
        document(metadata)
    except MetadataRefusedError:
        assert not is_legal(metadata)
    else:
        assert is_legal(metadata)


@MANY
@given(documents)
def test_postgres_refuses_exactly_what_is_illegal(db, metadata):
    """The database holds the same rule for whoever comes past Python."""
    kept = stored(json.dumps(metadata))
    assert (kept is not None) == is_legal(metadata)


@MANY
@given(documents.filter(is_legal))
def test_what_python_accepts_postgres_stores(db, metadata):
    """Cleaning never makes a document that the database refuses."""
    cleaned = document(metadata)
    assert stored(cleaned) == exact(cleaned)


@pytest.mark.parametrize("text", ["[]", '"reason"', "null", "7", "true", "[{}]"])
def test_only_an_object_is_a_document(db, text):
    """A list or a plain value is refused."""
    assert stored(text) is None


def test_no_reordering_or_control_character_passes():
    """Every character that Unicode calls control or bidirectional is refused."""
    every = (chr(code) for code in range(0x110000))
    bidi = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    for char in every:
        if (
            unicodedata.category(char) == "Cc"
            or unicodedata.bidirectional(char) in bidi
        ):
            with pytest.raises(MetadataRefusedError):
                document({"reason": f"a{char}b"})


def test_a_secret_is_redacted_under_an_allowed_key(db):
    """The allowlist is of keys; their values still pass the sanitizer."""
    text = document({"reason": "rotated, password=hunter2 was in a ticket"})
    assert "hunter2" not in text
    assert "[REDACTED]" in stored(text)["reason"]


def test_the_refusal_names_the_key_and_never_the_value():
    """A developer sees which key is wrong; nobody sees what was in it."""
    with pytest.raises(MetadataRefusedError) as refused:
        document({"passwort": "hunter2"})
    assert "passwort" in str(refused.value)
    assert "hunter2" not in str(refused.value)


@settings(deadline=None)
@given(st.text(min_size=1))
def test_a_hostile_key_is_shown_in_safe_form(key):
    """Also a key may come from outside: the error is one short printable line."""
    if key not in KEYS:
        with pytest.raises(MetadataRefusedError) as refused:
            document({key: 1})
        assert str(refused.value).isprintable()
        assert len(str(refused.value)) < 600
