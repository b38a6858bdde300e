"""What the value under a credential's name may be without being one."""

from opspanel.sanitize.words import STATES

_LONGEST_STATE = 24


def may_be_secret(value: str) -> bool:
    """False for `expired`, `none`, a plain address or an empty text."""
    word = value.strip()
    if len(word) <= _LONGEST_STATE and (not word or word.lower() in STATES):
        return False
    # An address is searched like any text: it loses what is secret in it, no more.
    return not word.startswith(("http://", "https://"))
