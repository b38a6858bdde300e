"""`python -m opspanel.demo --state-dir DIR`, with the servers' addresses on stdin.

They hold passwords, and a command line is for everybody to read. With the reader's
password, too, it makes its tables and that role first.
"""

import argparse
import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

import psycopg

from opspanel.demo.faults import running
from opspanel.demo.platform import SERVICES, DemoConfig, run
from opspanel.demo.schema import prepare
from opspanel.demo.service import LOOPBACK


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
        "and `nats_url` from standard input, and `reader_password` where it has to make "
        "its tables first; writes targets.json for Prometheus.",
    )
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument(
        "--port-base",
        type=int,
        default=0,
        help="first of the services' ports; without it, free ones are taken",
    )
    parser.add_argument("--listen", default=LOOPBACK, help="on which address")
    parser.add_argument(
        "--called", default=LOOPBACK, help="the name by which Prometheus finds it"
    )
    return parser.parse_args()


def read_config(arguments: argparse.Namespace) -> DemoConfig:
    try:
        given = json.load(sys.stdin)
        database_url, nats_url = str(given["database_url"]), str(given["nats_url"])
        if "reader_password" in given:
            prepare(database_url, str(given["reader_password"]))
    except (ValueError, KeyError, TypeError):
        sys.exit("Standard input must be a JSON object: database_url, nats_url.")
    except psycopg.Error as error:
        sys.exit(f"The tables could not be made: {type(error).__name__}.")
    base = arguments.port_base
    ports = {entry.name: base + place for place, entry in enumerate(SERVICES)}
    return DemoConfig(
        database_url,
        nats_url,
        arguments.state_dir,
        ports if base else {},
        arguments.listen,
        arguments.called,
    )


async def run_until_signalled(config: DemoConfig) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run(config, stop)


if __name__ == "__main__":
    main()
