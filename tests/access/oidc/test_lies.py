"""What the panel believes of a provider: nothing that does not fit in every part."""

import base64
import hmac
import json
import ssl
import time
from html import unescape

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.urls import reverse

from opspanel.access.oidc import backchannel, metadata
from opspanel.access.oidc.refusal import SENTENCES, Reason, SignOnRefusedError
from opspanel.models import User
from tests.access.oidc.conftest import SECRET, asked, leave, reasons
from tests.access.oidc.liar import KEY, OTHER_KEY, published

pytestmark = pytest.mark.django_db
CALLBACK = "/admin/ops/sign-in/provider/callback"
NOW = int(time.time())
# Of when tests are collected; the last of them runs within the day.
LATER = NOW + 86_400
CANARY = "words-of-the-provider"


def come_back(client, there):
    return client.get(CALLBACK, {"state": asked(there)["state"], "code": "c-1"})


def is_refused(client, liar, answer, *codes):
    """Nobody is in, no account is made, and only our own words are shown."""
    assert reasons() == list(codes)
    assert SENTENCES[Reason(codes[-1])] in unescape(answer.text)
    assert codes[-1] in answer.text
    assert "break-glass account" in answer.text
    assert CANARY not in answer.text
    assert client.get("/admin/ops/overview").status_code == 302
    assert not User.objects.exists()


def try_claims(client, liar, **lies):
    there = leave(client)
    liar.gives(liar.claims(asked(there)["nonce"], **lies))
    return come_back(client, there)


def test_the_truth_is_believed(client, liar):
    """So that each lie below is refused for itself alone."""
    answer = try_claims(client, liar)
    assert answer.status_code == 302
    assert User.objects.get().get_all_permissions() == {"ops.view_overview"}
    (form,) = liar.sent
    assert len(form["code_verifier"][0]) == 128
    assert form["redirect_uri"] == [f"http://testserver{CALLBACK}"]
    assert "client_secret" not in form  # it goes by a header where that is possible


@pytest.mark.parametrize(
    ("lies", "code"),
    [
        ({"iss": "https://evil.example"}, "token_issuer"),
        ({"iss": None}, "token_unreadable"),
        ({"iss": ["a"]}, "token_issuer"),
        ({"aud": "another"}, "token_audience"),
        ({"aud": ["panel", "another"]}, "token_audience"),
        ({"aud": []}, "token_unreadable"),
        ({"aud": {"panel": 1}}, "token_audience"),
        ({"aud": None}, "token_unreadable"),
        ({"azp": "another"}, "token_audience"),
        ({"nonce": "another"}, "token_nonce"),
        ({"nonce": None}, "token_nonce"),
        ({"nonce": 7}, "token_nonce"),
        ({"nonce": "ü"}, "token_nonce"),
        ({"exp": NOW - 60}, "token_time"),
        ({"exp": None}, "token_unreadable"),
        ({"exp": "soon"}, "token_unreadable"),
        ({"iat": LATER}, "token_time"),
        ({"iat": None}, "token_unreadable"),
        ({"nbf": LATER}, "token_time"),
        ({"sub": None}, "token_unreadable"),
        ({"sub": ""}, "token_unreadable"),
        ({"sub": 7}, "token_unreadable"),
        ({"sub": "x" * 192}, "token_unreadable"),
        ({"sub": "a\0b"}, "token_unreadable"),
        ({"sub": "\ud800"}, "token_unreadable"),
        ({"nonce": "\ud800"}, "token_nonce"),
        ({"exp": {}}, "token_unreadable"),
        ({"exp": 1e999}, "token_unreadable"),
        ({"iat": [1]}, "token_unreadable"),
        ({"nbf": {}}, "token_unreadable"),
        ({"groups": None}, "no_role"),
        ({"groups": {"ops-admins": True}}, "no_role"),
        ({"groups": [["ops-admins"], 7, None]}, "no_role"),
        ({"groups": "ops-admins,ops-viewers"}, "no_role"),
    ],
)
def test_a_claim_that_lies_is_refused(client, liar, lies, code):
    """By a reason of the short list, in the trail and on the page."""
    answer = try_claims(client, liar, **lies)
    assert answer.status_code == 403
    is_refused(client, liar, answer, code)


