"""How surprising the letters of a token are to someone who reads words.

Made from how often letters follow each other in the words of program text. A digit of
row x, column y is about -log2 of the chance of letter y after letter x.
"""

import itertools

_AFTER = (
    "84448758596343959343667669", "35563677358367468446477958",
    "37563783594467269453589979", "35542567388566469545577869",
    "47446568698453657333866569", "46554478298466369454478869",
    "46662765498464569345488988", "27662677396666369554588969",
    "55455559898442459534859795", "36552668496665369737377989",
    "46562666397555558535575869", "37652778397476369755578959",
    "25762778397547338756568679", "47433538496676469643558979",
    "65447658686443549344465799", "37553675498377359354577959",
    "76667597699376856445168898", "37552669396656369544678969",
    "57463674496567447642476859", "37562684398567468345587858",
    "54564669499443749333989899", "27662678399646569655877569",
    "36563665296564469346788799", "56463576498546638652747667",
    "55554567598444538533766777", "37561677397657469565698966",
)  # fmt: skip

_LETTER_TO_DIGIT = 5
_DIGIT_TO_DIGIT = 2
_CAMEL = 2
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _table() -> dict[tuple[int, int], int]:
    alphabet = _LETTERS + "0123456789"
    return {
        (ord(first), ord(second)): _pair(first, second)
        for first in alphabet
        for second in alphabet
    }


def _pair(first: str, second: str) -> int:
    if first.isdigit() or second.isdigit():
        both = first.isdigit() and second.isdigit()
        return _DIGIT_TO_DIGIT if both else _LETTER_TO_DIGIT
    row, column = ord(first.lower()) - ord("a"), ord(second.lower()) - ord("a")
    camel = _CAMEL if first.islower() and second.isupper() else 0
    return int(_AFTER[row][column]) + camel


_PAIRS = _table()


def surprise(token: bytes) -> float:
    """Bits per pair of neighbours, about: 3.3 for words, above 4.5 for random text.

    `token` must be ASCII letters and digits only.
    """
    if len(token) <= 1:
        return 0.0
    pairs = itertools.pairwise(token)
    return sum(map(_PAIRS.__getitem__, pairs)) / (len(token) - 1)
