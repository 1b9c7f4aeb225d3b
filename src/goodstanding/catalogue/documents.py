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

from goodstanding.catalogue.errors import BAD_YAML, DUPLICATE_KEY
from goodstanding.kernel import GoodStandingError, Place

#: The way from a file's top to one of its values: keys and list positions.
Path_ = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
#: How many lists and mappings may stand in each other; no file of a pack comes near.
_DEEPEST = 100
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
    """Read a YAML file. Raises GS-PACK-002 (not YAML, not UTF-8) and GS-PACK-010."""
    places: dict[Path_, tuple[int, int]] = {}
    try:
        text = path.read_bytes().decode("utf-8")
        node = _Parser(text).get_single_node()
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise GoodStandingError(BAD_YAML, place=Place(path), problem=problem) from None
    except UnicodeDecodeError as error:
        problem = f"byte {error.start + 1} is not UTF-8"
        raise GoodStandingError(BAD_YAML, place=Place(path), problem=problem) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        problem = error.problem or error.context or "unreadable"
        if mark is None:
            place = Place(path)
        elif mark.index < len(text):
            place = Place(path, mark.line + 1, mark.column + 1)
            # libyaml says that a character is wrong, and not which.
            problem = problem.replace("found character", f"found character {text[mark.index]!r}")
        else:
            # The end, which libyaml puts on a line of its own.
            place = Place(path, text.count("\n") + 1, len(text) - text.rfind("\n"))
        raise GoodStandingError(BAD_YAML, place=place, problem=problem) from None
    except YAMLError as error:
        problem = str(error).splitlines()[0]
        raise GoodStandingError(BAD_YAML, place=Place(path), problem=problem) from None
    return Document(path, None if node is None else _value(node, (), places, path), places)


def _value(node: Node, at: Path_, places: dict[Path_, tuple[int, int]], file: Path) -> object:
    if len(at) > _DEEPEST:
        raise GoodStandingError(BAD_YAML, place=Place(file, *_mark(node)), problem=_TOO_DEEP)
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
    try:
        match tag:
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text.replace("_", ""), 0 if text.lower().startswith("0x") else 10)
            case "float":
                return Decimal(text.replace("_", ""))
            case "timestamp":
                return date.fromisoformat(text)
    except (ValueError, ArithmeticError):
        problem = f"{text!r} is not a {tag}"
        raise GoodStandingError(
            BAD_YAML, place=Place(file, *_mark(node)), problem=problem
        ) from None
    return text


def _mark(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
