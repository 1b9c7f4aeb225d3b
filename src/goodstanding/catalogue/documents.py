"""YAML files with the place of every value, so that a finding can point at it.

Read as YAML 1.2: `no` is a text, `1.50` is an exact decimal and a date is a date. libyaml parses;
what a plain scalar means is said here, because libyaml's Python face knows only YAML 1.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from yaml import MappingNode, MarkedYAMLError, Node, ScalarNode, SequenceNode, YAMLError
from yaml.cyaml import CParser
from yaml.resolver import BaseResolver

from goodstanding.catalogue.errors import BAD_YAML, DUPLICATE_KEY, PACK_TOO_LARGE
from goodstanding.catalogue.files import read_text
from goodstanding.kernel import GoodStandingError, Place

#: The way from a file's top to one of its values: keys and list positions.
Path_ = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
#: How many lists and mappings may stand in each other; no file of a pack comes near.
_DEEPEST = 100
#: How many values a file may hold, each alias counted as all that it stands for.
_MOST_VALUES = 200_000
_DIGITS = 38
_KINDS = {"int": "whole number", "float": "number", "timestamp": "date"}
_TOO_DEEP = f"it is nested more than {_DEEPEST} deep, or holds itself"
#: What a plain scalar is, by YAML 1.2's core schema and with dates: its pattern, and the
#: characters it may begin with ("" for one that is empty). All else is text.
_PLAIN = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "timestamp": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", list("0123456789")),
    "int": (r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9_]+)", list("-+0123456789")),
    "float": (
        r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+"
        r"|\.[0-9_]+(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
}


_NOT_ON = "it cannot be read on from here"
_NOT_CLOSED = "what begins with a bracket is not closed, or a comma is missing before this"
#: What libyaml calls the slips that are made, in words for who made them.
_WORDS = {
    "did not find expected key": "this line is not indented as those it belongs to",
    "mapping values are not allowed in this context": "a colon stands where none may; quote a "
    "text that holds one",
    "could not find expected ':'": "a key has no colon behind it",
    "did not find expected ',' or ']'": _NOT_CLOSED,
    "did not find expected ',' or '}'": _NOT_CLOSED,
    "did not find expected node content": "a value is missing here",
    "did not find expected '-' indicator": "this line is not indented as those it belongs to",
    "found character that cannot start any token": "no value begins with {character}; quote a "
    "text that does",
    "found a tab character that violates indentation": "it is indented by a tab; use blanks",
    "found unexpected end of stream": "a quotation mark is not closed",
    "found unexpected document indicator": "a quotation mark is not closed",
    "found undefined alias": "no anchor of this name stands before it",
    "found duplicate anchor": "another anchor has this name",
    "found unknown escape character": "no character is written in this way",
    "exceeded maximum nesting depth": _TOO_DEEP,
    "but found another document": "a second document begins; a file of a pack is one",
    "did not find expected <document start>": "the file goes on after its end",
    "block sequence entries are not allowed in this context": "a list begins where none may",
}


class _Parser(CParser, BaseResolver):  # type: ignore[misc]
    """libyaml's parser with the plain scalars of ``_PLAIN`` and a limit to its depth."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        BaseResolver.__init__(self)
        self._depth = 0

    def descend_resolver(self, parent: Node | None, index: object) -> None:
        """Note that the parser goes down by one; it calls itself, so the depth is bounded."""
        self._depth += 1
        if parent is not None and self._depth > _DEEPEST:
            raise MarkedYAMLError(problem=_TOO_DEEP, problem_mark=parent.start_mark)

    def ascend_resolver(self) -> None:
        """Note that the parser comes up again."""
        self._depth -= 1


