"""People telling each other secrets: "the password is ...", in several languages."""

# ruff: noqa: PLR2004 - limits measured on the corpus, each where it applies

import re
import string
from collections.abc import Iterator
from functools import lru_cache

from opspanel.sanitize import checks, keys, shapes
from opspanel.sanitize.engine import Hit, Pattern
from opspanel.sanitize.keywords import Keyword
from opspanel.sanitize.words import STATES


def _set(text: str) -> frozenset[bytes]:
    return frozenset(word.encode("latin-1") for word in text.split())


_COPULA = _set("""
    is was = : to as are be reads says equals becomes remains now -> => c'est c\x92est wurde wird from lautet ist war heisst
    hei\xdft est sera etait es era ser\xe1 fue \xe9 foi \xe8 sar\xe0 wordt jest to byl \xe4r este sunt var er on oli
    bylo je bude lyder adalah ialah l\xe0 is: named being ( via with
    """)
_SURE = _set(
    "is was = : lautet ist war est sera es era \xe9 \xe8 jest to \xe4r er on ->"
)
_BESIDE = re.compile(rb"\s{0,2}(?:/|:|and|und|et|y|,)\s{0,2}(\S{4,80})")
_LOGIN_PAIR = re.compile(rb"[\w.@-]{2,40}\s?/\s?[^\s/]{4,80}")
_JOINING = _set("""
    the a an my our your his her its their new old current temporary temp default initial
    root admin database db user account service for of on in at to wifi server site vpn
    login prod production staging dev test set changed reset rotated updated is was been
    has have will be now still currently attempt attempted entered typed given
    supplied provided yesterday today tomorrow tonight recently earlier
    monday tuesday wednesday thursday friday saturday sunday week month just only also right following value this that
    der die das dem den des f\xfcr von auf im am zum zur unser dein ihr mein neue neues aktuelle
    de la le les du des pour sur au notre votre mon nouveau actuel del el los las para
    nuestra nueva actual tu su mi do da no na o os as para nova atual di il lo per van het
    een voor op nieuwe \xe4r f\xf6r till och and as: exactly simply apparently probably
    """)
_GIVERS = _set("""
    is was as for ist war als est es \xe9 \xe8 jest is: = comme como come som jako sebagai
    """)
