"""How soon 550 open pages are fresh again, whose network was cut and heals for all at once.

    python -m bench.herd
    python -m bench.herd --tabs 50 --walls 5

A proxy before the web server refuses everybody for half a minute. Then each connects
anew at some moment of one second, and asks for what it missed.
"""

import argparse
import os
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from bench import crowd, stack
from bench.figures import tell
from bench.load import TABS, WALLS, everybody
from bench.readers import INTERVAL
from tests.faults.proxy import Proxy

CUT_SECONDS = 30.0
BACK_WITHIN = 1.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--tabs", type=int, default=TABS)
    options.add_argument("--walls", type=int, default=WALLS)
    given = options.parse_args()
    with stack.running() as ready:
        os.environ["OPSPANEL_RUN_DIR"] = ready["run_dir"]
        place = urlsplit(ready["url"])
        proxy = Proxy(str(place.hostname), place.port or 80)
        address = ("127.0.0.1", proxy.port)
        readers = everybody(address, given.tabs, given.walls)
        took, result = healed(proxy, readers, lambda: time.sleep(CUT_SECONDS))
        proxy.close()
    told = f"all fresh after {took:.1f} s, {result.refused()} refused"
    tell(f"{len(readers)} pages after a cut network", told, "python -m bench.herd")


def healed(
    proxy: Proxy,
    readers: list[crowd.Reader],
    meanwhile: Callable[[], None],
    interval: float = INTERVAL,
) -> tuple[float, crowd.Result]:
    """Seconds from the heal until everybody has what is newest, and all answers. What
    happens `meanwhile` nobody sees."""
    with crowd.Crowd(readers) as people:
        people.poll(interval, interval)
        before = {reader.version for reader in readers}
        proxy.set("refused")
        meanwhile()
        proxy.set("")
        began = time.perf_counter()
        result = people.come_back(BACK_WITHIN)
        took = time.perf_counter() - began
    behind = [reader for reader in readers if reader.version in before]
    assert not behind, f"{len(behind)} got nothing new"
    return took, result


if __name__ == "__main__":
    main()