for _tag, (_pattern, _first) in _PLAIN.items():
    _Parser.add_implicit_resolver(_TAG + _tag, re.compile(rf"(?:{_pattern})\Z"), _first)


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its plain values and where each of them stands."""

    path: Path
    data: object
    places: dict[Path_, tuple[int, int]] = field(repr=False)

    def place(self, *path: str | int) -> Place:
        """Where the value at ``path`` stands; its nearest ancestor where it is missing."""
        for length in range(len(path), -1, -1):
            if found := self.places.get(path[:length]):
                return Place(self.path, *found)
        return Place(self.path)


def read_document(path: Path) -> Document:
    """Read a YAML file. Raises GS-PACK-002 (not YAML), 010 and what ``read_text`` raises."""
    places: dict[Path_, tuple[int, int]] = {}
    try:
        text = read_text(path)
        node = _Parser(text).get_single_node()
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise GoodStandingError(BAD_YAML, place=Place(path), problem=problem) from None
    except MarkedYAMLError as error:
        raise _unreadable(error, path, text) from None
    except YAMLError:
        # A character that YAML has not; libyaml says no place.
        position = next((n for n, c in enumerate(text) if not _is_yaml(c)), len(text))
        place = _place_of(path, text, position)
        problem = "it holds a character that YAML does not have"
        raise GoodStandingError(BAD_YAML, place=place, problem=problem) from None
    return Document(path, None if node is None else _value(node, (), places, path), places)


def _unreadable(error: MarkedYAMLError, path: Path, text: str) -> GoodStandingError:
    mark = error.problem_mark
    if mark is None:
        return GoodStandingError(BAD_YAML, place=Place(path), problem=_NOT_ON)
    # The end, which libyaml puts on a line of its own, is behind the last character.
    position = min(mark.index, len(text))
    said = _WORDS.get(str(error.problem), _NOT_ON)
    if error.problem == _TOO_DEEP:
        said = _TOO_DEEP
    problem = said.format(character=repr(text[position : position + 1]))
    return GoodStandingError(BAD_YAML, place=_place_of(path, text, position), problem=problem)


def _place_of(path: Path, text: str, position: int) -> Place:
    before = text[:position]
    return Place(path, before.count("\n") + 1, position - before.rfind("\n"))


def _is_yaml(character: str) -> bool:
    return character in "\t\n\r\x85" or (character >= " " and not "\x7f" <= character <= "\x9f")


def _value(node: Node, at: Path_, places: dict[Path_, tuple[int, int]], file: Path) -> object:
    if len(at) > _DEEPEST:
        raise GoodStandingError(BAD_YAML, place=Place(file, *_mark(node)), problem=_TOO_DEEP)
    if len(places) >= _MOST_VALUES:
        problem = f"with its anchors it holds more than {_MOST_VALUES:,} values"
        raise GoodStandingError(PACK_TOO_LARGE, place=Place(file, *_mark(node)), problem=problem)
    places[at] = _mark(node)
    match node:
        case MappingNode():
            return _mapping(node, at, places, file)
        case SequenceNode():
            return [_value(item, (*at, n), places, file) for n, item in enumerate(node.value)]
        case ScalarNode():
            return _scalar(node, file)
    raise AssertionError(f"unknown kind of YAML node {type(node).__name__}")


def _mapping(
    node: MappingNode, at: Path_, places: dict[Path_, tuple[int, int]], file: Path
) -> dict[str, object]:
    values: dict[str, object] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in values:
            raise GoodStandingError(DUPLICATE_KEY, place=Place(file, *_mark(key_node)), key=key)
        values[key] = _value(value_node, (*at, key), places, file)
    return values


def _scalar(node: ScalarNode, file: Path) -> str | int | bool | date | Decimal | None:
    text, tag = str(node.value), str(node.tag).removeprefix(_TAG)
    if tag in ("int", "float") and len(text) > _DIGITS + 2:
        problem = f"a number has at most {_DIGITS} digits"
        raise GoodStandingError(BAD_YAML, place=Place(file, *_mark(node)), problem=problem)
    try:
        match tag:
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text.replace("_", ""), 0 if text.lower().startswith("0x") else 10)
            case "float":
                return _decimal(text.replace("_", ""))
            case "timestamp":
                return date.fromisoformat(text)
    except (ValueError, ArithmeticError):
        problem = f"{text[:_DIGITS]!r} is no {_KINDS[tag]}"
        raise GoodStandingError(
            BAD_YAML, place=Place(file, *_mark(node)), problem=problem
        ) from None
    return text


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    # `1e9999999` is short to write, and its digits fill the memory.
    if number.is_finite() and abs(number.adjusted()) > _DIGITS:
        raise ValueError(text)
    return number


def _mark(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
