"""Where a text speaks of secrets: names and words worth a closer look."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from opspanel.sanitize import keys
from opspanel.sanitize import words as vocabulary
from opspanel.sanitize.engine import Pattern

_NAME = r"[\w.%$\[\]\xc0-\xff-]*"
_STEMS = (
    r"p[\W_]{0,2}[a4@][\W_]{0,2}[s5$][\W_]{0,2}[s5$]", r"pwd", r"psw", r"pword", r"pw\b",
    r"pw[_-]?hash", r"scrt", r"pa?s{1,3}w[o0]*r?d", r"(?:\b|_)tok\b", r"\bx-auth\b", r"[a-z]tok\b", r"s[\W_]?e[\W_]?c[\W_]?r[\W_]?e?[\W_]?t", r"t[\W_]?o[\W_]?k[\W_]?e[\W_]?n",
    r"key", r"auth", r"cookie", r"sess", r"cred", r"dsn", r"otp", r"pin\b", r"mail",
    r"user[\W_]{0,2}name", r"stripe(?:[ _-]customer)?(?:[ _-]id)?", r"payment(?:[ _-]ref(?:erence)?)?", r"private", r"sign", r"hmac", r"jw[tesk]\b",
    r"bearer", r"\bsas\b", r"\bpat\b", r"cv[vc]", r"ssn", r"phone", r"iban", r"card",
    r"seed", r"mnemonic", r"conn", r"mfa", r"2fa", r"psk", r"unseal", r"code", r"phrase",
    r"word", r"login", r"nonce", r"csrf", r"xsrf", r"phpsessid", r"scheduler", r"\bpan\b",
    r"mobile", r"combination", r"kubeconfig", r"shadow", r"bvn", r"nin\b", r"xsrf", r"p12",
    r"kennwort", r"contrase", r"clave", r"senha", r"wachtwoord", r"sleutel", r"geheim",
    r"parola", r"has.o\b", r"haslo", r"heslo", r"l.senord", r"adgangskode", r"salasana", r"ifre\b",
    r"jelsz", r"jeton", r"mot de passe", r"\bcl[e\xe9]\b", r"segredo", r"schl.{1,2}ssel",
    r"chave", r"chiave", r"sandi(?:nya|mu|ku)?\b", r"lozinka", r"kh.u\b", r"zugang", r"codice", r"mdp",
)  # fmt: skip
MAX_NAME = 160
_LEAST_STEM = 4


def _uncovered() -> Iterator[str]:
    """Stems for what the vocabulary of keys knows and none of the stems above finds."""
    known = re.compile("|".join(_STEMS), re.IGNORECASE)
    inside = (*vocabulary.MANDATORY_INSIDE, *vocabulary.CREDENTIAL_INSIDE)
    for word in sorted({*vocabulary.CREDENTIAL, *inside}):
        if word.isascii() and known.search(word) is None:
            yield word if len(word) >= _LEAST_STEM else rf"(?:\b|_){word}\b"
    seconds: dict[str, list[str]] = {}
    for first, second in sorted(vocabulary.CREDENTIAL_PAIRS):
        if known.search(f"{first}_{second}") is None:
            seconds.setdefault(second, []).append(first)
    for second, firsts in seconds.items():
        yield rf"(?:{'|'.join(firsts)})[ _.-]?{second}"


_ALL = "|".join((*_STEMS, *_uncovered()))
HINT = f"(?i)(?:{_ALL})"
_WHOLE = Pattern(f"(?i){_NAME}(?:{_ALL}){_NAME}")
_WORD_BEFORE = re.compile(rb"([A-Za-z]{2,16})[ -]$")


class Keyword(NamedTuple):
    start: int
    end: int
    name: str
    level: keys.Level


def find(data: bytes) -> Iterator[Keyword]:
    """Every name in the text that holds a word of the trade, judged."""
    for start, stop in _WHOLE.spans(data):
        end = stop
        while end > start and data[end - 1] in b".-[%$":
            end -= 1
        name = data[max(start, end - MAX_NAME) : end].decode("latin-1").lstrip(".-$%")
        if not _in_resource(data, start):
            yield _with_word_before(data, Keyword(start, end, name, keys.level(name)))


def _in_resource(data: bytes, at: int) -> bool:
    """`arn:…:secret:name`: where a secret is kept, in a cloud."""
    start = max(0, at - 100)
    return data.rfind(b"arn:", start, at) > data.rfind(b" ", start, at)


def _with_word_before(data: bytes, found: Keyword) -> Keyword:
    """`code` as such tells little; `security code` does."""
    if found.level >= keys.Level.CREDENTIAL or not found.name.isalpha():
        return found
    before = _WORD_BEFORE.search(data, max(0, found.start - 17), found.start)
    word = before[1].decode() if before else ""
    if not word or not keys.is_pair(word, found.name):
        return found
    return found._replace(name=f"{word} {found.name}", level=keys.Level.CREDENTIAL)
