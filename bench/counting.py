"""A hasher that leaves a byte in a file for each password, from all processes."""

from pathlib import Path

from opspanel import env
from opspanel.access.passwords import Argon2Hasher

_HASHES = Path(env.text("BENCH_HASHES"))


class CountingHasher(Argon2Hasher):
    def encode(self, password: str, salt: str) -> str:
        count()
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        count()
        return super().verify(password, encoded)


def count() -> None:
    with _HASHES.open("ab") as file:
        file.write(b".")
