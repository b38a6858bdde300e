"""`name = value` in all its dresses: what follows a name that tells of a secret."""

# ruff: noqa: PLR2004 - limits measured on the corpus, each where it applies

import re
from collections.abc import Iterator

from opspanel.sanitize import checks, keys, randomness
from opspanel.sanitize.engine import Hit
from opspanel.sanitize.keywords import Keyword
from opspanel.sanitize.words import STATES

# What may stand between a name and its value: closing marks, an operator, opening marks.
_OPERATOR = re.compile(
    rb"""(?P<closing>["'`\\*_\]})]{0,8})
    (?:[ \t]{0,20}
       (?P<sign>=>|->|:=|\?=|\+=|={1,3}|::?|\|\||(?<![ \t])\|(?![ \t])|\\u003[dDaA]|~>|<-|\xa7)
       (?P<type>[ ]?!{1,2}[a-z]{2,8}(?=[ ])|[ ]?string\(\d{1,6}\)(?=[ ]["'])
          |[ ]?(?:&(?:'[a-z]+[ ])?(?:mut[ ])?str|[A-Z][A-Za-z]{2,20}(?:<\w+>|\[\w+\])?)[ ]?=(?=[ ]?["'`])
          |[ ]?(?:str|string|text|varchar|bytes|String)[ ]?(?:=|:))?
     | [ ]--value[ =]
     | [ ]\.[ ](?=["'])
     | (?P<attribute>["'`]?[,;]?(?:[ ]{1,4}|[ ]{0,4}\r?\n[ \t]{0,40}|(?<=,))["'`]?
          (?:value|val|content|data-value|Value|stringValue|ParameterValue)["'`]?[ ]?[=:])
     | (?P<default>["'`]?[ ]?\{[^{}\x1e\x1f]{0,200}?\bdefault[ ]?=)
     | </[\w:.-]{1,40}>\s{0,40}<[\w:.-]{1,40}>
     | (?<=")(?:;[^\r\n\x1e]{0,80})?(?:\r?\n[A-Za-z-]+:[^\r\n\x1e]{0,80}){0,4}(?:\r?\n){2}
     | (?<=[A-Z])[ ]{1,2}(?=['"])
     | (?P<call>\([ ]?(?=["'`]))
     | (?P<comma>(?<=["'`])[ ]?\)?,)
     | (?P<angle>(?:[ ][^<>\x1e\x1f]{0,80})?>(?:<(?:!\[CDATA\[|[\w:.-]{1,40}>)){0,2})
    )
    (?P<gap>[ \t]{0,20}(?:[|>][+-]?[ \t]{0,4}(?=\r?\n))?(?:\r?\n[ \t]{1,40})?)""",
    re.VERBOSE,
)
_FLAG_GAP = re.compile(rb"[ \t]{1,4}|\"?,[ ]?")
_QUOTE = re.compile(rb"""(?:[bBuUrRfF]{0,2}|@)?((?:\\{0,7}(?:&quot;|&\#39;|["'`]))+)""")
_BARE = re.compile(rb"[^\s\x1e\x1f\"'`]+")
_NEXT_PAIR = re.compile(rb"[,;&|)}\]\s]+[\"']?[A-Za-z_][\w.-]{0,60}[\"']?[=:]")
_CLOSERS = re.compile(rb"(?:\]\]>|[,;.)\]}>|]|\\[nrt])+$")
_ATTRIBUTE = re.compile(rb"=[\"']")
_SECTION = re.compile(rb"[\[{(]")
_LINE = re.compile(rb"[^\r\n\x1e\x1f]*")
_BLOCK = re.compile(rb"[^\x1e\x1f]*?(?=\x1e|\x1f|\n\S|\n\n|$)", re.DOTALL)
_MAX_VALUE = 8192
# What templates and messages have in place of a value.
_STAND_IN = re.compile(
    rb"%\(?\w*\)?[rsd]|\{[\w.!:]*\}|\$\{?[A-Za-z_]\w*\}?|<[\w .-]*>|\*+|\.{2,}|\?|\$\d{1,2}|:\w+"
)
# What is used to make keys, not a key.
ALGORITHM = re.compile(
    rb"(?i)(?:ssh-(?:rsa|dss|ed25519)|ecdsa-|rsa-sha|curve\d|chacha\d|hmac-|diffie-|sntrup"
    rb"|aes-?\d{3}|x25519|ed25519|ed448|sha-?\d|argon2|bcrypt|pbkdf2)[\w@./-]{0,40}"
)
_NOTHING = frozenset((b"", b"null", b"none", b"nil", b"undefined", b"true", b"false"))


