"""Guessing passwords: the limit holds before anything is computed."""

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse

from opspanel.access.address import client_network
from opspanel.access.attempts import OF_ACCOUNT, OF_ADDRESS, TooManyAttemptsError
from opspanel.models import Attempts
from tests.access.conftest import PASSWORD

GUESSES = 300
AT_ONCE = 32


def sign_in(name, password, address="192.0.2.1", client=None, **headers):
    """The answer to the filled form."""
    fields = {"login": name, "username": name, "password": password}
    return (client or Client(raise_request_exception=False)).post(
        reverse("ops:sign-in"), fields, REMOTE_ADDR=address, headers=headers
    )


def guess(first):
    """Every 32nd guess, beginning with this one, each from an address of its own."""
    told = Counter()
    for number in range(first, GUESSES, AT_ONCE):
        address = f"198.51.{number // 250}.{number % 250}"
        request = RequestFactory().post("/", REMOTE_ADDR=address)
        try:
            authenticate(request, username="vera", password=f"guess {number}")
            told["wrong"] += 1
        except TooManyAttemptsError:
            told["refused"] += 1
    connection.close()
    return told


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_storm_of_guesses_gets_exactly_the_limit(member, hashes):
    """However many guess at once from however many addresses: five hashes."""
    member("viewer", "vera")
    hashes()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = sum(pool.map(guess, range(AT_ONCE)), Counter())
    assert hashes() == OF_ACCOUNT.most == 5
    assert told == {"wrong": 5, "refused": GUESSES - 5}


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_an_unknown_name_costs_and_counts_the_same(self, member, hashes):
        """Known or not: one hash an attempt, the same answer, the same limit."""
        member("viewer", "vera")
        hashes()
        told = {}
        for name in ("vera", "nobody-of-that-name"):
            texts = [sign_in(name, "wrong").text.replace(name, "") for _ in range(6)]
            assert hashes() == OF_ACCOUNT.most
            told[name] = [without_tokens(text) for text in texts]
        assert told["vera"] == told["nobody-of-that-name"]

    def test_an_unknown_name_takes_as_long(self, member):
        """The least time of a refusal, which no load adds to, tells nothing about the
        account."""
        took = {"known": [], "other": []}
        for number in range(8):
            member("viewer", f"known{number}")
            for kind, times in took.items():
                times.append(timed(f"{kind}{number}"))
        assert 0.5 < min(took["known"]) / min(took["other"]) < 2

    def test_the_right_password_is_refused_after_the_limit_and_opens_later(
        self, member
    ):
        """Who guessed five times must wait, even with the right password."""
        member("viewer", "vera")
        for _ in range(OF_ACCOUNT.most):
            sign_in("vera", "wrong")
        refused = sign_in("vera", PASSWORD)
        assert refused.status_code == 429
        assert "Too many attempts" in refused.text
        Attempts.objects.update(until="2020-01-01T00:00Z")
        assert sign_in("vera", PASSWORD).status_code == 302

    def test_signing_in_uses_no_attempt_up(self, member):
        """A person who comes and goes all day is never locked out."""
        member("viewer", "vera")
        answers = [sign_in("vera", PASSWORD).status_code for _ in range(8)]
        assert answers == [302] * 8

    def test_spellings_of_a_name_share_the_count(self, member, hashes):
        """Capitals, wide letters and blanks around give no further guesses."""
        member("viewer", "vera")
        hashes()
        for name in (
            "vera",
            "VERA",
            "Vera",
            " vera ",
            "\N{FULLWIDTH LATIN SMALL LETTER V}era",
            "vErA",
            "verA",
        ):
            sign_in(name, "wrong")
        assert hashes() == OF_ACCOUNT.most

    def test_one_address_may_not_try_many_names(self, hashes):
        """A list of names from one place ends at the limit of that place."""
        for number in range(OF_ADDRESS.most + 3):
            sign_in(f"name{number}", "wrong")
        assert hashes() == OF_ADDRESS.most

    @pytest.mark.parametrize(
        ("behind_proxy", "counted_as"), [(False, "192.0.2.1"), (True, "203.0.113.9")]
    )
    def test_a_forwarded_address_counts_only_behind_a_proxy(
        self, settings, rf, behind_proxy, counted_as
    ):
        """Without a proxy the header is what the client made up."""
        if behind_proxy:
            settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        forwarded = {"X-Forwarded-For": "1.2.3.4, 203.0.113.9"}
        request = rf.get("/", REMOTE_ADDR="192.0.2.1", headers=forwarded)
        assert client_network(request) == counted_as

    def test_windows_that_are_over_are_forgotten(self):
        """Invented names leave nothing behind for long."""
        for number in range(5):
            sign_in(f"name{number}", "wrong")
        Attempts.objects.update(until="2020-01-01T00:00Z")
        sign_in("another", "wrong", "192.0.2.77")
        assert Attempts.objects.count() == 2

    def test_the_table_tells_no_name(self):
        """Somebody typed a password into the wrong field: it is not kept."""
        sign_in("hunter2-in-the-wrong-field", "wrong")
        assert "hunter2" not in str(list(Attempts.objects.values()))


def timed(name):
    began = time.perf_counter()
    sign_in(name, "wrong", f"192.0.2.{name[-1]}")
    return time.perf_counter() - began


def without_tokens(text):
    """The page without what differs at each rendering."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    return re.sub(r'nonce="[^"]*"|value="[^"]*"', "", text)