def test_clocks_may_differ_a_little(client, liar):
    """Half a minute is forgiven, no more."""
    answer = try_claims(client, liar, exp=int(time.time()) - 20)
    assert answer.status_code == 302


def by_none(claims):
    return jwt.encode(claims, None, algorithm="none", headers={"kid": "one"})


def by_the_public_key(claims):
    """Signed with what everybody knows, as if it were a shared secret."""
    head, body, _ = by_the_client_secret(claims).split(".")
    for_all = KEY.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    signed = hmac.digest(for_all, f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{base64.urlsafe_b64encode(signed).decode().rstrip('=')}"


def by_the_client_secret(claims):
    """Good enough for some; here the key is the provider's alone or it is none."""
    key = SECRET.ljust(40).encode()
    return jwt.encode(claims, key, algorithm="HS256", headers={"kid": "one"})


def by_another_key(claims):
    return jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers={"kid": "one"})


def by_an_unknown_key(claims):
    return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "two"})


def by_a_key_of_its_own(claims):
    """The header brings the key along."""
    header = {"kid": "one", "jwk": published(OTHER_KEY)}
    return jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers=header)


def signed(header, claims):
    """With any header, as pyjwt itself would write none."""
    parts = (json.dumps(part).encode() for part in (header, claims))
    text = ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts)
    return f"{text}.AAAA"


def by_no_algorithm(claims):
    return signed({"kid": "one"}, claims)


def by_a_list_of_algorithms(claims):
    return signed({"alg": ["RS256"], "kid": "one"}, claims)


def without_signature(claims):
    return f"{by_another_key(claims).rpartition('.')[0]}."


def altered(claims):
    head, _, signature = jwt.encode(
        {**claims, "groups": []}, KEY, algorithm="RS256", headers={"kid": "one"}
    ).split(".")
    return f"{head}.{by_another_key(claims).split('.')[1]}.{signature}"


@pytest.mark.parametrize(
    "forged",
    [
        by_none,
        by_the_public_key,
        by_the_client_secret,
        by_another_key,
        by_an_unknown_key,
        by_a_key_of_its_own,
        by_no_algorithm,
        by_a_list_of_algorithms,
        without_signature,
        altered,
    ],
)
def test_only_the_providers_signature_counts(client, liar, forged):
    """Checked also after a code exchange, which came by the provider's own address."""
    there = leave(client)
    token = forged(liar.claims(asked(there)["nonce"], groups=["ops-admins"]))
    liar.says("/token", {"id_token": token})
    is_refused(client, liar, come_back(client, there), "token_signature")


WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
CURVE = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    "keys",
    [
        [],
        "none",
        None,
        [published(alg="ES256")],
        [published(use="enc")],
        [published(), published()],
        [{"kty": "oct", "kid": "one", "k": "AAAA"}],
        [{"kid": "one"}],
        ["one"],
    ],
    ids=[
        "none",
        "text",
        "null",
        "curve",
        "encryption",
        "twice",
        "shared",
        "empty",
        "no-object",
    ],
)
def test_a_key_that_does_not_fit_is_no_key(client, liar, keys):
    """Of another kind, for another purpose, twice, or none at all."""
    liar.says("/jwks", {"keys": keys})
    is_refused(client, liar, try_claims(client, liar), "token_signature")


@pytest.mark.parametrize("part", ["n", "e", "kty"])
@pytest.mark.parametrize("value", [None, 7, "", "!", "AA", [], {}], ids=str)
def test_a_key_that_is_none_is_refused_calmly(client, liar, part, value):
    """Whatever stands in its parts."""
    liar.says("/jwks", {"keys": [published() | {part: value}]})
    try_claims(client, liar)
    assert set(reasons()) <= {"token_signature", "token_unreadable"}
    assert len(reasons()) == 1
    assert not User.objects.exists()


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_weak_key_is_no_key(client, liar):
    """1024 bits can be broken."""
    liar.says("/jwks", {"keys": [published(WEAK)]})
    there = leave(client)
    liar.gives(liar.claims(asked(there)["nonce"]), WEAK)
    is_refused(client, liar, come_back(client, there), "token_signature")


