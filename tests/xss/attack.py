"""Shows payloads at a place, page by page, and says what came of it."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import batched, zip_longest

from playwright.sync_api import Error

from tests.xss.payloads import FAMILIES, Payload, payloads
from tests.xss.slots import Place
from tests.xss.watch import Watch, damage

ALL = payloads()
ENOUGH_SLOTS = 50
ENDLESS = 10_000
JOINED = 100
FEW_PAGES = 4

type Page = list[Payload | str]


def harmless(place: Place) -> Page:
    return [f"text {number}" for number, _ in enumerate(place.slots)]


def sample() -> list[Payload]:
    """All of them in another order each time, the first of different families."""
    of_family = defaultdict(list)
    for payload in random.sample(ALL, len(ALL)):
        of_family[payload.family].append(payload)
    return [one for row in zip_longest(*of_family.values()) for one in row if one]


def sampled(place: Place) -> Iterator[Page]:
    """At least one text of each family that has one so short."""
    left = sample()
    for _ in range(-(-len(FAMILIES) // len(place.slots))):
        yield [_taken(left, slot.most) for slot in place.slots]


def _taken(left: list[Payload], most: int) -> Payload:
    found = next(each for each in left if len(each.text) <= most)
    left.remove(found)
    return found


def short(place: Place) -> Iterator[Page]:
    """Every payload once. Where a place has few slots, many go into one text; where its
    texts are short as well, there are some of each family."""
    if place.is_sampled:
        yield from sampled(place)
        return
    if len(place.slots) >= ENOUGH_SLOTS:
        dealt = [iter(ALL)] * len(place.slots)
        pages = -(-len(ALL) // len(place.slots))
    else:
        joined = iter(["\n".join(map(text_of, some)) for some in batched(ALL, JOINED)])
        single = iter(ALL)
        dealt = [joined if slot.most > ENDLESS else single for slot in place.slots]
        pages = max(FEW_PAGES, -(-len(ALL) // JOINED) if joined in dealt else 0)
    for _ in range(pages):
        calm = harmless(place)
        page = [next(some, text) for some, text in zip(dealt, calm, strict=True)]
        if page != calm:
            yield _fitting(place, page)


def whole(place: Place) -> Iterator[Page]:
    """Every payload in every field: slots of one field share the work among them."""
    of_field = Counter(slot.field for slot in place.slots)
    pages = max(-(-len(ALL) // slots) for slots in of_field.values())
    for number in range(pages):
        page, used = harmless(place), defaultdict(int)
        for position, slot in enumerate(place.slots):
            turn = number * of_field[slot.field] + used[slot.field]
            used[slot.field] += 1
            # Where all had their turn, harmless texts stand around those that had not.
            if turn < len(ALL):
                page[position] = ALL[turn]
        yield _fitting(place, page)


def _fitting(place: Place, page: Page) -> Page:
    """A text that is too long for its slot never gets there in life either."""
    return [
        found if len(text_of(found)) <= slot.most else f"text {number}"
        for number, (found, slot) in enumerate(zip(page, place.slots, strict=True))
    ]


def text_of(found: Payload | str) -> str:
    return found.text if isinstance(found, Payload) else found


def faults(watch: Watch, place: Place, pages: Iterator[Page]) -> list[str]:
    """Anything but texts that are shown as texts."""
    watch.sign_in(watch.user)
    place.show(watch, harmless(place))
    before, found = watch.shape(), watch.findings()
    if place.is_sampled and not re.search(r"text \d", watch.page.content()):
        found.append("its texts are not there")
    for number, page in enumerate(pages):
        place.show(watch, [text_of(each) for each in page])
        lost = damage(before, watch.shape(), place.comes_and_goes)
        watch.poke()
        found += [f"page {number}: {each}" for each in watch.findings() + lost]
    return found


def unstopped(watch: Watch, place: Place, some: Sequence[Payload]) -> list[str]:
    """What a few payloads do at a place whose texts are no longer escaped; how it looks
    does not count. They stand beside each other in the tiles of the first section."""
    page = harmless(place)
    names = [n for n, slot in enumerate(place.slots) if slot.field == ".health.name"]
    for position, payload in zip(names, some, strict=False):
        page[position] = payload
    watch.findings()
    try:
        place.show(watch, [text_of(each) for each in page])
        watch.poke()
        watch.page.wait_for_timeout(100)
    except Error as error:
        watch.note(f"navigation: {error.message[:80]}")
    return watch.findings()
