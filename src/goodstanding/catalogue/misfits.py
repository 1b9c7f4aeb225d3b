"""What of a file does not fit its shape, in our own words and once each.

pydantic says what it found in terms of Python, and of a value that may be one of several things
it says everything that it is not. Here each slip of the writer gives one sentence at the place
where it was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from goodstanding.catalogue.documents import Document, Path_
from goodstanding.kernel import Place

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

#: What a value was to be, by the kind of error that says it is not.
_KINDS = {
    "string_type": "a text",
    "int_type": "a whole number",
    "is_instance_of": "a number",
    "bool_type": "true or false",
    "date_type": "a date such as 2024-01-31",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping of names to values",
    "model_type": "a mapping of names to values",
    "model_attributes_type": "a mapping of names to values",
}
#: What the patterns of the shapes ask for; a new pattern gets its words here.
_PATTERNS = {
    "^[a-z][a-z0-9_-]*$": "small letters, digits, _ and -, a letter first",
    "^[a-z][a-z0-9_]*$": "small letters, digits and _, a letter first",
    "^[A-Za-z0-9][A-Za-z0-9_+-]*$": "letters, digits, _, + and -, a letter or digit first",
    r"^param\.[a-z][a-z0-9_]*$": "a parameter of the pack, such as param.days",
    r"^[\t -~]$": "one ASCII character or a tab",
    "^[!-~]?$": "one ASCII character, or none",
}
_SHOWN = 60
_COMMA = ' (a text with a comma in it is quoted: {en: "Fines, and fees"})'


@dataclass(frozen=True, slots=True)
class Misfit:
    """One value that does not fit: the way to it, its place, the kind of error, and a clause."""

    at: Path_
    place: Place
    kind: str
    problem: str

    @property
    def field(self) -> str:
        """The way to it, as the writer reads it."""
        return ".".join(map(str, self.at)) or "file"


def misfits(error: ValidationError, document: Document) -> Iterator[Misfit]:
    """Each thing that does not fit, in the order of the shape."""
    for at, found in groupby(error.errors(), key=lambda e: _known_part(e["loc"], document)):
        problems = list(found)
        places = [(_missing_or(at, problem), problem) for problem in problems]
        if len({way for way, _ in places}) > 1 or all(p["type"] == "missing" for p in problems):
            for way, problem in places:
                yield _misfit(way, [problem], document)
        else:
            yield _misfit(places[0][0], problems, document)


def _known_part(loc: Sequence[str | int], document: Document) -> Path_:
    """The way as far as the file has it: what pydantic adds names alternatives, not keys."""
    at: Path_ = ()
    for part in loc:
        if (*at, part) not in document.places:
            break
        at = (*at, part)
    return at


def _missing_or(at: Path_, problem: ErrorDetails) -> Path_:
    return (*at, problem["loc"][-1]) if problem["type"] == "missing" else at


def _misfit(at: Path_, problems: list[ErrorDetails], document: Document) -> Misfit:
    value = _at(document.data, at)
    kinds = list(dict.fromkeys(_KINDS[p["type"]] for p in problems if p["type"] in _KINDS))
    first = next((p for p in problems if p["type"] not in _KINDS), problems[0])
    if value is None and first["type"] != "missing":
        said = "has no value"
        if first["type"] in ("string_type", "extra_forbidden"):
            said += _COMMA
    elif kinds and first["type"] in _KINDS:
        wanted = [k for k in kinds if k != "a whole number" or "a number" not in kinds]
        said = f"is {_kind_of(value)}, not {' or '.join(wanted)}"
    else:
        said = _said(first, value)
    return Misfit(at, document.place(*at), first["type"], said)


def _said(problem: ErrorDetails, value: object) -> str:
    context: dict[str, Any] = dict(problem.get("ctx", {}))
    match problem["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "is no field of this file"
        case "string_pattern_mismatch":
            name = problem["loc"][-2] if problem["loc"][-1] == "[key]" else value
            return f"{_quoted(name)} is not {_PATTERNS[context['pattern']]}"
        case "enum" | "literal_error":
            return f"{_quoted(value)} is none of: {context['expected'].replace(' or ', ', ')}"
        case "greater_than_equal":
            return f"{value} is less than {context['ge']}"
        case "less_than_equal":
            return f"{value} is more than {context['le']}"
        case "too_short" | "string_too_short":
            return f"holds too little: at least {context['min_length']}"
        case "too_long" | "string_too_long":
            return f"holds too much: at most {context['max_length']}"
        case "value_error":
            return str(context["error"])
    raise AssertionError(f"no words for what pydantic calls {problem['type']}")


def _kind_of(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | Decimal():
            return f"the number {str(value)[:_SHOWN]}"
        case date():
            return f"the date {value}"
        case str():
            return f"the text {_quoted(value)}"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _quoted(value: object) -> str:
    said = str(value)
    return repr(said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…")


def _at(data: object, at: Path_) -> object:
    found: Any = data
    for step in at:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            return None
    return found
