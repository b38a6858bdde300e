"""Codes as an authenticator app shows them (RFC 6238), computed here anew."""

import base64
import hashlib
import hmac
import time


def code(secret, steps_on=0):
    """Six digits of now, or of so many times 30 seconds from now."""
    counter = (int(time.time()) // 30 + steps_on).to_bytes(8, "big")
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def await_room(seconds=20):
    """Until a step has so many seconds left: a test that names steps stays within one."""
    while time.time() % 30 > 30 - seconds:
        time.sleep(0.2)
