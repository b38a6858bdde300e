"""How fast consumers acknowledge: one reading of JetStream shows a state, not a flow."""

from collections import deque

# Long enough to smooth single passes, short enough to follow a change.
WINDOW_SECONDS = 60.0

type Key = tuple[str, str]


class AckRates:
    """Remembers how far each consumer's ack floor was, over the last minute."""

    def __init__(self) -> None:
        self._seen: dict[Key, deque[tuple[float, int]]] = {}

    def per_second(self, key: Key, floor: int, at: float) -> float | None:
        """`floor`: the consumer sequence up to which all is acknowledged; `at`: a
        monotonic time. None until a second pass, and after a consumer was remade."""
        seen = self._seen.setdefault(key, deque())
        if seen and floor < seen[-1][1]:
            seen.clear()
        seen.append((at, floor))
        while at - seen[0][0] > WINDOW_SECONDS:
            seen.popleft()
        since, before = seen[0]
        return (floor - before) / (at - since) if at > since else None

    def keep(self, streams: set[str]) -> None:
        """Forget consumers of streams that are gone."""
        self._seen = {
            key: seen for key, seen in self._seen.items() if key[0] in streams
        }
