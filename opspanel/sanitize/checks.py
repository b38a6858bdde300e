"""Second looks: what a form alone cannot tell, such as check digits.

Each check takes the text and a span, and says whether the span is what its rule names.
"""

# ruff: noqa: PLR2004 - limits measured on the corpus, each where it applies

import re
from collections.abc import Callable

from opspanel.sanitize import shapes
from opspanel.sanitize.surprise import surprise
from opspanel.sanitize.words import STATES

type Check = Callable[[bytes, int, int], bool]

_PLAIN_USERS = frozenset(
    (b"git", b"hg", b"svn", b"anonymous", b"postgres", b"root", b"admin", b"celery")
)
# What ends with `@` here is looked at by the rules on addresses.
_USERINFO = re.compile(rb"://[^\s/@\x1e\x1f]{0,100}:$")
_UNIT = re.compile(
    rb".*\.(?:service|socket|timer|mount|target|path|slice|scope|device|swap|py|go|js"
    rb"|png|jpg|svg|css|html|json|yaml|yml|conf|log|sh|so)",
    re.DOTALL,
)
_PROCESS = re.compile(
    rb"(?:celery|worker|beat|flower|root|getty|gen|git|systemd|node|rabbit|emqx|ejabberd"
    rb"|postgres|nobody|container|user|pgbouncer|redis|nats)[\w%-]{0,12}"
)
_INSIDE_HOST = re.compile(
    rb".*\.(?:local|internal|svc|lan|cluster|localdomain)", re.DOTALL
)
_SECRET_LOOK = re.compile(rb"[0-9!#$%&*+=?^~]|[a-z][A-Z]|[A-Z]{2}[a-z]")
_DIGITS = re.compile(rb"\D")
_LEAST_USER = 16


def always(_data: bytes, _start: int, _end: int) -> bool:
    return True


def looks_chosen(value: bytes) -> bool:
    """Whether a value is not a plain word: it has a digit, a sign or odd case."""
    return _SECRET_LOOK.search(value) is not None


# `sk-` and sixteen characters, as in `task-scheduler-worker-pool`: words, not random text.
_WORDS = re.compile(rb"[a-z]{1,15}\d{0,2}(?:[-_.](?:[a-z]{1,15}\d{0,2}|\d{1,4}))+")


def is_no_name(data: bytes, start: int, end: int) -> bool:
    """Not words with dashes between, as names of services and of their pods are."""
    name = shapes.without_pod_suffix(data[start:end])
    return _WORDS.fullmatch(name) is None


def has_digit(data: bytes, start: int, end: int) -> bool:
    return any(48 <= byte <= 57 for byte in data[start:end].partition(b"_")[2])


def is_reference(data: bytes, start: int, end: int) -> bool:
    """A number of a payment, not the name of a field for one."""
    last = re.split(rb"[_-]", data[start:end])[-1]
    return sum(48 <= byte <= 57 for byte in last) > 1 and surprise(last) >= 2


def luhn(digits: bytes) -> bool:
    """The check digit of payment cards."""
    total = 0
    for place, byte in enumerate(reversed(digits)):
        digit = byte - 48
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def is_card(data: bytes, start: int, end: int) -> bool:
    digits = _DIGITS.sub(b"", data[start:end])
    around = data[max(0, start - 1) : start] + data[end : end + 1]
    if any(chr(byte).isalnum() or byte in b"-_" for byte in around):
        return False
    run = data[start:end].isdigit() and len(digits) not in {15, 16}
    return not run and 13 <= len(digits) <= 19 and len(set(digits)) > 1 and luhn(digits)


_IBAN_SIZES = {
    country: size
    for size, countries in {
        15: "NO", 16: "BE", 18: "DK FI NL", 19: "MK SI", 20: "AT BA EE KZ LT LU XK",
        21: "CH HR LI LV", 22: "BG BH DE GB GE IE ME RS", 23: "AE GI IL",
        24: "AD CZ ES PK RO SA SE SK TN", 25: "PT", 26: "IS TR", 27: "FR GR IT MC SM",
        28: "AL AZ CY DO GT HU LB PL", 29: "BR PS QA UA", 30: "JO KW MU", 31: "MT SC",
    }.items()
    for country in countries.split()
}  # fmt: skip


def is_iban(data: bytes, start: int, end: int) -> bool:
    text = data[start:end].replace(b" ", b"").decode("latin-1").upper()
    if _IBAN_SIZES.get(text[:2]) != len(text):
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


# No sentence of a dozen words does without these, and no list of words to write down has one.
_LITTLE_WORDS = frozenset(
    b"the and for are not was has had but all can its our you from with that this will"
    b" have been were into than then when what who how why where which while after before"
    b" until over under per via out off only each other their there them they".split()
)


_BENT = re.compile(rb"(?:ed|ing|[^s]s)$")


def is_mnemonic(data: bytes, start: int, end: int) -> bool:
    """A dozen plain words and more that make no sentence: the seed of a wallet."""
    run: list[bytes] = []
    for word in [*data[start:end].split(), b"the"]:
        if 3 <= len(word) <= 8 and word not in _LITTLE_WORDS:
            run.append(word)
            continue
        bent = sum(_BENT.search(said) is not None for said in run)
        varied = 4 * len(set(run)) >= 3 * len(run)
        if 12 <= len(run) <= 24 and varied and bent <= 2:
            return True
        run.clear()
    return False


