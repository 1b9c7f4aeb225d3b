"""The text of a policy (https://c2sp.org/tlog-policy).

Invariant: what the text does not plainly say is refused with its line, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from goodstanding.kernel import GoodStandingError
from goodstanding.register.cosignature import WitnessKey
from goodstanding.register.errors import BAD_POLICY
from goodstanding.register.keys import VerifyingKey
from goodstanding.register.policy.model import NONE, Group, Policy, PolicyLog, Witness, shown

MAX_BYTES = 1 << 20
#: The format asks for at least 32 logs, 32 witnesses and 32 groups.
MAX_OF_A_KIND = 1024

_FORBIDDEN = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_BLANKS = re.compile(r"[ \t]+")
_Key = TypeVar("_Key", VerifyingKey, WitnessKey)
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def load_policy(file: Path) -> Policy:
    """Read a policy from its file. Raises GS-REGISTER-030."""
    return parse_policy(_read(file), file)


def parse_policy(data: bytes, file: str | Path = "policy") -> Policy:
    """Read a policy. Raises GS-REGISTER-030 with the line that is wrong."""
    reader = _Reader(file)
    last = reader.read(data)
    if reader.quorum is None:
        raise reader.refused(last, "there is no quorum line")
    return Policy(
        tuple(reader.logs),
        tuple(reader.witnesses.values()),
        tuple(reader.groups.values()),
        reader.quorum,
    )


def load_logs(file: Path) -> tuple[PolicyLog, ...]:
    """Read a file of ``log`` lines alone, as a witness keeps one. Raises GS-REGISTER-030."""
    reader = _Reader(file, only=("log",))
    reader.read(_read(file))
    return tuple(reader.logs)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise GoodStandingError(BAD_POLICY, file=file, line=0, reason=reason) from error


@dataclass
class _Reader:
    """Reads line after line; a name can only be used once it stands above."""

    file: str | Path
    only: Sequence[str] = ("log", "witness", "group", "quorum")
    logs: list[PolicyLog] = field(default_factory=list)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: str | None = None

    def read(self, data: bytes) -> int:
        """Read all lines; the number of the last."""
        if len(data) > MAX_BYTES:
            raise self.refused(0, "the policy is longer than any policy")
        lines = data.split(b"\n")
        if lines.pop():
            raise self.refused(len(lines) + 1, "the line does not end")
        for number, line in enumerate(lines, 1):
            if _FORBIDDEN.search(line):
                raise self.refused(number, "it holds a control character")
            words = _BLANKS.split(line.decode("utf-8", "surrogateescape").strip(" \t"))
            if words[0] and not words[0].startswith("#"):
                self._take(number, words)
        return len(lines)

    def refused(self, line: int, reason: str) -> GoodStandingError:
        return GoodStandingError(BAD_POLICY, file=self.file, line=line, reason=reason)

    def _take(self, line: int, words: list[str]) -> None:
        take: Mapping[str, Callable[[int, list[str]], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }
        if words[0] not in self.only:
            known = ", ".join(self.only)
            raise self.refused(line, f"{shown(words[0])!r} is none of: {known}")
        take[words[0]](line, words[1:])

    def _log(self, line: int, words: list[str]) -> None:
        if not 1 <= len(words) <= 2:
            raise self.refused(line, "a log has a vkey and perhaps a URL")
        key = self._key(line, words[0], VerifyingKey.parse)
        if any(log.key.public == key.public for log in self.logs):
            raise self.refused(line, "this log's key stands above already")
        self._limit(line, self.logs)
        self.logs.append(PolicyLog(key, *words[1:]))

    def _witness(self, line: int, words: list[str]) -> None:
        if not 2 <= len(words) <= 3:
            raise self.refused(line, "a witness has a name, a vkey and perhaps a URL")
        name = self._new_name(line, words[0])
        key = self._key(line, words[1], WitnessKey.parse)
        if any(witness.key.public == key.public for witness in self.witnesses.values()):
            raise self.refused(line, "this witness's key stands above already")
        self._limit(line, self.witnesses)
        self.witnesses[name] = Witness(name, key, *words[2:])

    def _group(self, line: int, words: list[str]) -> None:
        if len(words) < len(("name", "k", "member")):
            raise self.refused(line, "a group has a name, a number and at least one member")
        name, needed, *members = words
        self._new_name(line, name)
        for member in members:
            self._known(line, member)
            if member in self.members:
                raise self.refused(line, f"{shown(member)} is a member already")
            self.members.add(member)
        count = {"any": 1, "all": len(members)}.get(needed)
        if count is None:
            if not _NUMBER.fullmatch(needed) or int(needed) > len(members):
                wanted = f"any, all or a number from 1 to {len(members)}"
                raise self.refused(line, f"{shown(needed)!r} is not {wanted}")
            count = int(needed)
        self._limit(line, self.groups)
        self.groups[name] = Group(name, count, tuple(members))

    def _quorum(self, line: int, words: list[str]) -> None:
        if self.quorum is not None:
            raise self.refused(line, "there is a quorum line above already")
        if len(words) != 1:
            raise self.refused(line, "a quorum has one name")
        if words[0] != NONE:
            self._known(line, words[0])
        self.quorum = words[0]

    def _new_name(self, line: int, name: str) -> str:
        if name == NONE:
            raise self.refused(line, "the name none is taken by the format itself")
        if name in self.witnesses or name in self.groups:
            raise self.refused(line, f"the name {shown(name)} stands above already")
        return name

    def _known(self, line: int, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise self.refused(line, f"no line above defines {shown(name)}")

    def _key(self, line: int, text: str, parse: Callable[[str], _Key]) -> _Key:
        try:
            return parse(text)
        except GoodStandingError as error:
            reason = error.values["reason"]
            raise self.refused(line, f"the vkey cannot be used: {reason}") from None

    def _limit(self, line: int, found: Sequence[object] | Mapping[str, object]) -> None:
        if len(found) >= MAX_OF_A_KIND:
            raise self.refused(line, f"there are more than {MAX_OF_A_KIND} lines of this kind")
