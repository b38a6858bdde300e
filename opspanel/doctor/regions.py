"""Does the worker of another region tell anything?"""

from collections.abc import Iterator
from datetime import datetime

from opspanel.doctor.finding import Finding, fail, ok
from opspanel.regions import OtherRegion
from opspanel.snapshot.store import StoreUnavailableError


def examine(there: OtherRegion, now: datetime) -> Iterator[Finding]:
    try:
        part = there.part(now)
    except StoreUnavailableError:
        return  # said already, of the stores themselves
    if part.reported:
        yield ok("worker", "told something lately.")
    else:
        cure = f"start one with --queues=region-{there.region}, or read its log"
        yield fail("worker", "tells nothing.", cure)
