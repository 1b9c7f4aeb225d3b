"""What two patterns of identifiers have in common, worked out and not sampled.

The patterns of schemes are small: literals, classes, groups, alternatives and repetitions. Each
becomes an automaton; two are walked side by side over every character an identifier may have.
What is written otherwise is not understood, and then nothing is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from string import ascii_letters, digits

#: The characters that the value of an identifier may have.
_ALPHABET = ascii_letters + digits + "._/-"
_CLASSES = {"d": digits, "w": ascii_letters + digits + "_"}
#: More steps than this, and the pattern is taken for one that is not understood.
_MOST = 20_000
#: States looked at in all, over every pair and character.
_MOST_WORK = 5_000_000

States = frozenset[int]


@dataclass(frozen=True, slots=True)
class Relation:
    """Whether some value fits both patterns, and whether all that fit the first fit both."""

    overlap: bool
    within: bool


class _NotUnderstoodError(Exception):
    """The pattern has something that is not read here."""


#: What Python's `re` reads and RE2 does not, or reads otherwise.
_ONLY_PYTHON = (
    (re.compile(r"\(\?(?!:)"), "look-arounds, flags and named groups are not read"),
    (re.compile(r"\\[1-9]"), "references back to a group are not read"),
    (re.compile(r"\\[ZAGpPkN]"), "a letter after a backslash has no meaning here"),
    (re.compile(r"[*+?}]\+"), "possessive repetitions are not read"),
)
_TIMES = re.compile(r"\{([0-9]*)(?:,([0-9]*))?\}")
#: RE2 refuses more, and more in each other.
_MOST_TIMES = 1_000


def pattern_problem(pattern: str, groups: int | None = None) -> str | None:
    """Why a regular expression of a pack cannot be used; None if it can.

    ``groups`` is how many groups it must have, if that matters.
    """
    try:
        found = re.compile(pattern).groups
    except re.error as error:
        return f"it cannot be read at character {(error.pos or 0) + 1}"
    except (RecursionError, OverflowError):
        return "it is nested too deep"
    for only_python, problem in _ONLY_PYTHON:
        if only_python.search(pattern.replace("\\\\", "")):
            return problem
    # Times within times count as their product; so does what only stands beside: rare, and safe.
    most = 1
    for least, more in _TIMES.findall(pattern):
        most *= max(1, int(least or 0), int(more or 0))
    if most > _MOST_TIMES:
        return f"it repeats something more than {_MOST_TIMES:,} times"
    if groups is not None and found != groups:
        return f"it has {found} groups and needs {groups}"
    return None


@cache
def relation(pattern: str, other: str) -> Relation | None:
    """How the values of ``pattern`` lie to those of ``other``; None if one is not understood."""
    try:
        left, right = _Automaton(pattern), _Automaton(other)
    except (_NotUnderstoodError, RecursionError):
        return None
    overlap, within, work = False, True, 0
    waiting = [(left.start, right.start)]
    seen = set(waiting)
    while waiting:
        a, b = waiting.pop()
        if left.end in a:
            overlap |= right.end in b
            within &= right.end in b
        for character in _ALPHABET:
            pair = (left.step(a, character), right.step(b, character))
            if pair[0] and pair not in seen:
                seen.add(pair)
                waiting.append(pair)
        work += len(_ALPHABET) * (len(a) + len(b))
        if len(seen) > _MOST or work > _MOST_WORK:
            return None
    return Relation(overlap, within)


class _Automaton:
    """A pattern as states with moves on a character or on none."""

    def __init__(self, pattern: str) -> None:
        self._text, self._at = pattern, 0
        self._moves: list[list[tuple[str, int]]] = []
        self._free: list[list[int]] = []
        first, self.end = self._alternatives()
        if self._at != len(pattern):
            raise _NotUnderstoodError
        self.start = self._closure({first})

    def step(self, states: States, character: str) -> States:
        """The states after one more character."""
        reached = {to for state in states for among, to in self._moves[state] if character in among}
        return self._closure(reached)

    def _closure(self, states: set[int]) -> States:
        found, waiting = set(states), list(states)
        while waiting:
            for to in self._free[waiting.pop()]:
                if to not in found:
                    found.add(to)
                    waiting.append(to)
        return frozenset(found)

    def _state(self) -> int:
        if len(self._moves) > _MOST:
            raise _NotUnderstoodError
        self._moves.append([])
        self._free.append([])
        return len(self._moves) - 1

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise _NotUnderstoodError
        self._at += 1
        return character

    def _alternatives(self) -> tuple[int, int]:
        first, last = self._state(), self._state()
        while True:
            begin, end = self._sequence()
            self._free[first].append(begin)
            self._free[end].append(last)
            if self._peek() != "|":
                return first, last
            self._take()

    def _sequence(self) -> tuple[int, int]:
        first = end = self._state()
        while self._peek() not in ("", "|", ")"):
            begin = self._at
            piece = self._piece()
            after = self._at
            least, most = self._times()
            resume = self._at
            end = self._repeat(end, piece, (begin, after), (least, most))
            self._at = resume
        return first, end

    def _repeat(
        self,
        end: int,
        piece: tuple[int, int],
        written: tuple[int, int],
        times: tuple[int, int | None],
    ) -> int:
        """The piece, read again from where it is written for each of its times."""
        least, most = times
        done = 0
        while most is None or done < most:
            if done:
                self._at = written[0]
                piece = self._piece()
            begin, last = piece
            self._free[end].append(begin)
            if done >= least:
                self._free[end].append(last)
            if most is None and done + 1 >= least:
                self._free[last].append(begin)
                if least == 0:
                    self._free[end].append(last)
                return last
            # What may be left out may be left out with all that follows it.
            end, done = last, done + 1
        return end

    def _piece(self) -> tuple[int, int]:
        character = self._take()
        if character == "(":
            if self._text.startswith("?:", self._at):
                self._at += 2
            elif self._peek() == "?":
                raise _NotUnderstoodError
            found = self._alternatives()
            if self._take() != ")":
                raise _NotUnderstoodError
            return found
        if character in "^$*+?{})":
            raise _NotUnderstoodError
        match character:
            case "[":
                among = self._class()
            case "\\":
                among = self._escape()
            case ".":
                among = _ALPHABET
            case _:
                among = character
        begin, end = self._state(), self._state()
        self._moves[begin].append((among, end))
        return begin, end

    def _escape(self) -> str:
        character = self._take()
        if character.isalnum() and character not in _CLASSES:
            raise _NotUnderstoodError
        return _CLASSES.get(character, character)

    def _class(self) -> str:
        negated = self._peek() == "^"
        if negated:
            self._take()
        among = ""
        while not among or self._peek() != "]":
            character = self._take()
            if character == "[" and self._peek() == ":":
                raise _NotUnderstoodError
            found = self._escape() if character == "\\" else character
            if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] != "]":
                self._take()
                last = self._take()
                found = "".join(c for c in _ALPHABET if found[-1] <= c <= last)
            among += found
        self._take()
        return "".join(c for c in _ALPHABET if c not in among) if negated else among

    def _times(self) -> tuple[int, int | None]:
        sign = self._peek()
        if sign not in ("*", "+", "?", "{"):
            return 1, 1
        self._take()
        if sign != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        inside, closed, _ = self._text[self._at :].partition("}")
        least, comma, most = inside.partition(",")
        if not closed or not least.isdigit() or (most and not most.isdigit()) or int(least) > 64:
            raise _NotUnderstoodError
        self._at += len(inside) + 1
        if not comma:
            return int(least), int(least)
        return int(least), int(most) if most else None
