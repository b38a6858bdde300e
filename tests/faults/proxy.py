"""Between the panel and a server: passes on, or fails in one of the ways that networks do."""

import socket
import struct
import threading
import time
from contextlib import suppress

# With the fault `trickle` a byte comes in so long; with `cut` and `reset` so many come.
TRICKLE_SECONDS = 0.2
FIRST_BYTES = 40
# SO_LINGER of no seconds: what is closed so ends with RST.
AT_ONCE = struct.pack("ii", 1, 0)


class Proxy:
    """`fault` may change at any time; connections that are open then are broken.

    `refused`, `hangs` (accepts and never answers), `trickle`, `cut` (ends in the midst of
    an answer), `reset` (the same, by RST), `garbage` (answers `noise`), or "" for none.
    `accepted` counts connections, `most_open` is how many of them there were at once.
    """

    def __init__(self, host: str, port: int, noise: bytes = b"") -> None:
        self._upstream = (host, port)
        self._noise = noise
        self._fault = ""
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.port = 0
        self.accepted = self.most_open = 0
        self._listen()

    def set(self, fault: str) -> None:
        self._fault = fault
        if fault == "refused":
            self._close_listener()
        elif self._listener is None:
            self._listen()
        for each in tuple(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    @property
    def open(self) -> int:
        """How many connections there are now."""
        return len(self._open)

    def close(self) -> None:
        self._close_listener()
        self.set("")
        self._close_listener()

    def _listen(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=[listener], daemon=True).start()

    def _close_listener(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._open.add(client)
        self.most_open = max(self.most_open, len(self._open))
        with client, suppress(OSError):
            if self._fault == "hangs":
                while client.recv(1 << 16):
                    """Listens, and says nothing."""
            elif self._fault == "garbage":
                client.recv(1 << 16)
                client.sendall(self._noise)
            else:
                self._pass_on(client)
        self._open.discard(client)

    def _pass_on(self, client: socket.socket) -> None:
        with socket.create_connection(self._upstream) as server:
            self._open.add(server)
            back = threading.Thread(
                target=self._answer, args=[server, client], daemon=True
            )
            back.start()
            with suppress(OSError):
                while said := client.recv(1 << 16):
                    server.sendall(said)
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            back.join()
            self._open.discard(server)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while said := server.recv(1 << 16):
                if self._fault == "trickle":
                    for byte in said:
                        client.sendall(bytes([byte]))
                        time.sleep(TRICKLE_SECONDS)
                elif self._fault == "reset":
                    client.sendall(said[:FIRST_BYTES])
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                    # Wakes who reads from it: only the last to let it go sends RST.
                    client.shutdown(socket.SHUT_RD)
                    return
                elif self._fault == "cut":
                    client.sendall(said[:FIRST_BYTES])
                    break
                else:
                    client.sendall(said)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