def is_environment_token(data: bytes, start: int, end: int) -> bool:
    """`x_live_…` with random text, not the name of something in production."""
    last = max(re.split(rb"[_-]", data[start:end]), key=len)
    mixed = re.search(rb"\d|[a-z][A-Z]", last) is not None
    return mixed and len(last) >= 10 and surprise(last) >= 3.6


def is_phone(data: bytes, start: int, end: int) -> bool:
    before = data[max(0, start - 1) : start]
    return not before.isalnum() and len(_DIGITS.sub(b"", data[start:end])) <= 15


def is_ssn(data: bytes, start: int, end: int) -> bool:
    around = data[max(0, start - 1) : start] + data[end : end + 1]
    return b"-" not in around and data[start : start + 3] not in {b"000", b"666"}


def is_mailbox(data: bytes, start: int, end: int) -> bool:
    """Not a systemd unit, a process on a host, or a versioned package."""
    local, _, host = data[start:end].rpartition(b"@")
    if _USERINFO.search(data, max(0, start - 120), start):
        return False
    process = _PROCESS.fullmatch(local) is not None
    if data[end : end + 1] == b":" and local == b"git":
        return False
    process = process or local.replace(b".", b"").isdigit()
    if _UNIT.fullmatch(host) or (process and _INSIDE_HOST.fullmatch(host)):
        return False
    return local not in {b"celery", b"git"}


_PORT = re.compile(rb"\d{1,5}(?:/|$)|\[REDACTED\]$")
_DIGEST = re.compile(rb"sha\d|md5")
_VERSION = re.compile(rb"v?[\d.]+[\w.-]*")


def is_userinfo(data: bytes, start: int, end: int) -> bool:
    given = data[start:end]
    user, colon, password = given.partition(b":")
    if _PORT.match(given) or (b"/" in given and not looks_chosen(password or user)):
        return False
    if colon:
        return bool(password.strip(b"*")) or looks_chosen(user)
    return user not in _PLAIN_USERS and user.lower() not in {b"user", b"username"}


def is_short_userinfo(data: bytes, start: int, end: int) -> bool:
    password, host = data[start:end], data[end + 1 : end + 80]
    port = password.isdigit() or _VERSION.fullmatch(password) is not None
    return not port and _DIGEST.match(host) is None


def is_secret_word(data: bytes, start: int, end: int) -> bool:
    """Not a plain word, as in `bearer authentication` and `token expired`."""
    value = data[start:end].strip(b".:=")
    if re.match(rb"(?i)sha-?\d{1,3}[=:-]", value):
        return False
    if len(value) < 4 or value.lower().decode("latin-1") in STATES:
        return False
    if shapes.is_evident(value) and value[:1].isalpha() is False:
        return value.count(b"-") == 4
    return looks_chosen(value)


def is_signed_part(data: bytes, start: int, end: int) -> bool:
    value = data[start:end]
    return not value.isdigit() and (len(value) >= 12 or looks_chosen(value))


def is_tns(data: bytes, start: int, end: int) -> bool:
    return (
        looks_chosen(data[start:end].rpartition(b"/")[2])
        and data[end + 1 : end + 4] != b"sha"
    )


def is_typed(data: bytes, start: int, end: int) -> bool:
    """As `is_chosen`, where the words around say so: names with numbers count too."""
    return is_chosen(data, start, end) or (
        re.fullmatch(
            rb"[A-Za-z]{3,20}(?:-[A-Za-z]{3,20}){0,3}-\d{1,4}", data[start:end]
        )
        is not None
    )


def is_chosen(data: bytes, start: int, end: int) -> bool:
    """A word with a digit or a sign in it that is no number, address or path."""
    value = data[start:end].strip(b".,;:!?()\"'`")
    signed = re.search(rb"[0-9!#$%&*^~]", value) is not None
    plain = re.fullmatch(
        rb"[\d.,:%/-]+[a-z%]{0,4}|\S*[/(={]\S*|v?\d\S{0,16}|\S+\.\w+", value
    )
    known = re.fullmatch(
        rb"(?i)(?:tls|http|oauth|sha|aes|ipv|saml|utf|p\d|node|s3|k8s)\S{0,16}|\S+-\d+"
        rb"|[a-z]+(?:-[a-z]+)*-[0-9a-f]{5,10}(?:-[a-z0-9]{5})?",
        value,
    )
    return signed and plain is None and known is None and not shapes.is_evident(value)


def is_memorable(value: bytes) -> bool:
    """A word with digits in it, as people make passwords, and no name of a machine."""
    both = re.search(rb"[0-9]", value) and re.search(rb"[A-Za-z]{3}", value)
    return both is not None and len(value) >= 6 and is_chosen(value, 0, len(value))


def is_listed_password(data: bytes, start: int, end: int) -> bool:
    """Not the tail of an IPv6 address."""
    return re.fullmatch(rb"[0-9a-fA-F:]{1,24}", data[start:end]) is None


CHECKS: dict[str, Check] = {
    "ai": is_no_name,
    "gitlab": is_no_name,
    "userinfo": is_userinfo,
    "userinfo-short": is_short_userinfo,
    "tns": is_tns,
    "chosen": is_chosen,
    "typed": is_typed,
    "scheme": is_secret_word,
    "signed": is_signed_part,
    "email": is_mailbox,
    "stripe-id": has_digit,
    "payment": is_reference,
    "pgpass": is_listed_password,
    "link": is_signed_part,
    "live": is_environment_token,
    "mnemonic": is_mnemonic,
    "phone": is_phone,
    "ssn": is_ssn,
    "iban": is_iban,
    "card": is_card,
}