def _field_end(data: bytes, start: int) -> int:
    """Where the text that `start` lies in ends: a value never reaches into the next."""
    limit = min(len(data), start + _MAX_VALUE)
    ends = (data.find(sign, start, limit) for sign in (b"\x1e", b"\x1f"))
    return min([end for end in ends if end >= 0], default=limit)


def _quoted(data: bytes, at: int) -> Hit | None:
    """The inside of a quoted text, with `\\"` and the quotes of nested JSON understood."""
    opening = _QUOTE.match(data, at)
    if opening is None:
        return None
    mark, start = opening[1], opening.end()
    if mark in {b'""', b"''"}:
        return None
    limit = _field_end(data, start)
    end = data.find(mark, start, limit)
    while end > start and len(mark) == 1 and data[end - 1 : end] == b"\\":
        end = data.find(mark, end + 1, limit)
    if end < 0:
        unclosed = _LINE.match(data, start)
        end = unclosed.end() if unclosed else start
    return start, end


def _without_tail(data: bytes, start: int, end: int) -> int:
    pair = _NEXT_PAIR.search(data, start, end + 2)
    if pair is not None and pair.start() > start:
        end = min(end, pair.start())
    tag = data.find(b"</", start, end)
    if tag > start:
        end = tag
    closers = _CLOSERS.search(data, start, end)
    return closers.start() if closers and closers.start() > start else end


def _bare(data: bytes, at: int, name: str) -> Hit | None:
    if keys.names_words(name) or (
        keys.names_a_phrase(name) and data[at - 2 : at].rstrip(b" ").endswith(b":")
    ):
        line = _LINE.match(data, at)
        return (at, line.end()) if line else None
    match = _BARE.match(data, at)
    if match is None:
        return None
    start, end = match.span()
    if end - start > _MAX_VALUE:
        return start, end
    ampersand = data.find(b"&", start, end)
    if ampersand > start and b"=" in data[ampersand:end]:
        end = ampersand
    return start, _without_tail(data, start, end)


def _bracketed(data: bytes, at: int) -> Hit | None:
    """A list or an object under a name, to its closing mark."""
    if _SECTION.match(data, at) is None or data.startswith(b"[REDACTED]", at):
        return None
    depth = 0
    for end in range(at, min(len(data), at + _MAX_VALUE)):
        depth += data[end] in b"[{("
        depth -= data[end] in b"]})"
        if data[end] in b"\x1e\x1f":
            return at, end
        if depth == 0:
            return at, end + 1
    return at, min(len(data), at + _MAX_VALUE)


def _value(data: bytes, at: int, name: str) -> Hit | None:
    return _quoted(data, at) or _bracketed(data, at) or _bare(data, at, name)


def _counts(data: bytes, hit: Hit, keyword: Keyword) -> bool:  # noqa: PLR0911 - one answer for each kind
    """Whether what was found is a secret, and not a word on one or a measure."""
    value = data[hit[0] : hit[1]].strip(b" \t\"'`.,;")
    lowered = value.lower()
    number = lowered.replace(b".", b"").isdigit()
    if _STAND_IN.fullmatch(value) or ALGORITHM.fullmatch(value):
        return False
    bare = data[hit[0] - 1 : hit[0]] not in {b'"', b"'", b"=", b"`"}
    if bare and keyword.name.lower() in {"pass", "passes", "auth"}:
        return checks.looks_chosen(value) and not number
    if lowered in _NOTHING:
        return keyword.level is keys.Level.MANDATORY and lowered != b""
    if number and keys.names_a_measure(keyword.name):
        return False
    if keyword.level is keys.Level.MANDATORY:
        return lowered.strip(b"[]<>()").decode("latin-1") not in STATES
    return _is_no_remark(lowered, number=number)