_PROSE_ONLY = re.compile(
    rb"(?i)(?:key|code|login|combination|word|sleutel|schl\S{1,2}ssel|cl[e\xe9]|chave|chiave"
    rb"|codice|zugang\w*|sandi\w{0,3}|kh.u|has.o|.?ifre|jelsz\S?|pin|pat|cred\w*|auth\w*|mdp|phrase|l.senord\w{0,2}|has.\S{1,3}|klucz\w?|heslo\w?|lozink\w)"
)
_WORD = re.compile(rb"[^\s\x1e\x1f]+")
_OPENING = b"\"'`([{<*_\x91\x93\xab"
_TRIM = b"\"'`)]}>*_.,;:!?\x92\x94\xbb"
_QUOTED = re.compile(rb"[\"'`\xab]([^\"'`\xab\xbb\x1e\x1f\n]{3,200})[\"'`\xbb]")
_PLAIN_WORD = re.compile(rb"[a-z\xe0-\xff]{4,24}", re.IGNORECASE)
_NO_SECRET_END = re.compile(
    rb"(?i)(?:ed|ing|ly|able|ible|ment|tion|ance|ence|ies|ary|ive|ful|ness|ous|est|ent|ant|ung|iert)$"
)
_MEASURE = re.compile(
    rb"(?i)[\d.,:]+(?:[a-z%]{0,4}|st|nd|rd|th)|v?\d+(?:\.\d+)+|\d{4}-\d\d-\d\d\S*"
)
_NAMED_THING = re.compile(
    rb"(?i)(?:0x[0-9a-f]+|argon2\w*|s?crypt|bcrypt|pbkdf2[\w-]*|webauthn|fido2?|u2f|(?:ssh|ecdsa|rsa|hmac|diffie|curve25519|chacha20)-[\w@.-]+|tls|ssl|oauth|saml|oidc|aes|rsa|sha|md5|ed25519|http|utf|mfa|2fa|totp|jwt|ldap"
    rb"|x509|v\d|ipv|base64|p\d\d|s3|ec2|k8s|h264|aes)[\w./-]{0,16}|[a-z_.]+=\S*|https?://\S*|/\S*|\S+\(\S*|\$\{?\S*"
)
_PHRASE = re.compile(rb"[a-z]+(?:[ -][a-z]+){2,24}", re.IGNORECASE)
_SENTENCE_END = re.compile(rb"[.!](?=\s|$)|[\n\x1e\x1f]")
_REACH = 200
_FEW = 2
_VERBS = frozenset(("pass", "passes", "sign", "authorization", "auth", "pin"))
_PAUSES = (b"'", b" ", b"?", b":", b",", b"\n", b"\t", b'"', b")")
_LOGIN = Pattern(
    r"(?i)\b(?:log(?:ged|ging)?|sign(?:ed)?|get|got|ssh(?:ed)?)[ -]?(?:in|on|into|back in)\b"
    r"|\b(?:unlock\w*|decrypt\w*|einloggen|anmelden|entsperr\w*|connecte[rz]|inloggen|iniciar sesi.n|entrar|accedi|authenticate)\b"
    r"|\b(?:lets?|gets?) (?:you|me|us|them|anyone|people) (?:log|in|into|on)\b"
    r"|\bwork(?:s|ed)? (?:for|as|on) (?:the |an? )?(?:admin|root|login|sudo|vpn|console)\b"
)
HINT_LOGIN = _LOGIN.source
_WITH = re.compile(
    rb"(?i)\b(?:with|using|via|mit|con|avec|com|met|by typing|typing)\s+(\S{5,80})|(?:^|\s)(\S{2,40})\s?/\s?(\S{4,80})"
)
_KEY_TO = re.compile(rb"(\S{6,80})\s+(?:(?:will|should|would|can)\s+)?$")
_KINDS = (
    string.ascii_lowercase.encode(),
    string.ascii_uppercase.encode(),
    b"0123456789",
)
HINT_STRONG = r"[!@#$%^&*?~]"
_STRONG = Pattern(
    r"[A-Za-z0-9!@#$%^&*?~_.+-]{2,40}[!@#$%^&*?~][A-Za-z0-9!@#$%^&*?~_.+-]{0,40}"
)
_NUMBERED = re.compile(rb"[\w.-]*#\d+")
_LEAD_IN = re.compile(
    rb"(\S{4,120})\s+(%s)((?:\s+\S{1,14}){0,4})\s*$" % b"|".join(sorted(_GIVERS)),
    re.IGNORECASE,
)


def _chosen(token: bytes) -> bool:
    """Whether a token in a sentence is more than a word, a number or a known thing."""
    if len(token) < 4 or _MEASURE.fullmatch(token) or _NAMED_THING.fullmatch(token):
        return False
    letters = any(chr(byte).isalpha() for byte in token)
    return letters and checks.looks_chosen(token) and not token.istitle()


def _plain(token: bytes) -> bool:
    """Whether a word that follows "the password is" may be the password."""
    word = token.lower()
    return (
        _PLAIN_WORD.fullmatch(token) is not None
        and word.decode("latin-1") not in STATES
        and word not in _JOINING
        and _NO_SECRET_END.search(word) is None
    )


def _trimmed(data: bytes, start: int, end: int) -> Hit:
    while start < end and data[start] in _OPENING:
        start += 1
    while end > start and data[end - 1] in _TRIM and data[end - 1 : end] != b"!":
        end -= 1
    return start, end


def _sentence(data: bytes, start: int) -> int:
    stop = _SENTENCE_END.search(data, start, start + _REACH)
    return stop.start() if stop else min(len(data), start + _REACH)


