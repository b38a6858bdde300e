import logging
import subprocess
import sys
import time

import pytest

from opspanel.sanitize import PLACEHOLDER, reasons, sanitize
from opspanel.sanitize.registry import Registry
from opspanel.sanitize.structure import explained

WORD = "falcon7battery"


def test_a_mandatory_name_with_nothing_under_it_is_redacted_all_the_same():
    """Whether a password is set is nobody's business either."""
    assert sanitize({"password": None}) == {"password": PLACEHOLDER}


@pytest.mark.parametrize(
    "key", ["token_count", "max_tokens", "password_reset_total", "auth_failures"]
)
def test_numbers_that_measure_stay(key):
    """A count of tokens is no token."""
    assert sanitize({key: 5}) == {key: 5}


def test_a_cycle_is_cut_and_its_siblings_are_cleaned():
    """A value that holds itself neither hangs nor lets later values through."""
    value = {"first": 1}
    value["self"] = value
    value["last"] = f"password={WORD}"
    made = sanitize(value)
    assert made["self"] == PLACEHOLDER
    assert WORD not in str(made)


def test_what_is_too_deep_is_replaced():
    """A depth bomb ends in a placeholder, with its reason counted."""
    before = reasons.counts().get("depth", 0)
    value = f"password={WORD}"
    for _ in range(500):
        value = [value]
    assert WORD not in str(sanitize(value))
    assert reasons.counts()["depth"] > before


class Hostile:
    @property
    def __dict__(self):
        raise RuntimeError(WORD)


def test_an_object_that_raises_is_replaced_whole():
    """No error escapes, and none of the original comes back."""
    before = reasons.counts().get("error", 0)
    assert sanitize({"a": Hostile()}) == PLACEHOLDER
    assert reasons.counts()["error"] == before + 1


def test_two_keys_that_clean_to_one_both_stay():
    """Nothing is left out because of a name."""
    made = sanitize({"a1@x.example.com": 1, "b2@x.example.com": 2})
    assert sorted(made.values()) == [1, 2]
    assert all(PLACEHOLDER in key for key in made)


def test_a_list_under_a_name_that_no_store_takes_keeps_its_texts():
    """The name changes; it is no error that costs the whole value."""
    assert sanitize({"a\0b": ["calm", "sea"]}) == {"a\u2400b": ["calm", "sea"]}


def test_a_cleaned_command_in_a_list_stays_as_it_is():
    """What a list says when read as one line is judged the same the second time."""
    once = sanitize(["docker login -u ops -p falcon7 reg.test", f"password={WORD}"])
    assert sanitize(once) == once


def test_a_generator_is_left_to_its_owner():
    """Cleaning a log's argument must not use it up."""
    numbers = iter([1, 2])
    assert sanitize(numbers) == PLACEHOLDER
    assert list(numbers) == [1, 2]


def test_json_in_text_stays_json():
    """A number under a secret name becomes a string, not broken JSON."""
    assert sanitize('{"pin": 4711, "ok": true}') == '{"pin": "[REDACTED]", "ok": true}'


def test_a_placeholder_in_front_hides_nothing():
    """Text that pretends to be redacted already is searched all the same."""
    assert WORD not in sanitize(f"password=[REDACTED]{WORD}")
    assert WORD not in sanitize(f"password=[REDACTED] password={WORD}")


@pytest.mark.parametrize("front", ["sha256:", "trace_id=", "commit "])
def test_a_harmless_name_in_front_hides_nothing(front):
    """Only a value of the right shape is vouched for by the words before it."""
    token = "ghp_" + "aB3dE6gH9" * 4
    assert token not in sanitize(f"{front}{token}")


def test_known_secrets_are_found_in_their_usual_encodings():
    """A registered password goes in base64, hex, percent, reversed, and inside others."""
    import base64  # noqa: PLC0415
    from urllib.parse import quote  # noqa: PLC0415

    known = Registry()
    known.register("simple w/ord")
    for shown in (
        "simple w/ord", "dro/w elpmis", quote("simple w/ord", safe=""),
        b"simple w/ord".hex(), *(base64.b64encode(b"x" * n + b"simple w/ord!").decode() for n in range(3)),
    ):  # fmt: skip
        assert known.spans(f"say {shown} now".encode()), shown


def test_a_known_secret_that_is_too_short_is_refused_without_naming_it():
    """Registering `a` would redact every text; the refusal does not quote it."""
    with pytest.raises(ValueError, match="at least") as caught:
        Registry().register("q7")
    assert "q7" not in str(caught.value)


def test_a_log_record_is_cleaned_as_it_would_be_written():
    """The secret is in an argument, the word that tells of it in the template."""
    record = logging.LogRecord("a", 20, "f", 1, "password=%s", (WORD,), None)
    assert sanitize(record)["message"] == "password=[REDACTED]"


def test_an_explanation_names_rules_and_never_values():
    """Which rule under which name, and nothing of what was there."""
    made, why = explained({"note": f"password={WORD}", "api_key": WORD})
    assert WORD not in str(made) + str(why)
    assert ("api_key", "name") in why
    assert ("note", "assignment") in why


HOSTILE = {
    "one letter": "a",
    "assignments": "password=",
    "percent": "%41",
    "quotes": '"',
    "open objects": '{"a":',
    "look-alikes": "\u0430",
    "dots": "eyJ.",
    "lines": "password,a\n",
    "addresses": "http://a:b",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_little(name):
    """64 KB of anything takes well under a second of processor time, even when busy."""
    unit = HOSTILE[name]
    started = time.process_time()
    sanitize(unit * (65536 // len(unit)))
    assert time.process_time() - started < 1.0


def test_importing_the_sanitizer_needs_neither_django_nor_a_client():
    """It runs wherever something must be kept from being written."""
    banned = "{'django', 'httpx', 'nats', 'redis', 'psycopg'}"
    code = f"import sys, opspanel.sanitize; print({banned} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("end", [")", "x", "\n"])
def test_a_text_with_too_much_to_look_at_goes_whole(end):
    """More keywords than any honest text has: no part of it is shown."""
    crowded = f"{'primary key (id), password missing ' * 500}\n{WORD}\n{end}"
    assert WORD not in str(sanitize(crowded))
    assert WORD not in str(sanitize({"note": crowded, "b": [crowded]}))
