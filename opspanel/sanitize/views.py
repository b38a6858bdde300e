"""Other readings of a text, each character of which knows where it came from.

A secret found in a reading is redacted in the original: `source` leads from one to the
other. Readings of readings are made by the scanner, to a fixed depth.
"""

# ruff: noqa: PLR2004 - limits measured on the corpus, each where it applies

import codecs
import html
import re
from bisect import bisect_right
from typing import NamedTuple, Protocol
from urllib.parse import unquote

from opspanel.sanitize.engine import Hit
from opspanel.sanitize.folding import as_latin, fold_char
from opspanel.sanitize.foreign import FOREIGN, TRANSLATED


class Places(Protocol):
    """For each character of a reading, a place in the original."""

    def __getitem__(self, place: int, /) -> int: ...


class View(NamedTuple):
    """`starts[i]`, `ends[i]`: the stretch of the original that made character i.

    A `loose` view glues words together: only unmistakable forms count in it.
    """

    text: str
    starts: Places
    ends: Places
    loose: bool = False

    def source(self, hit: Hit) -> Hit:
        return self.starts[hit[0]], self.ends[hit[1] - 1]


class _Pieces:
    """Places piece by piece, looked up when asked for: of most readings none is.

    Characters from `firsts[i]` on came from `bases[i]`, each `steps[i]` after the last.
    """

    __slots__ = ("_bases", "_firsts", "_steps")

    def __init__(self, firsts: list[int], bases: list[int], steps: list[int]) -> None:
        self._firsts, self._bases, self._steps = firsts, bases, steps

    def __getitem__(self, place: int, /) -> int:
        piece = bisect_right(self._firsts, place) - 1
        into = place - self._firsts[piece]
        return self._bases[piece] + self._steps[piece] * into


class _Builder:
    def __init__(self, text: str) -> None:
        self._text = text
        self._parts: list[str] = []
        self._firsts: list[int] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._steps: list[int] = []
        self._at = self._size = 0

    def put(self, start: int, end: int, made: str) -> None:
        """`text[start:end]` reads as `made`; what lies before it reads as it is."""
        if start > self._at:
            self._copy(start)
        self._piece(made, start, end, 0)
        self._at = end

    def put_each(self, start: int, made: str, width: int = 1) -> None:
        """From `start` on, every `width` characters read as the next one of `made`."""
        if start > self._at:
            self._copy(start)
        self._piece(made, start, start + width, width)
        self._at = start + width * len(made)

    def _copy(self, end: int) -> None:
        self._piece(self._text[self._at : end], self._at, self._at + 1, 1)

    def _piece(self, made: str, start: int, end: int, step: int) -> None:
        self._parts.append(made)
        self._firsts.append(self._size)
        self._starts.append(start)
        self._ends.append(end)
        self._steps.append(step)
        self._size += len(made)

    def view(self, *, loose: bool = False) -> View:
        self._copy(len(self._text))
        starts = _Pieces(self._firsts, self._starts, self._steps)
        ends = _Pieces(self._firsts, self._ends, self._steps)
        return View("".join(self._parts), starts, ends, loose)


_ESCAPE = re.compile(
    r"(?P<percent>(?:%[0-9a-fA-F]{2})+)|%u(?P<percentu>[0-9a-fA-F]{4})"
    r"|(?P<entity>&(?:#[xX]?[0-9a-fA-F]{1,7}|[A-Za-z]{2,8});?)"
    r"|\\u\{?(?P<u>[0-9a-fA-F]{4,6})\}?|\\U(?P<wide>[0-9a-fA-F]{8})"
    r"|\\x\{?(?P<x>[0-9a-fA-F]{2})\}?|\\u\{(?P<brace>[0-9a-fA-F]{1,6})\}"
    r"|\\(?P<octal>[0-3]?[0-7]{2})|\\(?P<plain>[\"'/\\])|\\(?P<break>[nrt])"
    r"|(?P<utf7>\+[A-Za-z0-9/]{3,}-)"
)
_QUOTED_PRINTABLE = re.compile(r"=(?P<qp>[0-9A-F]{2})|=\r?\n(?P<soft>)")
_FEWEST_QP = 4
HINT_ESCAPE = (
    r"%[0-9a-fA-F]{2}|%u[0-9a-fA-F]{4}|&#[xX]?[0-9a-fA-F]{2,7}|&[A-Za-z]{2,8};"
    r"|\\(?:u\{?[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}|x\{?[0-9a-fA-F]{2}|[0-3]?[0-7]{2}|[\"'/])"
    r"|=\r?\n|=3D|(?:=[0-9A-F]{2}){3}|\+A[A-Za-z0-9/]{2,}-"
)


