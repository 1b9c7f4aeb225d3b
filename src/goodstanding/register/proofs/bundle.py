"""Proof bundles: one entry, and all that is needed to check that a register sealed it.

Invariant: what ``make_bundle`` hands out verifies, and what ``parse_bundle`` gives back is
exactly what the file says: one value a member, every number whole, every text Unicode.

Format: docs/formats/0002-bundle.md. The limits hold before anything is parsed, so that no
file, however made, costs more than its length.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from goodstanding.kernel import GoodStandingError, Noted, commitment
from goodstanding.kernel.canonical import MAX_INTEGER
from goodstanding.kernel.hashing import SALT_BYTES
from goodstanding.register.errors import PAYLOAD_GONE, UNVERIFIED
from goodstanding.register.keys import decode_base64
from goodstanding.register.log import Log
from goodstanding.register.model import Event, Record
from goodstanding.register.segments import EVENTS, read_events, read_records
from goodstanding.register.tree import HASH_BYTES, verify_inclusion

BUNDLE_SCHEMA = "goodstanding/bundle/1"

MAX_BYTES = 1 << 20
MAX_DEPTH = 16
MAX_PATH = 64

ABOUT = (
    "One entry of a register, and the proof that it was sealed there. Check it with "
    "`goodstanding verify-bundle` or with the verifier page; neither needs a network. "
    "It proves neither that the entry is true nor that it still stands."
)

_MEMBERS = ("about", "checkpoint", "entry", "key", "law", "path", "schema")
_ENTRY = ("leaf", "salt", "sealed")
_LAW_TEXTS = ("confidence", "id", "instrument", "number")
_LAW_TITLES = ("instrument_titles", "paraphrase", "titles")
_LAW_OPEN = ("from", "link", "to")
_LAW = tuple(sorted((*_LAW_TEXTS, *_LAW_TITLES, *_LAW_OPEN)))

_SALT = re.compile(rf"[0-9a-f]{{{2 * SALT_BYTES}}}")
#: A string, closed or not, or one bracket: all that depth depends on.
_STRUCTURE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[{]|[\]}]', re.DOTALL)
_MAX_DIGITS = len(str(-MAX_INTEGER))

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class LawArticle:
    """An article as a bundle carries it: a copy from the pack, in force from ``start``.

    ``start`` and ``end`` are ``yyyy-mm-dd``; ``end`` is the first day it no longer holds, None
    if there is none. Titles and paraphrase are by language.
    """

    id: str
    instrument: str
    instrument_titles: Mapping[str, str]
    number: str
    titles: Mapping[str, str]
    paraphrase: Mapping[str, str]
    start: str | None
    end: str | None
    link: str | None
    confidence: str

    def as_dict(self) -> dict[str, object]:
        names = (*_LAW_TEXTS, *_LAW_TITLES, "link")
        members: dict[str, object] = {name: getattr(self, name) for name in names}
        return {**members, "from": self.start, "to": self.end}


#: The article of that id, None if the pack has none.
FindArticle = Callable[[str], LawArticle | None]


@dataclass(frozen=True, slots=True)
class Bundle:
    """One entry with its proof; ``path`` leads from the leaf upwards, 32 bytes a hash."""

    leaf: int
    salt: bytes
    sealed: str
    path: tuple[bytes, ...]
    checkpoint: str
    key: str
    law: tuple[LawArticle, ...]
    about: str = ABOUT

    def as_bytes(self) -> bytes:
        """The file, with its last newline."""
        entry = {"leaf": self.leaf, "salt": self.salt.hex(), "sealed": self.sealed}
        members = {
            "schema": BUNDLE_SCHEMA,
            "about": self.about,
            "entry": entry,
            "law": [article.as_dict() for article in self.law],
            "path": [base64.b64encode(node).decode("ascii") for node in self.path],
            "checkpoint": self.checkpoint,
            "key": self.key,
        }
        return f"{json.dumps(members, ensure_ascii=False, indent=2)}\n".encode()


def make_bundle(log: Log, leaf: int, find_article: FindArticle, *, noted: Noted) -> Bundle:
    """The bundle of entry ``leaf`` in the published checkpoint of ``log``.

    It holds the payload: ``noted`` is the receipt that this look stands in the access log.
    Raises GS-REGISTER-011 for a leaf that the checkpoint does not cover, GS-REGISTER-050 if
    the payload has been erased, GS-REGISTER-005 if the files do not prove the entry.
    """
    proof = log.inclusion_proof(leaf)
    entry = _read_entry(log, leaf)
    sealed = entry.canonical()
    head = proof.checkpoint.head
    verify_inclusion(commitment(entry.salt, sealed), leaf, head.size, proof.path, head.root)
    text = sealed.decode("utf-8")
    article = find_article(basis) if (basis := basis_of(read_json(text))) else None
    return Bundle(
        leaf,
        entry.salt,
        text,
        proof.path,
        proof.checkpoint.note,
        str(log.key),
        () if article is None else (article,),
    )


def _read_entry(log: Log, leaf: int) -> Record | Event:
    for segment in log.segments():
        if segment.first <= leaf < segment.end:
            if segment.item != EVENTS:
                found: list[Record] | list[Event] = read_records(segment, leaves=[leaf])
            else:
                found = [event for event in read_events(segment) if event.leaf == leaf]
            if found:
                return found[0]
    raise GoodStandingError(PAYLOAD_GONE, leaf=leaf)


def basis_of(sealed: Json) -> str | None:
    """The article that a sealed entry rests on; None if it names none."""
    basis = sealed.get("basis") if isinstance(sealed, dict) else None
    return basis if isinstance(basis, str) else None


def check_limits(data: bytes) -> int:
    """How deep the JSON in ``data`` nests, read in one pass. Raises GS-REGISTER-005."""
    if len(data) > MAX_BYTES:
        refuse(f"it is longer than {MAX_BYTES} bytes")
    depth = deepest = 0
    for token in _STRUCTURE.finditer(data):
        match data[token.start()]:
            case 0x5B | 0x7B:
                depth += 1
                deepest = max(deepest, depth)
            case 0x5D | 0x7D:
                depth -= 1
    if deepest > MAX_DEPTH:
        refuse(f"it nests {deepest} deep; the limit is {MAX_DEPTH}")
    return deepest


def read_json(text: str) -> Json:
    """A JSON value: no member twice, whole numbers within 2^53, no lone surrogate.

    ``check_limits`` comes first. Raises GS-REGISTER-005.
    """
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_once,
            parse_int=_whole,
            parse_float=_not_whole,
            parse_constant=_not_whole,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        refuse(f"it is not JSON ({error.msg}: {where})")
    try:
        # Escapes can spell half a character; nothing that is text holds one.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        refuse("a text in it is not Unicode")
    return value


def parse_bundle(value: Json) -> Bundle:
    """The bundle that the value of a file is. Raises GS-REGISTER-005."""
    whole = _object(value, "the bundle", _MEMBERS)
    if whole["schema"] != BUNDLE_SCHEMA:
        refuse(f"its schema is not {BUNDLE_SCHEMA}")
    entry = _object(whole["entry"], "entry", _ENTRY)
    leaf, salt = entry["leaf"], _text(entry["salt"], "entry.salt")
    # A boolean is an int to Python; to the format it is not.
    if not isinstance(leaf, int) or isinstance(leaf, bool) or leaf < 0:
        refuse("entry.leaf is not a number from 0")
    if not _SALT.fullmatch(salt):
        refuse(f"entry.salt is not {SALT_BYTES} bytes in lower-case hex")
    path = _list(whole["path"], "path")
    if len(path) > MAX_PATH:
        refuse(f"path holds {len(path)} hashes; the limit is {MAX_PATH}")
    return Bundle(
        leaf,
        bytes.fromhex(salt),
        _text(entry["sealed"], "entry.sealed"),
        tuple(_hash(node, f"path[{at}]") for at, node in enumerate(path)),
        _text(whole["checkpoint"], "checkpoint"),
        _text(whole["key"], "key"),
        tuple(_article(each, f"law[{at}]") for at, each in enumerate(_list(whole["law"], "law"))),
        _text(whole["about"], "about"),
    )


def refuse(reason: str) -> NoReturn:
    """Raise GS-REGISTER-005 with this reason."""
    raise GoodStandingError(UNVERIFIED, reason=reason)


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        refuse(f"the member {twice!r} stands in it twice")
    return members


def _whole(digits: str) -> int:
    if len(digits) > _MAX_DIGITS or digits == "-0" or abs(int(digits)) > MAX_INTEGER:
        _not_whole(digits)
    return int(digits)


def _not_whole(number: str) -> NoReturn:
    shown = number if len(number) <= _MAX_DIGITS else f"{number[:_MAX_DIGITS]}..."
    refuse(f"the number {shown} is not whole and within 2^53")


def _object(value: Json, name: str, members: tuple[str, ...]) -> dict[str, Json]:
    if not isinstance(value, dict):
        refuse(f"{name} is not an object")
    for member in members:
        if member not in value:
            refuse(f"{name} lacks the member {member}")
    if len(value) != len(members):
        strange = next(member for member in value if member not in members)
        refuse(f"{name} has the unknown member {strange!r}")
    return value


def _list(value: Json, name: str) -> list[Json]:
    if not isinstance(value, list):
        refuse(f"{name} is not a list")
    return value


def _text(value: Json, name: str) -> str:
    if not isinstance(value, str):
        refuse(f"{name} is not text")
    return value


def _hash(value: Json, name: str) -> bytes:
    try:
        node = decode_base64(_text(value, name))
    except ValueError:
        refuse(f"{name} is not base64")
    if len(node) != HASH_BYTES:
        refuse(f"{name} is not a hash of {HASH_BYTES} bytes")
    return node


def _article(value: Json, name: str) -> LawArticle:
    members = _object(value, name, _LAW)
    texts = {each: _text(members[each], f"{name}.{each}") for each in _LAW_TEXTS}
    titles = {each: _titles(members[each], f"{name}.{each}") for each in _LAW_TITLES}
    start, link, end = (
        None if members[each] is None else _text(members[each], f"{name}.{each}")
        for each in _LAW_OPEN
    )
    return LawArticle(
        id=texts["id"],
        instrument=texts["instrument"],
        instrument_titles=titles["instrument_titles"],
        number=texts["number"],
        titles=titles["titles"],
        paraphrase=titles["paraphrase"],
        start=start,
        end=end,
        link=link,
        confidence=texts["confidence"],
    )


def _titles(value: Json, name: str) -> dict[str, str]:
    if not isinstance(value, dict):
        refuse(f"{name} is not an object")
    return {language: _text(text, f"{name}.{language}") for language, text in value.items()}
