"""A violation, planted in a copy."""

import copy


def changed(document, place, **change):
    """A copy in which the mapping at `place` (names with dots between) has `change`; a
    value of `...` takes the key out."""
    made = copy.deepcopy(document)
    part = made
    for name in place.split(".") if place else ():
        part = part.setdefault(name, {})
    for key, value in change.items():
        if value is ...:
            part.pop(key)
        else:
            part[key] = value
    return made