def _character(digits: str, base: int = 16) -> str:
    code = int(digits, base)
    return chr(code) if code < 0x110000 else "\ufffd"


def _utf7(text: str) -> str:
    try:
        return text.encode("ascii").decode("utf-7")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return text


def _unescaped(match: re.Match[str]) -> str:
    kind, found = match.lastgroup or "", match[match.lastgroup or 0]
    if kind == "entity":
        return html.unescape(found if found.endswith(";") else found + ";")
    if kind == "octal":
        return _character(found, 8)
    if kind in {"plain", "break"}:
        return {"n": "\n", "r": "\r", "t": "\t"}.get(found, found)
    return _utf7(found) if kind == "utf7" else _character(found)


def _put_percent(builder: _Builder, match: re.Match[str]) -> None:
    run, start = match[0], match.start()
    plain = unquote(run, errors="replace")
    if len(plain) * 3 != len(run):
        builder.put(start, match.end(), plain)
        return
    builder.put_each(start, plain, 3)


def unescaped(text: str) -> View | None:
    """Percent, entity, backslash and UTF-7 escapes resolved, one level of them."""
    builder, changed = _Builder(text), False
    for match in _ESCAPE.finditer(text):
        changed = True
        if match.lastgroup == "percent":
            _put_percent(builder, match)
        else:
            builder.put(match.start(), match.end(), _unescaped(match))
    return builder.view() if changed else None


def quoted_printable(text: str) -> View | None:
    matches = list(_QUOTED_PRINTABLE.finditer(text))
    soft = any(match["soft"] is not None or match["qp"] == "3D" for match in matches)
    others = text.count("=") - text.count("=?") - text.count("?=") - len(matches)
    if not soft and (len(matches) < _FEWEST_QP or others > 0):
        return None
    builder = _Builder(text)
    for match in matches:
        builder.put(*match.span(), _character(match["qp"]) if match["qp"] else "")
    return builder.view()


def translated(text: str) -> View | None:
    """Words of other scripts for secrets, and for "is", read as English ones."""
    builder, changed = _Builder(text), False
    for match in FOREIGN.finditer(text):
        made = TRANSLATED.get(match[0]) or TRANSLATED.get(match[0].lower(), match[0])
        builder.put(*match.span(), made)
        changed = True
    return builder.view() if changed else None


_WORD = re.compile(r"\S+")


def _in_place(text: str) -> View:
    """A text whose characters stand where those they were made of stood."""
    return View(text, range(len(text)), range(1, len(text) + 1))


def folded(text: str) -> View:
    """Hidden and decorated characters as they look."""
    table = {char: fold_char(char) for char in set(text)}
    made = list(map(table.__getitem__, text))
    whole = "".join(made)
    if len(whole) == len(made) and "" not in made:
        return _in_place(whole)
    starts = [place for place, char in enumerate(made) for _ in char]
    return View(whole, starts, [place + 1 for place in starts])


def _latin_word(word: str) -> str:
    made = word if word.isascii() else as_latin(word)
    return made if len(made) == len(word) else word


def latinised(text: str) -> View | None:
    """Words written with look-alike letters of other scripts, as they look."""
    latin = {word: _latin_word(word) for word in set(_WORD.findall(text))}
    if all(word == made for word, made in latin.items()):
        return None
    return _in_place(_WORD.sub(lambda match: latin[match[0]], text))


