"""Meridia is the tutorial and the regression test in one: it uses every construct there is.

What there is, is read off the shapes of a scheme file, the takes and the functions themselves, so
that a new construct fails here until Meridia uses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from goodstanding.catalogue import load_pack, read_document
from goodstanding.catalogue.shapes import FactShape, IndefiniteShape, ItemShape
from goodstanding.evaluation import shapes
from goodstanding.evaluation.model import Counts, Take

SCHEMES = sorted(
    path
    for path in (load_pack("template").folder / "schemes").glob("*.yaml")
    if ".tests." not in path.name
)
FUNCTIONS = (
    "add_months", "between", "case", "coalesce", "days_between", "greatest", "in", "is null",
    "least", "lookup", "months_between", "nullif", "period_end", "ratio", "start_of_month",
    "working_days_between", "years_between",
)  # fmt: skip


def keys(data: object) -> Iterator[str]:
    """Every key and every plain text of a scheme file."""
    match data:
        case dict():
            for key, value in data.items():
                yield str(key)
                yield from keys(value)
        case list():
            for value in data:
                yield from keys(value)
        case str():
            yield data


@pytest.fixture(scope="module")
def used() -> set[str]:
    pack = load_pack("template")
    return {word for file in pack.schemes.values() for word in keys(file.document.data)}


@pytest.fixture(scope="module")
def text() -> str:
    return "\n".join(path.read_text("utf-8") for path in SCHEMES)


#: Whatever Meridia's schemes read is delivered, so none of them says that nothing feeds it.
UNUSED = {("UnfedShape", "why"), ("UnfedShape", "selections"), ("SchemeShape", "unfed")}


def fields() -> list[tuple[str, str]]:
    """Every field of every part of a scheme file, by the name it has there."""
    parts = [
        shape
        for shape in vars(shapes).values()
        if isinstance(shape, type) and issubclass(shape, shapes.Shape)
    ]
    of_tests = ("RecordShape", "ExpectShape", "CaseShape", "TestsShape")
    found = [
        (shape.__name__, field.alias or name)
        for shape in parts
        if shape.__name__ not in of_tests
        for name, field in shape.model_fields.items()
    ]
    return [field for field in found if field not in UNUSED]


@pytest.mark.parametrize(("part", "field"), fields())
def test_it_uses_every_field(part: str, field: str, used: set[str]) -> None:
    assert field in used, part


@pytest.mark.parametrize(
    "field", [*ItemShape.model_fields, *IndefiniteShape.model_fields, *FactShape.model_fields]
)
def test_it_uses_every_field_of_an_item(field: str) -> None:
    folder = load_pack("template").folder / "catalogue"
    said = {word for file in folder.glob("*.yaml") for word in keys(read_document(file).data)}
    assert field in said


@pytest.mark.parametrize("word", [*Take, *Counts, "month", "quarter", "year", "first", "leave_out"])
def test_it_uses_every_word(word: str, used: set[str]) -> None:
    # Of a group all rules count unless something else is said.
    assert word in used or word == Counts.ALL


@pytest.mark.parametrize("function", FUNCTIONS)
def test_it_uses_every_function(function: str, text: str) -> None:
    assert re.search(rf"\b{function}\b", text)