def _given(  # noqa: PLR0911 - one answer for each kind
    data: bytes, at: int, stop: int, keyword: Keyword, *, surely: bool
) -> Hit | None:
    """The value right after a copula, past words such as `now` and `the`."""
    quoted = _QUOTED.match(data, at)
    if quoted and quoted[1].lower().decode("latin-1") in STATES:
        return None
    if quoted and (keyword.level >= keys.Level.CREDENTIAL or _has_both(quoted[1])):
        return quoted.span(1)
    if keys.names_words(keyword.name):
        phrase = _PHRASE.match(data, at, stop)
        if phrase:
            return phrase.span()
    login = _LOGIN_PAIR.match(data, at, stop)
    if login and any(word in keyword.name.lower() for word in ("cred", "login")):
        return login.span()
    hit = _WORD.match(data, at)
    if hit is None:
        return None
    start, end = _trimmed(data, *hit.span())
    token = data[start:end]
    named = keyword.level >= keys.Level.CREDENTIAL
    counts = keys.names_a_measure(keyword.name)
    pin = surely and named and token.isdigit() and 3 <= len(token) <= 12 and not counts
    plain = surely and named and keyword.name.lower() not in _VERBS and _plain(token)
    chosen = _chosen(token) and ((surely and named) or _has_both(token))
    if not (pin or plain or chosen):
        return None
    also = _BESIDE.match(data, end, stop)
    return start, also.end(1) if also else end


def _words_after(data: bytes, start: int, stop: int) -> Iterator[re.Match[bytes]]:
    at = start + 2 if data[start : start + 3] == b"'s " else start
    return _WORD.finditer(data, at, stop)


def _after(data: bytes, keyword: Keyword) -> Iterator[Hit]:
    stop = _sentence(data, keyword.end)
    told = surely = data[keyword.end - 1 : keyword.end] == b":"
    told |= data[keyword.end : keyword.end + 3] == b"'s "
    told |= data[keyword.end : keyword.end + 1] == b"?"
    near, others = True, 0
    for place, match in enumerate(_words_after(data, keyword.end, stop + 40)):
        if match.start() > stop or place > 9:
            return
        token = match[0].lower()
        hit = None
        if told:
            hit = _given(data, match.start(), stop, keyword, surely=surely)
        elif near:
            hit = _direct(data, match.span(), keyword)
        if hit:
            yield hit
            return
        bare = token.strip(_TRIM + _OPENING)
        if place == 0 and token[-1:] == b":" and _is_about(bare):
            return
        ends = token[-1:] in b":=" or token in _COPULA
        near = near and bare in _JOINING
        others += bare not in _JOINING and not ends
        others += 9 * (not ends and token[-1:] in b",;)+|")
        if told and not ends and bare and bare not in _JOINING and bare not in _COPULA:
            return
        told = told or ends
        # `password flow:` is about it, `password now:` tells it.
        joined = place > 0 or bare in _JOINING or bare in _COPULA or not bare
        sure = (
            (token[-1:] in b":=" and joined)
            or token in _SURE
            or (surely and bare in _JOINING)
        )
        surely = sure and others <= _FEW


def _is_about(word: bytes) -> bool:
    """`password policy:` and the like: what follows is no password."""
    return (
        word not in _JOINING
        and word != b"attempt"
        and keys.is_benign_word(word.decode("latin-1"))
    )


def _direct(data: bytes, span: Hit, keyword: Keyword) -> Hit | None:
    """A chosen word that follows the keyword with no copula between."""
    quoted = _QUOTED.match(data, span[0])
    spaced = span[0] > keyword.end and data[span[0] + 1 : span[0] + 2] != b" "
    if quoted and spaced and keyword.level is keys.Level.MANDATORY:
        return quoted.span(1)
    start, end = _trimmed(data, *span)
    token = data[start:end]
    pin = token.isdigit() and 4 <= len(token) <= 8 and keyword.name.lower() in {
        "pin", "otp", "code", "passcode", "totp", "cvv",
    }  # fmt: skip
    clear = keyword.level >= keys.Level.CREDENTIAL and _has_both(token)
    return (start, end) if pin or (clear and _chosen(token)) else None


def _has_both(token: bytes) -> bool:
    return any(48 <= b <= 57 for b in token) or any(b in b"!#$%^&*?~" for b in token)


def _before(data: bytes, keyword: Keyword) -> Hit | None:
    """`X is the new password`, `use X as password`."""
    lead = data[max(0, keyword.start - 120) : keyword.start]
    lead = re.split(rb"[\x1e\x1f\n]", lead)[-1]
    match = _LEAD_IN.search(lead)
    if match is None:
        return None
    joining = match[3].lower().split()
    if any(word.removesuffix(b"'s") not in _JOINING for word in joining):
        return None
    offset = keyword.start - len(lead)
    start, end = _trimmed(data, offset + match.start(1), offset + match.end(1))
    token = data[start:end]
    quoted = data[start - 1 : start] in {b'"', b"'", b"`"}
    chosen = _chosen(token) and _has_both(token) and not shapes.is_evident(token)
    return (start, end) if chosen or (quoted and len(token) > 3) else None


