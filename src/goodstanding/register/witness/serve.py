"""A witness's web server: waitress around the application.

Invariant: when ``run`` returns, no request is half answered and the port is free.

It speaks plain HTTP. On the open internet it stands behind a server that speaks TLS, but does
not depend on it: what is asked and what is answered is signed.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.wasyncore import close_all, loop

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import CANNOT_LISTEN
from goodstanding.register.witness.app import WitnessApp
from goodstanding.register.witness.request import MAX_BODY_BYTES

#: Asks of one log wait for each other, asks of several need not.
_THREADS = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """What one asker may take of a witness, so that something is left for the others.

    ``idle`` are seconds without a byte, ``request`` those from the first byte of a request to its
    last: who sends a byte now and then holds no connection for ever.
    """

    connections: int = 100
    per_address: int = 10
    idle: int = 60
    request: float = 30


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that is closed when its address has too many, or its request takes too long."""

    limits = Limits()
    _began = 0.0

    def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:
        super().__init__(server, sock, addr, adj, map=map)
        own = [c for c in server.active_channels.values() if c.addr[0] == addr[0]]
        if len(own) > self.limits.per_address:
            self.handle_close()

    def received(self, data: bytes) -> bool:
        """Take what has come; close the connection if its request is not whole in time."""
        if self.request is None:
            self._began = self.last_activity
        taken = bool(super().received(data))
        if self.request is not None and self.last_activity - self._began > self.limits.request:
            self.handle_close()
        return taken


class WitnessServer:
    """Listens from the moment it is made; ``port`` 0 takes a free one."""

    def __init__(self, app: WitnessApp, host: str, port: int, limits: Limits = Limits()) -> None:
        """Raises GS-REGISTER-039 if the address cannot be had."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listening = socket.create_server((host, port), family=family)
        except OSError as error:
            reason = error.strerror or str(error)
            raise GoodStandingError(CANNOT_LISTEN, host=host, port=port, reason=reason) from error
        self.host, self.port = listening.getsockname()[:2]
        self._stopped = threading.Event()
        # Re-entrant: a signal may call `stop` in the very thread that is closing.
        self._closing = threading.RLock()
        self._closed = False
        self._map: dict[int, object] = {}
        self._server = create_server(
            app,
            map=self._map,
            sockets=[listening],
            threads=_THREADS,
            connection_limit=limits.connections,
            channel_timeout=limits.idle,
            cleanup_interval=max(1, limits.idle // 2),
            max_request_body_size=MAX_BODY_BYTES,
            ident="goodstanding witness",
        )
        self._server.channel_class = type("Channel", (_Channel,), {"limits": limits})

    @property
    def url(self) -> str:
        """The submission and monitoring prefix."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def run(self) -> None:
        """Answer until ``stop``; then finish what has begun, and close."""
        try:
            while not self._stopped.is_set():
                loop(timeout=1.0, map=self._map, count=1)
        finally:
            self._server.task_dispatcher.shutdown()
            with self._closing:
                self._closed = True
                close_all(self._map)

    def stop(self) -> None:
        """End ``run``; may be called from a signal or another thread, and more than once."""
        self._stopped.set()
        with self._closing:
            if not self._closed:
                self._server.pull_trigger()


@contextmanager
def serving(
    app: WitnessApp, host: str = "127.0.0.1", port: int = 0, limits: Limits = Limits()
) -> Iterator[WitnessServer]:
    """A server that answers in a thread of its own while the block runs."""
    server = WitnessServer(app, host, port, limits)
    thread = threading.Thread(target=server.run, name=f"witness at {server.url}")
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()
