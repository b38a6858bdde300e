"""How far what is shown may be believed, told by its age. Pure."""

from opspanel.terms import Trust

# Of what is collected each interval. Only what is FRESH is judged.
FRESH_INTERVALS = 2
LATE_INTERVALS = 4


def by_age(age: float, good_for: float) -> Trust:
    """`good_for`: seconds until it is STALE. It is LATE from the half of them on."""
    if age <= good_for * FRESH_INTERVALS / LATE_INTERVALS:
        return Trust.FRESH
    return Trust.LATE if age <= good_for else Trust.STALE
