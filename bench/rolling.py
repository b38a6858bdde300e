"""Two web servers are restarted in turns while they are asked: what is lost.

    python -m bench.rolling                   100 restarts at 50 requests a second
    python -m bench.rolling --restarts 4

Who asks goes to those that are ready, as a proxy does, and asks nothing twice.
"""

import argparse
import os
import sys
import time

from bench import stack
from bench.figures import tell
from bench.readers import make_sessions
from tests.rolling import Balancer, Replica, Visitors

RESTARTS, PER_SECOND, DRAIN_SECONDS = 100, 50, 1
PATHS = ("/admin/ops/overview", "/admin/ops/slos", "/admin/ops/incidents", "/healthz")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--restarts", type=int, default=RESTARTS)
    given = options.parse_args()
    with stack.running() as ready:
        os.environ["OPSPANEL_RUN_DIR"] = ready["run_dir"]
        (key,) = make_sessions(1)
        failures, answers = restarted(given.restarts, f"ops_session={key}")
    told = f"{answers:,} answers, {len(failures)} failed"
    what = f"{given.restarts} rolling restarts at {PER_SECOND} requests a second"
    tell(what, told, "python -m bench.rolling")
    if failures:
        sys.exit("\n".join(failures[:20]))


def restarted(times: int, cookie: str) -> tuple[list[str], int]:
    """What failed, and how many answers there were."""
    replicas = [Replica(DRAIN_SECONDS) for _ in range(2)]
    try:
        for replica in replicas:
            replica.await_ready()
        with (
            Balancer(replicas) as balancer,
            Visitors(balancer, PATHS, {"Cookie": cookie}, PER_SECOND) as visitors,
        ):
            for number in range(times):
                replica = replicas[number % 2]
                code = replica.restart()
                assert code == 0, f"a web server ended with {code}"
                # The next one goes when this one is asked again.
                while replica.port not in balancer.ready:
                    time.sleep(0.02)
    finally:
        for replica in replicas:
            replica.stop()
    return visitors.failures, visitors.answers.total()


if __name__ == "__main__":
    main()
