"""DESIGN 2.8 persons_by_consent: until there is consent, natural persons are refused outright."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from goodstanding.catalogue import read_pack
from goodstanding.kernel import GoodStandingError, Nature, refuse_natural_person
from goodstanding.kernel import persons as gate

SRC = Path(__file__).parents[2] / "src" / "goodstanding"


def test_the_gate_refuses_persons_and_only_persons() -> None:
    refuse_natural_person(Nature.ORGANISATION, "A company")
    refuse_natural_person(Nature.PUBLIC_BODY, "A court")
    with pytest.raises(GoodStandingError) as refusal:
        refuse_natural_person(Nature.NATURAL_PERSON, "A person")
    assert refusal.value.code.id == "GS-PERSON-001"


def test_the_gate_has_no_setting() -> None:
    """It reads nothing but its arguments: no environment, no file, no global that can change."""
    tree = ast.parse(Path(gate.__file__).read_text("utf-8"))
    (function,) = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    assert names == {
        "Nature",
        "nature",
        "str",
        "subject",
        "Place",
        "place",
        "GoodStandingError",
        "NATURAL_PERSON",
    }
    imported = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert imported == {"enum", "goodstanding.kernel.errors", "goodstanding.kernel.refusals"}


def test_a_person_is_refused_as_the_subject_of_an_item(harbour_folder: Path) -> None:
    item = harbour_folder / "catalogue" / "berth_fine.yaml"
    item.write_text(item.read_text("utf-8").replace("[operator]", "[resident]"), "utf-8")
    assert "GS-PERSON-001" in [finding.code.id for finding in read_pack(harbour_folder)[1]]
