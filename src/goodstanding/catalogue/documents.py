"""YAML files with the place of every value, so that a finding can point at it.

Read as YAML 1.2: `no` is a text, `1.50` is an exact decimal and a date is a date.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from goodstanding.catalogue.errors import BAD_YAML, DUPLICATE_KEY
from goodstanding.kernel import GoodStandingError, Place

#: The way from a file's top to one of its values: keys and list positions.
Path_ = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"


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
        node = YAML(typ="safe", pure=True).compose(text)
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise GoodStandingError(BAD_YAML, place=Place(path), problem=problem) from None
    except UnicodeDecodeError as error:
        problem = f"byte {error.start + 1} is not UTF-8"
        raise GoodStandingError(BAD_YAML, place=Place(path), problem=problem) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)
        problem = error.problem or error.context or "unreadable"
        raise GoodStandingError(BAD_YAML, place=place, problem=problem) from None
    except YAMLError as error:
        problem = str(error).splitlines()[0]
        raise GoodStandingError(BAD_YAML, place=Place(path), problem=problem) from None
    return Document(path, None if node is None else _value(node, (), places, path), places)


def _value(node: Node, at: Path_, places: dict[Path_, tuple[int, int]], file: Path) -> object:
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
    text, tag = str(node.value), node.tag.removeprefix(_TAG) if isinstance(node.tag, str) else ""
    tag = tag or str(node.ctag).removeprefix(_TAG)
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