# Codes that everybody may know.
_OPEN_CODE = re.compile(
    rb"(?i)\b(?:error|exit|status|return|response|http|country|area|zip|post|postal|source"
    rb"|byte|op|dead|machine|reason|result|sql|state|region|currency|language|color):? $"
)
_ENTERED = re.compile(
    rb"(?i)\b(?:try|tried|trying|use|used|using|typ(?:e|ed|ing)|enter(?:ed|ing)?|input|pasted?"
    rb"|answer(?:ed)?|(?:give|gave)(?: it| him| her| them)?|say|said|accept|sent|put|is|it's|was|be|with)\s+(\S{5,80})"
)
_NEAR = 90


def _entered(data: bytes, keyword: Keyword) -> Iterator[Hit]:
    """`try X, that should be the password`: what was typed near the word for it."""
    line = data.rfind(b"\n", 0, keyword.start) + 1
    start = max(line, keyword.start - _NEAR)
    end = data.find(b"\n", keyword.end)
    stop = min(len(data) if end < 0 else end, keyword.end + _NEAR)
    for match in _ENTERED.finditer(data, start, stop):
        first, last = _trimmed(data, *match.span(1))
        beside = last <= keyword.start or first >= keyword.end
        if beside and checks.is_memorable(data[first:last]):
            yield first, last


@lru_cache(maxsize=4096)
def _is_spoken_of(name: str, level: keys.Level) -> bool:
    last = re.split(r"[._-]", name)[-1].encode("latin-1", "replace")
    return level >= keys.Level.CREDENTIAL or _PROSE_ONLY.fullmatch(last) is not None


def speaks(data: bytes, keyword: Keyword) -> bool:
    """Whether a sentence around this keyword may give something away."""
    if not _is_spoken_of(keyword.name, keyword.level):
        return False
    before = max(0, keyword.start - 12)
    open_code = keyword.name.lower().endswith(("code", "codes"))
    return not (open_code and _OPEN_CODE.search(data, before, keyword.start))


def find(data: bytes, keyword: Keyword, *, assigned: bool) -> Iterator[Hit]:
    """Spans that the sentence around a keyword gives away.

    Where a value was `assigned` to it, no sentence tells another after it.
    """
    if keyword.level >= keys.Level.CREDENTIAL:
        yield from _entered(data, keyword)
    if not assigned and data[keyword.end : keyword.end + 1] in _PAUSES:
        yield from _after(data, keyword)
    before = _before(data, keyword)
    if before:
        yield before


def logins(data: bytes) -> Iterator[Hit]:
    """`log in with X`, `sign in as alice / X`, `X lets you in`."""
    for begin, end in _LOGIN.spans(data):
        key = _KEY_TO.search(data, max(0, begin - 100), begin)
        if key and checks.is_typed(data, *_trimmed(data, *key.span(1))):
            yield _trimmed(data, *key.span(1))
        stop = _sentence(data, end)
        for match in _WITH.finditer(data, end, stop):
            span = match.span(1) if match[1] else match.span(3)
            start, last = _trimmed(data, *span)
            token = data[start:last]
            if _chosen(token) and _has_both(token) and not shapes.is_evident(token):
                yield start, last


def strong(data: bytes) -> Iterator[Hit]:
    """Tokens that mix both cases, digits and signs, as only chosen passwords do."""
    for start, end in _STRONG.spans(data):
        token = data[start:end].rstrip(b".")
        if len(token) < 8 or b"@" in token:
            continue
        around = data[max(0, start - 1) : start] + data[end : end + 1]
        if _NUMBERED.fullmatch(token):
            continue
        mixed = all(len(token.translate(None, kind)) < len(token) for kind in _KINDS)
        linked = any(byte in b"/:=(){}[]<>" for byte in around) and b"=" in around
        if mixed and not linked:
            yield start, start + len(token)
