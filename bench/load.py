"""How the panel answers 500 open tabs and 50 walls, each on its own account or screen.

    python -m bench.load                                30 minutes
    python -m bench.load --seconds 60 --tabs 50 --walls 5

At their normal interval, each page opened anew each quarter of an hour as well, on a
stack of its own: its two web processes are beside the collector, the servers and the
demo on the same machine.
"""

import argparse
import os
import statistics
from urllib.parse import urlsplit

from bench import crowd, stack
from bench.figures import tell
from bench.readers import INTERVAL, make_sessions

TABS, WALLS, SECONDS, WARM_SECONDS = 500, 50, 1800.0, 15.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--tabs", type=int, default=TABS)
    options.add_argument("--walls", type=int, default=WALLS)
    options.add_argument("--seconds", type=float, default=SECONDS)
    given = options.parse_args()
    with stack.running() as ready:
        os.environ["OPSPANEL_RUN_DIR"] = ready["run_dir"]
        place = urlsplit(ready["url"])
        address = (str(place.hostname), place.port or 80)
        readers = everybody(address, given.tabs, given.walls, crowd.Tab)
        result = polled(readers, given.seconds)
    print(
        dict(result.statuses)
    )  # 401 would be a reader sent away, 503 one to ask again
    told = (
        f"{len(result.times):,} polls, {result.refused()} refused; "
        f"{in_milliseconds(result.times)}"
    )
    minutes = f"{given.seconds / 60:.0f} min"
    what = f"{given.tabs} tabs and {given.walls} walls, {minutes}"
    tell(what, told, "python -m bench.load")


def everybody(
    address: tuple[str, int],
    tabs: int,
    walls: int,
    tab: type[crowd.Reader] = crowd.Reader,
) -> list[crowd.Reader]:
    """Each tab with an account of its own, each wall with a screen of its own."""
    keys = make_sessions(tabs, walls)
    return [
        *(tab(address, crowd.POLL, key) for key in keys[:tabs]),
        *(crowd.Wall(address, crowd.BOARD, token) for token in keys[tabs:]),
    ]


def polled(
    readers: list[crowd.Reader],
    seconds: float,
    warm: float = WARM_SECONDS,
    interval: float = INTERVAL,
) -> crowd.Result:
    with crowd.Crowd(readers) as people:
        people.poll(interval, warm)
        return people.poll(interval, seconds)


def in_milliseconds(times: list[float]) -> str:
    cuts = statistics.quantiles(times, n=100)
    p50, p95, p99 = (cuts[at - 1] * 1000 for at in (50, 95, 99))
    return f"{p50:.1f}, {p95:.0f} and {p99:.0f} ms (p50, p95, p99)"


if __name__ == "__main__":
    main()
