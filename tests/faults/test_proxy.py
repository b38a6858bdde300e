"""The proxy fails as networks do: what its faults show is what is tested with it."""

import socket

import pytest

from tests.faults.proxy import FIRST_BYTES, Proxy


@pytest.fixture
def upstream():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        yield listener


def answered(fault, upstream):
    """A client whose question was answered through the proxy, and the proxy."""
    proxy = Proxy(*upstream.getsockname())
    proxy.set(fault)
    client = socket.create_connection(("127.0.0.1", proxy.port), timeout=10)
    client.sendall(b"question")
    server, _ = upstream.accept()
    with server:
        server.recv(100)
        server.sendall(b"x" * 500)
    return client, proxy


def heard(client):
    while said := client.recv(100):
        yield said


def test_a_cut_answer_ends_in_the_midst(upstream):
    """The first bytes come, then the end of the connection."""
    client, proxy = answered("cut", upstream)
    with client:
        assert len(b"".join(heard(client))) == FIRST_BYTES
    proxy.close()


def test_a_reset_answer_is_reset(upstream):
    """The client is told at once that its connection is broken: it does not hang."""
    client, proxy = answered("reset", upstream)
    with client, pytest.raises(ConnectionResetError):
        list(heard(client))
    proxy.close()
