"""Where a text speaks of secrets: names and words worth a closer look."""

from collections.abc import Iterator
from typing import NamedTuple

from opspanel.sanitize import keys
from opspanel.sanitize.engine import Pattern

_NAME = r"[\w.%$\[\]\xc0-\xff-]*"
_STEMS = (
    r"p[\W_]{0,2}[a4@][\W_]{0,2}[s5$][\W_]{0,2}[s5$]", r"pwd", r"psw", r"pword", r"\bpw\b",
    r"_pw\b", r"s[\W_]?e[\W_]?c[\W_]?r[\W_]?e?[\W_]?t", r"t[\W_]?o[\W_]?k[\W_]?e[\W_]?n",
    r"key", r"auth", r"cookie", r"sess", r"cred", r"dsn", r"otp", r"pin\b", r"mail",
    r"user[\W_]{0,2}name", r"stripe", r"payment", r"private", r"sign", r"hmac", r"jw[tesk]\b",
    r"bearer", r"\bsas\b", r"\bpat\b", r"cv[vc]", r"ssn", r"phone", r"iban", r"card",
    r"seed", r"mnemonic", r"conn", r"mfa", r"2fa", r"psk", r"unseal", r"code", r"phrase",
    r"word", r"login", r"nonce", r"csrf", r"xsrf", r"phpsessid", r"scheduler", r"\bpan\b",
    r"mobile", r"combination", r"kubeconfig", r"shadow", r"bvn", r"nin\b", r"xsrf", r"p12",
    r"kennwort", r"contrase", r"clave", r"senha", r"wachtwoord", r"sleutel", r"geheim",
    r"parola", r"has.o\b", r"heslo", r"l.senord", r"adgangskode", r"salasana", r"ifre\b",
    r"jelsz", r"jeton", r"mot de passe", r"\bcl[e\xe9]\b", r"segredo", r"schl.{1,2}ssel",
    r"chave", r"chiave", r"sandi\b", r"lozinka", r"kh.u\b", r"zugang", r"codice", r"mdp",
)  # fmt: skip
HINT = "(?i)(?:" + "|".join(_STEMS) + ")"
_WHOLE = Pattern(f"(?i){_NAME}(?:{'|'.join(_STEMS)}){_NAME}")
MAX_NAME = 160


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
        yield Keyword(start, end, name, keys.level(name))
