import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Say when a source was read, by this machine's clock."""
    return datetime.fromtimestamp(time.time(), UTC)
