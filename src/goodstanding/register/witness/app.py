"""A witness on the web (https://c2sp.org/tlog-witness), as a WSGI application.

Invariant: a status of 200 carries a cosignature that is remembered on the disk.

``POST /add-checkpoint`` and ``GET /<SHA-256 of the origin in hex>/checkpoint``. This is the one
place where an outcome becomes an HTTP status.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from hashlib import sha256
from wsgiref.types import StartResponse, WSGIEnvironment

from goodstanding.kernel import GoodStandingError
from goodstanding.kernel.escaping import for_log_line
from goodstanding.register.witness.request import MAX_BODY_BYTES
from goodstanding.register.witness.store import Store
from goodstanding.register.witness.witness import Answer, Outcome, Witness

SUBMIT = "/add-checkpoint"
TEXT = "text/plain; charset=utf-8"
#: The type of the body that names the size a witness saw last.
SIZE = "text/x.tlog.size"

_STATUS = {
    Outcome.COSIGNED: "200 OK",
    Outcome.MALFORMED: "400 Bad Request",
    Outcome.NOT_SIGNED: "403 Forbidden",
    Outcome.UNKNOWN_LOG: "404 Not Found",
    Outcome.OTHER_SIZE: "409 Conflict",
    Outcome.INCONSISTENT: "422 Unprocessable Entity",
}
_LENGTH = re.compile(r"[0-9]{1,18}")
_LOG = logging.getLogger(__name__)


class WitnessApp:
    """Answers requests; several threads may use it at once."""

    def __init__(self, witness: Witness, store: Store) -> None:
        self._witness = witness
        self._store = store

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        try:
            if path == SUBMIT:
                return self._submit(environ, start, method)
            if path.endswith("/checkpoint"):
                return self._latest(path, start, method)
        except GoodStandingError as error:
            # The key, the clock or the memory is out of order: not the asker's doing, and not
            # the asker's business. The operator reads it in the log.
            _LOG.error("%s", for_log_line(str(error)))
            reason = f"This witness cannot cosign now ({error.code.id}).\n"
            return _reply(start, "503 Service Unavailable", reason)
        return _reply(start, "404 Not Found", "There is nothing here.\n")

    def _submit(
        self, environ: WSGIEnvironment, start: StartResponse, method: str
    ) -> Iterable[bytes]:
        if method != "POST":
            return _reply(start, "405 Method Not Allowed", "Send it with POST.\n", allow="POST")
        length = environ.get("CONTENT_LENGTH") or "0"
        if not _LENGTH.fullmatch(length):
            return _reply(start, "400 Bad Request", "The length of the body is not a number.\n")
        if int(length) > MAX_BODY_BYTES:
            reason = f"A body has at most {MAX_BODY_BYTES} bytes.\n"
            return _reply(start, "413 Content Too Large", reason)
        answer = self._witness.add_checkpoint(environ["wsgi.input"].read(int(length)))
        _LOG.info("%s %s", answer.outcome, for_log_line(answer.reason))
        return _reply(start, _STATUS[answer.outcome], *_body(answer))

    def _latest(self, path: str, start: StartResponse, method: str) -> Iterable[bytes]:
        if method not in ("GET", "HEAD"):
            return _reply(start, "405 Method Not Allowed", "Read it with GET.\n", allow="GET")
        for latest in self._store.all_latest():
            if path == f"/{sha256(latest.origin.encode('utf-8')).hexdigest()}/checkpoint":
                return _reply(start, "200 OK", latest.note)
        return _reply(start, "404 Not Found", "This witness has cosigned no such log.\n")


def _body(answer: Answer) -> tuple[str, str]:
    match answer.outcome:
        case Outcome.COSIGNED:
            return answer.lines, TEXT
        case Outcome.OTHER_SIZE:
            return f"{answer.size}\n", SIZE
    return f"{answer.reason}\n", TEXT


def _reply(
    start: StartResponse, status: str, body: str, type_: str = TEXT, allow: str = ""
) -> list[bytes]:
    data = body.encode("utf-8")
    headers = [("Content-Type", type_), ("Content-Length", str(len(data)))]
    start(status, headers + ([("Allow", allow)] if allow else []))
    return [data]
