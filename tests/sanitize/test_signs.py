"""A set that looks for signs alone passes over no match: each match holds one."""

import itertools
import re
import re._parser as parser
from re import _constants as op

import pytest

from opspanel.sanitize import patterns, rules

MARKED = [
    source for _, source in patterns.DISTINCT + patterns.PLAIN if "\xab" in source
]
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


def parsed(source):
    """The pattern as a tree, its signs as groups named sign1, sign2, ..."""
    number = itertools.count(1)
    opened = re.sub("\xab", lambda _: f"(?P<sign{next(number)}>", source)
    return parser.parse(opened.replace("\xbb", ")"))


def has_sign(items, signs):
    """Whether nothing matches this row of a tree without matching a sign in it."""
    return any(is_signed(*item, signs) for item in items)


def is_signed(kind, what, signs):
    if kind is op.SUBPATTERN:
        return what[0] in signs or has_sign(what[3], signs)
    if kind is op.BRANCH:
        return all(has_sign(branch, signs) for branch in what[1])
    if kind in REPEATS:
        return what[0] > 0 and has_sign(what[2], signs)
    return False


@pytest.mark.parametrize("source", MARKED)
def test_no_marked_pattern_matches_without_one_of_its_signs(source):
    """Proved from the pattern's own tree: a sign is not optional, on no branch."""
    tree = parsed(source)
    signs = {number for name, number in tree.state.groupdict.items() if "sign" in name}
    assert signs
    assert has_sign(tree, signs)


@pytest.mark.parametrize("source", [r"a(?:«b»)?c", r"(?:«a»|b)c", r"(?:«a»)*b"])
def test_an_optional_sign_would_be_noticed(source):
    """The proof itself: what may be left out is no sign."""
    tree = parsed(source)
    assert not has_sign(tree, set(tree.state.groupdict.values()))


def test_no_two_patterns_look_for_the_same():
    """What the set finds names one rule: of two that look alike, one would not run."""
    looked_for = [form.sought for form in rules.FORMS]
    looked_for += [source for source, _ in rules.OTHERS] + list(rules.HINTS)
    assert len(set(looked_for)) == len(looked_for)
