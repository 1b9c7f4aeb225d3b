"""Asking a witness over HTTP (https://c2sp.org/tlog-witness).

Invariant: what a witness answers is only bytes until its signature holds; a witness can refuse,
stall or lie, and the worst that comes of it is one GS-REGISTER-036 or 005.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from http.client import HTTPException
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from goodstanding.kernel import GoodStandingError
from goodstanding.register.cosignature import WitnessKey, verify_cosignature
from goodstanding.register.errors import WITNESS_UNHEARD
from goodstanding.register.note import NoteSignature, parse_note, parse_signatures
from goodstanding.register.witness.request import submission

#: Seconds without a byte after which a witness is given up.
PATIENCE = 10.0

_MAX_ANSWER = 1 << 16
_MAX_REASON = 200
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")
_OK, _CONFLICT = 200, 409

#: Hashes that prove that our checkpoint continues that of the given size (RFC 6962, 2.1.2).
Prove = Callable[[int], Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and body, as far as it is ever looked at."""

    status: int
    body: bytes


class _NoRedirects(HTTPRedirectHandler):
    """The policy says where a witness is; nobody else does."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def post(url: str, body: bytes, patience: float = PATIENCE) -> Reply:
    """Send one body to ``<url>/add-checkpoint``. Raises GS-REGISTER-036 if nothing comes back."""
    try:
        if urlsplit(url).scheme not in ("http", "https"):
            raise _unheard(url, "its address is neither http nor https")
        request = Request(
            f"{url.rstrip('/')}/add-checkpoint",
            data=body,
            headers={"Content-Type": "text/plain; charset=utf-8"},
            method="POST",
        )
        with build_opener(_NoRedirects).open(request, timeout=patience) as answer:
            return Reply(answer.status, answer.read(_MAX_ANSWER))
    except HTTPError as refusal:
        with refusal:
            return Reply(refusal.code, _read_refusal(refusal))
    except (OSError, HTTPException, ValueError) as error:
        # A name that cannot be resolved, a closed port, a timeout, an answer that is not HTTP.
        raise _unheard(url, _reason(error)) from error


def submit(
    url: str,
    key: WitnessKey,
    note: str,
    prove: Prove,
    now: datetime,
    *,
    old: int = 0,
    patience: float = PATIENCE,
) -> NoteSignature:
    """Have one witness cosign a signed checkpoint; its cosignature, checked.

    ``old`` is the size that we believe the witness saw last. If it names another, it is asked
    once more from there. Raises GS-REGISTER-036 with what it answered, 005 if its cosignature
    does not hold, and what ``prove`` raises.
    """
    text = parse_note(note.encode("utf-8")).text
    reply = post(url, submission(old, _proof(prove, old), note).body(), patience)
    if reply.status == _CONFLICT:
        old = _named_size(url, reply, old, text)
        reply = post(url, submission(old, _proof(prove, old), note).body(), patience)
    if reply.status != _OK:
        raise _unheard(url, f"it refused with {reply.status}: {_first_line(reply.body)}")
    try:
        lines = parse_signatures(reply.body.decode("utf-8"))
    except UnicodeDecodeError:
        raise _unheard(url, "its answer is not text") from None
    for line in lines:
        # Signatures of keys we do not know are not ours to judge or to pass on.
        if (line.name, line.key_id) == (key.name, key.key_id):
            verify_cosignature(text, line, key, now)
            return line
    raise _unheard(url, f"its answer bears no cosignature of {key.name}")


def _proof(prove: Prove, old: int) -> Sequence[bytes]:
    """Nothing needs proving from the empty tree."""
    return prove(old) if old else ()


def _named_size(url: str, reply: Reply, old: int, text: str) -> int:
    """The size in a refusal, if it is one we can go on from."""
    found = _SIZE.fullmatch(reply.body)
    size = int(text.split("\n", 2)[1])
    if found is None:
        raise _unheard(url, f"it refused with {reply.status}: {_first_line(reply.body)}")
    named = int(found[1])
    if named > size:
        raise _unheard(
            url,
            f"it has seen this log at {named} entries, beyond the {size} of this checkpoint: "
            "an older state was restored here, or two logs speak under one name",
        )
    if named == old:
        raise _unheard(url, f"it was asked from size {old} and names that size as another")
    return named


def _read_refusal(refusal: HTTPError) -> bytes:
    try:
        return bytes(refusal.read(_MAX_ANSWER))
    except (OSError, HTTPException):
        return b""


def _first_line(body: bytes) -> str:
    """The witness's own words as they can be printed: one line, no control characters."""
    line = body[:_MAX_REASON].decode("utf-8", "replace").split("\n", 1)[0]
    return "".join(c if c.isprintable() else "\ufffd" for c in line).strip() or "no reason given"


def _reason(error: Exception) -> str:
    words = getattr(error, "reason", None) or error
    return _first_line(str(words).encode("utf-8", "replace")) if str(words) else "no answer"


def _unheard(url: str, reason: str) -> GoodStandingError:
    return GoodStandingError(WITNESS_UNHEARD, url=url, reason=reason)
