"""What the outside knows of a register: what was asked, what was acknowledged, what was seen.

Invariant: it is kept by the process that kills, from messages that its children wrote before
they died; nothing in it comes from the register's own files, except what an earlier check
found there and a later one must find again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

#: JSON objects, one a line, shorter than PIPE_BUF: a kill cannot cut one in two.
Message = Mapping[str, object]


def say(pipe: int, **message: object) -> None:
    """Tell the process that kills; once this returns, no kill takes it back."""
    os.write(pipe, json.dumps(message).encode() + b"\n")


@dataclass(slots=True)
class Asked:
    """One batch (or submitted event) as its writer asked for it.

    ``entries`` is how many; their tokens are ``<name>#0`` and so on, in leaf order. ``erases``
    are leaves whose payload it takes away.
    """

    name: str
    entries: int
    erases: list[int]
    acknowledged: bool = False
    #: The leaf of its first entry, once told or seen.
    first: int | None = None


@dataclass(slots=True)
class Book:
    """Everything known of one register."""

    asked: dict[str, Asked] = field(default_factory=dict)
    #: Root by size, of every head that was acknowledged or seen.
    roots: dict[int, str] = field(default_factory=dict)
    #: Batches that a recovery did not find: nothing may bring them back.
    dead: set[str] = field(default_factory=set)
    #: Leaves whose payload a sealed erasure has taken away.
    gone: set[int] = field(default_factory=set)
    #: Size of the newest checkpoint seen, and of the newest head that was acknowledged.
    published: int = 0
    acknowledged: int = 0
    #: What went wrong in a child, in its words.
    wrong: list[str] = field(default_factory=list)

    def hear(self, message: Message) -> None:
        """Note what a child has said."""
        match message:
            case {"asks": str(name), "entries": int(entries), "erases": list(leaves)}:
                self.asked[name] = Asked(name, entries, leaves)
            case {"refused": str(name)}:
                del self.asked[name]
            case {"has": str(name), "first": int() | None as first}:
                self.asked[name].acknowledged = True
                self.asked[name].first = first
            case {"size": int(size), "root": str(root)}:
                self._pin(size, root)
                self.acknowledged = max(self.acknowledged, size)
            case {"wrong": str(words)}:
                self.wrong.append(words)

    def _pin(self, size: int, root: str) -> None:
        if self.roots.setdefault(size, root) != root:
            self.wrong.append(f"two roots of {size} entries: {root} and {self.roots[size]}")

    def learn(self, firsts: Mapping[str, int], gone: list[int], size: int, root: str) -> None:
        """Note what a check has found; a batch it did not find is dead."""
        for name, asked in self.asked.items():
            asked.first = firsts.get(name)
        self.dead |= {name for name in self.asked if name not in firsts}
        self.asked = {name: asked for name, asked in self.asked.items() if name in firsts}
        self.gone |= set(gone)
        self._pin(size, root)
        self.published = self.acknowledged = size

    @property
    def leaves(self) -> dict[int, str]:
        """The token of every leaf whose batch is known."""
        return {
            asked.first + n: f"{asked.name}#{n}"
            for asked in self.asked.values()
            if asked.first is not None
            for n in range(asked.entries)
        }
