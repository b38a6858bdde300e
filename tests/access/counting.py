"""A hasher that is as slow as the real one, and counts."""

import threading

from opspanel.access.passwords import Argon2Hasher


class CountingHasher(Argon2Hasher):
    lock = threading.Lock()
    computed = 0

    @classmethod
    def count(cls):
        with cls.lock:
            CountingHasher.computed += 1

    def encode(self, password, salt):
        self.count()
        return super().encode(password, salt)

    def verify(self, password, encoded):
        self.count()
        return super().verify(password, encoded)