# What lines, string pieces and marked-up words are joined at.
SEAM = re.compile(
    r"[\"'`]\s*(?:[+.&|]|<>|\.\.|,)?\s*(?:\\?\r?\n\s*)?[\"'`]"
    r"|\\\r?\n\s*|\r?\n[ \t>|#*/+-]*|</?[a-zA-Z][^<>]{0,80}>|\*\*|__|~~|`|\\[nrt]"
)
# What stands between letters that were spread out.
SPACE = re.compile(r"[\s\x1e\x1f\"'`,+\[\]()|·]+")
# What a reader does not see, and what a program drops when it joins texts.
_UNSEEN = re.compile(
    r"<!--.{0,200}?-->|/\*.{0,80}?\*/|</?[a-zA-Z][^<>]{0,80}>|\*\*|~~|\\\r?\n[ \t]*"
    r"|[\"'`]\s*(?:[+&]|\.\.?|\|\||<>)\s*(?:\\?\r?\n\s*)?[\"'`]"
)
_STYLE = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_FEWEST_LETTERS = 5
_LETTERED = re.compile(r"(?<!\S)\S(?:[ \t]\S){7,}(?!\S)")
HINT_SEAM = (
    r"[\"'`]\s*(?:[+.&|,]|\.\.)?\s*[\"'`]|\n|\*\*|~~|`|\\[nr]|[A-Za-z0-9]</?[a-z]"
)
HINT_SPACED = (
    r"(?:[A-Za-z0-9_/+=-][ \t.|,\"'-]{1,4}){8}|(?:[A-Za-z0-9_/+=$-]{4}[ .,|]){4}"
    r"|(?:[A-Za-z0-9_/+=-]{3}[ .,|]){5}|(?:[A-Za-z0-9_/+=$-]{5}[ .,|]){4}"
    r"|(?:[A-Za-z0-9_/+=-]{2}[ .,|]){7}|[_-] [A-Za-z0-9]{12}|[A-Za-z0-9]{8} [A-Za-z0-9]{8} [A-Za-z0-9]{8}"
)


def without(text: str, junk: re.Pattern[str], *, loose: bool = False) -> View | None:
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for match in junk.finditer(text):
        start, end = match.span()
        if start > at:
            parts.append(text[at:start])
            places += range(at, start)
        at = end
    if not at:
        return None
    parts.append(text[at:])
    places += range(at, len(text))
    return View("".join(parts), places, [place + 1 for place in places], loose)


def unmarked(text: str) -> View | None:
    """Without tags, comments and the marks that join texts: read as any other text."""
    return without(text, _UNSEEN)


def unstyled(text: str) -> View | None:
    """Without the colours of a terminal."""
    return without(text, _STYLE)


def lettered(text: str) -> View | None:
    """Words written one letter at a time, joined."""
    builder, changed = _Builder(text), False
    for match in _LETTERED.finditer(text):
        if len(set(match[0])) < _FEWEST_LETTERS:
            continue
        builder.put_each(match.start(), match[0][:-1:2], 2)
        builder.put(match.end() - 1, match.end(), match[0][-1])
        changed = True
    return builder.view() if changed else None


# What secrets' names and forms look like back to front, and in ROT13.
HINT_REVERSED = (
    r"(?i)drow[-_ ]?ss|dwssap|terces|nekot|yek[-_]?(?:ipa|etavirp)|reraeb|eikooc"
    r"|\bliame\b|emanresu|drawssap|dwp\b|_[opsur]hg\b|-[a-z]xox\b|A(?:IK|IS)A\b|JyE|Jye\b"
    r"|-tap[a-z]?lg\b|_(?:evil|tset)_[kpsr][kps]\b|_suc\b|-ks\b|AAAAAg\b|moc\.|//:[a-z]{3}"
)
HINT_ROT13 = (
    r"(?i)cnffj|cnffcuenfr|frperg|gbxra|ncv[-_]?xrl|ornere|pbbxvr|rznvy|hfreanzr"
    r"|\bfx[-_](?:yvir|grfg|nag|cebw)|tu[bcefh]_|tycng-|kbk[a-m]-|rlW[A-Za-z0-9_-]{8}|NXVN[A-Z0-9]{8}"
    r"|uggcf?://|cbfgterf|NVmn|ucz_|acz_|uif\."
)


def reversed_text(text: str) -> View:
    size = len(text)
    return View(text[::-1], range(size - 1, -1, -1), range(size, 0, -1))


def source_of_reversed(view: View, hit: Hit) -> Hit:
    return view.starts[hit[1] - 1], view.ends[hit[0]]


def rot13(text: str) -> View:
    return _in_place(codecs.encode(text, "rot13"))