def test_keys_may_change_between_two_sign_ins(client, liar):
    """They are asked for anew each time; curves are as good as RSA."""
    key = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(CURVE.public_key()))
    liar.says("/jwks", {"keys": [published(), {**key, "kid": "two"}]})
    there = leave(client)
    claims = liar.claims(asked(there)["nonce"])
    liar.gives(claims, CURVE, "ES256", kid="two")
    assert come_back(client, there).status_code == 302


@pytest.mark.parametrize(
    "token", [None, 7, "", "x", "a.b.c", ".." * 20, "ü.ü.ü", [], {}]
)
def test_garbage_for_a_proof_is_refused(client, liar, token):
    """Whatever stands in its place."""
    there = leave(client)
    liar.says("/token", {"id_token": token, "note": CANARY})
    is_refused(client, liar, come_back(client, there), "token_unreadable")


GARBAGE = {
    "empty": b"",
    "html": f"<html>{CANARY}</html>".encode(),
    "a list": b"[]",
    "no text": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
    "large": b" " * 300_000 + b"{}",
}


@pytest.mark.parametrize("path", ["/token", "/jwks"])
@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE)
def test_garbage_on_the_way_back_is_refused(client, liar, path, answer):
    """Bounded in size, and nothing of it is shown."""
    there = leave(client)
    liar.gives(liar.claims(asked(there)["nonce"]))
    liar.says(path, answer)
    is_refused(client, liar, come_back(client, there), "provider_answer")


@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE)
def test_garbage_on_the_way_there_is_refused(client, liar, answer):
    """Nobody is led anywhere."""
    liar.says("/.well-known/openid-configuration", answer)
    answer = client.post(reverse("ops:sign-on"))
    is_refused(client, liar, answer, "provider_answer")


@pytest.mark.parametrize(
    ("status", "document", "code"),
    [
        (
            400,
            {"error": "invalid_grant", "error_description": CANARY},
            "provider_refused",
        ),
        (400, {"error": [CANARY]}, "provider_refused"),
        (401, {"error": "invalid_client"}, "client_refused"),
        (302, {}, "provider_answer"),
        (404, {}, "provider_answer"),
        (500, {}, "provider_unreachable"),
        (503, {"error": CANARY}, "provider_unreachable"),
    ],
)
def test_a_failure_of_the_exchange_is_told_by_its_kind(
    client, liar, status, document, code
):
    """And never by the provider's words."""
    there = leave(client)
    liar.says("/token", document, status)
    is_refused(client, liar, come_back(client, there), code)


def test_no_redirect_is_followed(client, liar):
    """A provider cannot lead the panel to other servers."""

    def redirect(handler):
        handler.send_response(302)
        handler.send_header("Location", f"{liar.issuer}/secret")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    liar.says("/.well-known/openid-configuration", redirect)
    answer = client.post(reverse("ops:sign-on"))
    is_refused(client, liar, answer, "provider_answer")
    assert "/secret" not in liar.asked


def test_a_provider_that_is_down_is_told_as_such(client, trusting):
    """With the way in that is left."""
    trusting("http://127.0.0.1:1")
    answer = client.post(reverse("ops:sign-on"))
    assert answer.status_code == 503
    is_refused(client, None, answer, "provider_unreachable")


def silent(liar):
    return lambda handler: liar.released.wait(30)


def trickling(liar):
    def answer(handler):
        handler.send_response(200)
        handler.end_headers()
        while not liar.released.wait(0.05):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    return answer


