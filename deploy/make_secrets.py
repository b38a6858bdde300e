"""What docker-compose.yml takes from files: `python3 deploy/make_secrets.py [FOLDER]`.

Passwords are made once and kept; addresses that hold them are written anew each time.
The folder is for its owner alone, and what lies in it may be read by all: Docker hands
single files to containers, whose users are nobody that this machine knows.

Only the standard library: it runs before anything is installed.
"""
# ruff: noqa: INP001 - a script

import json
import secrets
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".secrets"
KEPT = (
    "grafana-admin",
    "metrics-token",
    "otlp-edge-token",
    "postgres-panel",
    "postgres-platform",
    "postgres-superuser",
    "secret-key",
)
# Those that only stand in another file, which is the one that a container reads.
WITHIN = ("nats-panel", "nats-platform", "reader", "valkey")


def main(folder: Path = FOLDER) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    known = {name: kept(folder / name) for name in KEPT}
    known |= {name: kept(folder / f".{name}") for name in WITHIN}
    for name, text in made_of(known).items():
        write(folder / name, text)


def kept(path: Path) -> str:
    """The secret that is there, or a new one."""
    if not path.exists():
        write(path, secrets.token_urlsafe(48))
    return path.read_text()


def made_of(known: dict[str, str]) -> dict[str, str]:
    """Addresses and configuration. Passwords are URL-safe, so that none needs quoting."""
    platform = f"postgresql://platform:{known['postgres-platform']}@postgres/platform"
    reader = f"postgresql://opspanel_reader:{known['reader']}@postgres/platform"
    demo = {
        "database_url": platform,
        "nats_url": f"nats://platform:{known['nats-platform']}@nats:4222",
        "reader_password": known["reader"],
    }
    return {
        "database-url": f"postgresql://opspanel:{known['postgres-panel']}@postgres/opspanel",
        "demo-addresses": json.dumps(demo),
        "nats-passwords": f'PLATFORM_PASSWORD: "{known["nats-platform"]}"\n'
        f'PANEL_PASSWORD: "{known["nats-panel"]}"\n',
        "nats-url": f"nats://opspanel:{known['nats-panel']}@nats:4222",
        "node-tasks-database-url": reader,
        "redis-url": f"redis://:{known['valkey']}@valkey:6379/0",
        "valkey-password": f'requirepass "{known["valkey"]}"\n',
    }


def write(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text)
    fresh.chmod(0o444)
    fresh.replace(path)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
