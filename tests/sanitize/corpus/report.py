"""Scores a sanitizer on a corpus: recall by tier, and harm done to harmless text."""

from tests.sanitize.corpus.recovery import as_text, leaks


def missed(cases, sanitize):
    """The cases whose secret can be read in what the sanitizer returned."""
    return [
        (value, shown)
        for value, secret in cases
        if leaks(shown := sanitize(value), secret)
    ]


def recalls(tiers, sanitize):
    return {
        name: 1 - len(missed(cases, sanitize)) / len(cases)
        for name, cases in tiers.items()
    }


def harmed(values, sanitize):
    """The harmless values that came out changed."""
    return [
        (value, shown)
        for value in values
        if as_text(shown := sanitize(value)) != as_text(value)
    ]
