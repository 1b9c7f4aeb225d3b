"""A witness in hostile hands: who takes its connections, or none too fast, gets no more of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from goodstanding.kernel import FixedClock
from goodstanding.register.witness.app import WitnessApp
from goodstanding.register.witness.folder import WitnessFolder
from goodstanding.register.witness.serve import Limits, WitnessServer, serving

LIMITS = Limits(per_address=3, idle=1, request=0.2)
PATIENCE = 10


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WitnessServer]:
    folder = WitnessFolder.create(tmp_path / "north", "north.example")
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    with serving(WitnessApp(folder.witness(clock), folder.store), limits=LIMITS) as running:
        yield running


def connect(server: WitnessServer) -> socket.socket:
    return socket.create_connection((server.host, server.port), timeout=PATIENCE)


def ask(connection: socket.socket) -> bytes:
    """The first line of the answer; nothing if the connection was closed."""
    try:
        connection.sendall(b"GET /x HTTP/1.1\r\nHost: w\r\n\r\n")
        return connection.recv(1000).split(b"\r\n")[0]
    except ConnectionError:
        return b""


def test_one_address_has_so_many_connections(server: WitnessServer) -> None:
    held = [connect(server) for _ in range(LIMITS.per_address)]
    answers = [ask(connection) for connection in held]
    assert answers == [b"HTTP/1.1 404 Not Found"] * LIMITS.per_address
    with connect(server) as one_more:
        assert ask(one_more) == b""
    for connection in held:
        connection.close()
    # The server learns of the end of a connection in its own time.
    for _ in range(100):
        with connect(server) as later:
            if ask(later) == b"HTTP/1.1 404 Not Found":
                return
    pytest.fail("the places of closed connections are not given back")


def test_a_request_that_comes_by_bytes_is_not_waited_for(server: WitnessServer) -> None:
    with connect(server) as slow:
        slow.settimeout(0.05)
        closed = False
        for _ in range(int(PATIENCE / 0.05)):
            try:
                slow.sendall(b"G")
                closed = slow.recv(1) == b""
            except TimeoutError:
                continue
            except ConnectionError:
                closed = True
            if closed:
                break
        assert closed
    with connect(server) as other:
        assert ask(other) == b"HTTP/1.1 404 Not Found"


def test_who_says_nothing_is_closed(server: WitnessServer) -> None:
    with connect(server) as silent:
        assert silent.recv(1) == b""


@pytest.mark.parametrize(
    "head",
    [
        b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: -1\r\n\r\n",
        b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 9999999999\r\n\r\n",
        b"GET /" + b"x" * 300_000 + b" HTTP/1.1\r\nHost: w\r\n\r\n",
        b"GET /\xff\x00\x1b]0;x\x07 HTTP/1.1\r\nHost: w\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_nonsense_is_answered_or_closed(server: WitnessServer, head: bytes) -> None:
    with connect(server) as hostile:
        try:
            hostile.sendall(head)
            answer = hostile.recv(10_000)
        except ConnectionError:
            answer = b""
    assert answer == b"" or answer.startswith((b"HTTP/1.0 4", b"HTTP/1.1 4"))
    assert b"Traceback" not in answer
    with connect(server) as other:
        assert ask(other) == b"HTTP/1.1 404 Not Found"