@pytest.mark.parametrize("slow", [silent, trickling])
@pytest.mark.parametrize(
    "path", ["/.well-known/openid-configuration", "/token", "/jwks"]
)
def test_a_provider_that_never_ends_its_answer_is_given_up(
    client, liar, monkeypatch, slow, path
):
    """The deadline is one for all: a byte now and then does not put it off."""
    there = leave(client)
    monkeypatch.setattr(backchannel, "SECONDS", 0.4)
    liar.gives(liar.claims(asked(there)["nonce"]))
    liar.says(path, slow(liar))
    answer = come_back(client, there)
    liar.released.set()
    assert answer.status_code == 503
    is_refused(client, liar, answer, "provider_unreachable")


def test_a_slow_provider_holds_few_threads(client, liar, monkeypatch):
    """While as many ask as may ask at once, the next one is told to try again."""
    monkeypatch.setattr(backchannel, "SECONDS_IN_LINE", 0.05)
    with backchannel._at_once, backchannel._at_once:
        answer = client.post(reverse("ops:sign-on"))
    assert answer.status_code == 503
    is_refused(client, liar, answer, "busy")
    assert client.post(reverse("ops:sign-on")).status_code == 302


@pytest.mark.parametrize(
    ("lies", "code"),
    [
        ({"issuer": "https://evil.example"}, "token_issuer"),
        ({"issuer": None}, "token_issuer"),
        ({"authorization_endpoint": "https://evil.example/auth"}, "provider_answer"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "provider_answer"),
        ({"token_endpoint": "http://10.0.0.1/token"}, "provider_answer"),
        ({"token_endpoint": "file:///etc/passwd"}, "provider_answer"),
        ({"token_endpoint": "https://user:word@host/token"}, "provider_answer"),
        ({"jwks_uri": "http://[::1"}, "provider_answer"),
        ({"jwks_uri": "https://host:99999/"}, "provider_answer"),
        ({"jwks_uri": 7}, "provider_answer"),
        ({"jwks_uri": None}, "provider_answer"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(client, liar, lies, code):
    """Another name, another origin for people, no https for the panel."""
    liar.describes_itself(**lies)
    answer = client.post(reverse("ops:sign-on"))
    is_refused(client, liar, answer, code)


@pytest.mark.parametrize("host", ["a..b", "xn--zzzzzzz-", "-", "a" * 70, "[v1.x]"])
def test_a_host_that_cannot_be_one_is_refused(client, liar, host):
    """When it is asked, if not before."""
    liar.describes_itself(token_endpoint=f"https://{host}/token")
    answer = client.post(reverse("ops:sign-on"))
    if answer.status_code == 302:
        come_back(client, answer["Location"])
    assert set(reasons()) <= {"provider_answer", "provider_unreachable"}
    assert len(reasons()) == 1


@pytest.mark.parametrize("methods", [7, {}, "client_secret_basic", [], None, [[]]])
def test_a_list_of_methods_that_is_none_stops_nothing(liar, methods):
    """A provider that does not say takes the header; one that says so does not."""
    said = json.loads(json.dumps({"token_endpoint_auth_methods_supported": methods}))
    liar.describes_itself(**said)
    _, document = liar.answers["/.well-known/openid-configuration"]
    found = metadata.read(liar.issuer, document)
    assert found.takes_basic == (not isinstance(methods, list))


def test_a_provider_elsewhere_leads_to_no_server_of_this_machine():
    """Plain http to loopback is for a provider on loopback alone."""
    issuer = "https://id.example.org"
    document = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/auth",
        "token_endpoint": "https://keys.example.net/token",
        "jwks_uri": "https://keys.example.net/jwks",
    }
    assert metadata.read(issuer, document).takes_basic
    document["jwks_uri"] = "http://127.0.0.1:6379/jwks"
    with pytest.raises(SignOnRefusedError):
        metadata.read(issuer, document)


def test_a_provider_may_want_the_secret_in_the_form(client, liar):
    """Only if it does not take the header."""
    liar.describes_itself(token_endpoint_auth_methods_supported=["client_secret_post"])
    assert try_claims(client, liar).status_code == 302
    assert liar.sent[0]["client_secret"] == [SECRET]


def test_certificates_are_checked():
    """By the machine's own authorities, or the one of the settings."""
    assert backchannel.tls(None).verify_mode is ssl.CERT_REQUIRED
    assert backchannel.tls(None).check_hostname