def _is_no_remark(value: bytes, *, number: bool) -> bool:
    word = value.decode("latin-1").strip("[]<>()")
    if word in STATES or word.startswith(("http://", "https://", "/")):
        return False
    if number:
        return len(value) >= 3
    return len(value) > 2 or checks.looks_chosen(value)


def _operator_end(data: bytes, keyword: Keyword) -> int | None:
    start = keyword.start
    flag = (
        data[start : start + 1] == b"-" and data[start - 1 : start] in b" \x1e\"'\n,[("
    )
    match = _OPERATOR.match(data, keyword.end)
    if match is not None:
        if match["comma"] and data[start - 1 : start] not in {b'"', b"'", b"`"}:
            return None
        sign = match["angle"]
        in_tag = data[start - 1 : start] == b"<" or _ATTRIBUTE.match(
            data[max(0, start - 2) : start]
        )
        open_tag = in_tag and data[match.end() : match.end() + 1] != b" "
        return None if sign and not open_tag else match.end()
    gap = _FLAG_GAP.match(data, keyword.end) if flag else None
    return gap.end() if gap else None


_PADDING = re.compile(rb"={1,2}(?=[\s\x1e\x1f,;.)\]}]|$)")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_LEAST_BASE64 = 16


def _ends_base64(data: bytes, keyword: Keyword) -> bool:
    """`…ZWVwPw== word` is the end of a text in base64, and no name with a value."""
    end = keyword.end
    if _PADDING.match(data, end) is None:
        return False
    run = _NO_BASE64.split(data[max(0, end - 64) : end])[-1]
    return len(run) >= _LEAST_BASE64 and randomness.is_key_like(run)


def _is_next_name(data: bytes, at: int) -> bool:
    return data[at : at + 1] == b"-" and data[at + 1 : at + 3].isalpha()


def value_of(data: bytes, keyword: Keyword) -> Hit | None:
    """The value given to a name in a text, or None where none is given."""
    at = _operator_end(data, keyword)
    if at is None or _is_next_name(data, at):
        return None
    if data[at - 1 : at] == b"\x1e":
        return None
    hit = _block(data, at, keyword.name) or _value(data, at, keyword.name)
    if hit and keys.names_a_phrase(keyword.name):
        hit = hit[0], _within_quotes(data, keyword.start, *hit)
    return hit if hit and hit[1] > hit[0] and _counts(data, hit, keyword) else None


def _within_quotes(data: bytes, name: int, start: int, end: int) -> int:
    """Where a value ends whose name stands within quotes: `'Cookie: a=b'`."""
    mark = data[name - 1 : name]
    closing = data.find(mark, start, end) if mark in {b'"', b"'", b"`"} else -1
    return closing if closing > start else end


_BLOCK_SIGN = re.compile(rb"[|>][+-]?[ \t]*\r?\n[ \t]*$")


def _block(data: bytes, at: int, name: str) -> Hit | None:
    """An indented YAML block under `name: |`, and all of a Secret's `stringData`."""
    everything = name == "stringData" and b"\n" in data[max(0, at - 40) : at]
    if not everything and _BLOCK_SIGN.search(data, max(0, at - 50), at) is None:
        return None
    match = _BLOCK.match(data, at)
    return match.span() if match else None


# A change shows both values: `"old" -> "new"`.
_CHANGE = re.compile(rb"[\"'`]?[ ]{1,3}(?:->|=>|\xbb)[ ]{1,3}(?=[\"'`])")


def find(data: bytes, keyword: Keyword) -> Iterator[Hit]:
    """What is given to the name of a credential, before and after a change."""
    if _ends_base64(data, keyword):
        return
    hit = value_of(data, keyword)
    if hit is not None:
        yield hit
        change = _CHANGE.match(data, hit[1])
        second = _quoted(data, change.end()) if change else None
        if second:
            yield second
