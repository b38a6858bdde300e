"""`python -m opspanel.demo --state-dir DIR`, with the servers' addresses on stdin.

They hold passwords, and a command line is for everybody to read.
"""

import argparse
import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

from opspanel.demo.faults import running
from opspanel.demo.platform import SERVICES, DemoConfig, run


def main() -> None:
    arguments = parse_arguments()
    config = read_config(arguments)
    logging.basicConfig(level=logging.WARNING, format="demo: %(message)s")
    config.state_dir.mkdir(parents=True, exist_ok=True)
    try:
        with running(config.state_dir):
            asyncio.run(run_until_signalled(config))
    except BlockingIOError:
        sys.exit(f"A demo is already running in {config.state_dir}.")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m opspanel.demo",
        description="Run the demo platform. Reads a JSON object with `database_url` "
        "and `nats_url` from standard input; writes targets.json for Prometheus.",
    )
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument(
        "--port-base",
        type=int,
        default=0,
        help="first of the services' ports; without it, free ones are taken",
    )
    return parser.parse_args()


def read_config(arguments: argparse.Namespace) -> DemoConfig:
    try:
        given = json.load(sys.stdin)
        database_url, nats_url = str(given["database_url"]), str(given["nats_url"])
    except (ValueError, KeyError, TypeError):
        sys.exit("Standard input must be a JSON object: database_url, nats_url.")
    base = arguments.port_base
    ports = {entry.name: base + place for place, entry in enumerate(SERVICES)}
    return DemoConfig(
        database_url, nats_url, arguments.state_dir, ports if base else {}
    )


async def run_until_signalled(config: DemoConfig) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run(config, stop)


if __name__ == "__main__":
    main()
