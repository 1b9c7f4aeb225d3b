"""DESIGN 2.8 persons_by_consent: until there is consent, natural persons are refused outright."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from goodstanding.catalogue import load_pack, read_pack
from goodstanding.evaluation import lint_schemes, load_schemes
from goodstanding.kernel import GoodStandingError, Nature, refuse_natural_person
from goodstanding.kernel import persons as gate

_CITIZENS = """\
id: citizens
titles: {en: Merit of residents}
authority: harbour_office
subject_kind: resident
act: port_act.3
version: 1
in_force: {from: 2015-01-01}
unit: points
scale: 0
selections: {fines: {items: [berth_fine]}}
indicators: {number: {of: fines, take: count}}
rules:
  merit: {titles: {en: Merit}, article: port_act.3, points: number}
grades:
  direction: lower_is_better
  labels: {A: {titles: {en: Good}}}
  order: [A]
  bands: [{grade: A}]
"""


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


def test_a_person_is_refused_as_the_subject_of_a_scheme(harbour_folder: Path) -> None:
    schemes = harbour_folder / "schemes"
    schemes.mkdir()
    (schemes / "citizens.yaml").write_text(_CITIZENS, "utf-8")
    pack = load_pack(harbour_folder)
    assert "GS-PERSON-001" in [finding.code.id for finding in lint_schemes(pack)]
    with pytest.raises(GoodStandingError) as refusal:
        load_schemes(pack)
    assert refusal.value.code.id == "GS-PERSON-001"
