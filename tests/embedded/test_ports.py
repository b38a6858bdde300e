"""A port belongs to one stack, also while its web server is not there yet."""

import socket

from opspanel.embedded.program import can_bind, free_port, keep_port

HOST = "127.0.0.1"


def test_a_kept_port_is_taken_for_others_and_open_to_the_web_server():
    """A second stack finds it taken; a server that shares its port can listen on it."""
    port = free_port()
    with keep_port(HOST, port):
        assert not can_bind(HOST, port)
        with socket.socket() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            server.bind((HOST, port))
            server.listen()
            with socket.create_connection((HOST, port), timeout=5) as visitor:
                connection, who = server.accept()
                connection.close()
                assert who == visitor.getsockname()
            assert not can_bind(HOST, port)
