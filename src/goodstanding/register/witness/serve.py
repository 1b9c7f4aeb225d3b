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

from waitress.server import create_server
from waitress.wasyncore import close_all, loop

from goodstanding.kernel import GoodStandingError
from goodstanding.register.errors import CANNOT_LISTEN
from goodstanding.register.witness.app import WitnessApp
from goodstanding.register.witness.request import MAX_BODY_BYTES

#: Asks of one log wait for each other, asks of several need not.
_THREADS = 4
_CONNECTIONS = 100
#: Seconds without a byte after which a connection is closed.
_IDLE = 60


class WitnessServer:
    """Listens from the moment it is made; ``port`` 0 takes a free one."""

    def __init__(self, app: WitnessApp, host: str, port: int) -> None:
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
            connection_limit=_CONNECTIONS,
            channel_timeout=_IDLE,
            max_request_body_size=MAX_BODY_BYTES,
            ident="goodstanding witness",
        )

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
def serving(app: WitnessApp, host: str = "127.0.0.1", port: int = 0) -> Iterator[WitnessServer]:
    """A server that answers in a thread of its own while the block runs."""
    server = WitnessServer(app, host, port)
    thread = threading.Thread(target=server.run, name=f"witness at {server.url}")
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()
