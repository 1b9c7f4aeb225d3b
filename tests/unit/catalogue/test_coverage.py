"""Each noted fact is named once, by something that exists and claims no better mark."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.catalogue import load_pack
from goodstanding.catalogue.coverage import Coverage, Reason, read_coverage
from goodstanding.catalogue.facts import Mark, read_facts, read_mark
from goodstanding.kernel import GoodStandingError

NOTES = """
schema: harbour/1
rules:
  - id: berth
    zh: 泊位
    fine: {max: 5000, confidence: V}
    kept: [12, 24]
    grades:
      - {grade: A, min: 90}
      - {grade: B, min: 70, confidence: "V2 (a newspaper)"}
    kept_confidence: K
    confidence: V
  - {id: tide, text: "not found", confidence: "V / GAP for the table"}
count: GAP
"""

COVERED = """
pack: harbour
encoded:
  port.yaml:
    rules.berth.fine: {by: [catalogue/berth_fine, law/port_act.3]}
    rules.berth.kept: {by: [subject_kinds/operator], but: "the older term"}
    rules.berth.grades.A: {mark: V2, by: [identifier_schemes/lum-op]}
left_out:
  - {reason: later, why: "with boats", files: {port.yaml: [rules.berth.grades.B, count]}}
  - {reason: gap, why: "no table", files: {port.yaml: [rules.tide*]}}
"""


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A folder of notes about the Port of Lumen."""
    folder = tmp_path / "facts"
    folder.mkdir()
    (folder / "port.yaml").write_text(NOTES, "utf-8")
    return folder


def covered(folder: Path, facts: Path, text: str = COVERED) -> Coverage:
    (folder / "coverage.yaml").write_text(text, "utf-8")
    return read_coverage(load_pack(folder), facts)


def test_facts_are_records_and_loose_values_with_the_worst_mark_they_are_given(
    facts: Path,
) -> None:
    assert [(fact.path, fact.mark) for fact in read_facts(facts)] == [
        ("rules.berth.fine", Mark.V),
        ("rules.berth.kept", Mark.K),
        ("rules.berth.grades.A", Mark.V),
        ("rules.berth.grades.B", Mark.V2),
        ("rules.tide", Mark.GAP),
        ("count", Mark.GAP),
    ]


def test_what_became_of_every_fact(harbour_folder: Path, facts: Path) -> None:
    found = covered(harbour_folder, facts)
    assert not found.findings
    assert not found.not_looked_at
    assert [(e.fact.path, e.mark, e.but) for e in found.encoded] == [
        ("rules.berth.fine", Mark.V, None),
        ("rules.berth.kept", Mark.K, "the older term"),
        ("rules.berth.grades.A", Mark.V2, None),
    ]
    assert [(e.fact.path, e.reason, e.why) for e in found.left_out] == [
        ("rules.berth.grades.B", Reason.LATER, "with boats"),
        ("rules.tide", Reason.GAP, "no table"),
        ("count", Reason.LATER, "with boats"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "what"),
    [
        (", count]", "]", "GS-PACK-042", "port.yaml#count: not looked at"),
        (", count]", ", rules.berth.kept, count]", "GS-PACK-043", "named 2 times"),
        (", count]", ", counts, count]", "GS-PACK-044", "port.yaml#counts"),
        ("rules.tide*", "rules.tides*", "GS-PACK-044", "port.yaml#rules.tides*"),
        ("law/port_act.3]", "law/port_act.4]", "GS-PACK-004", "law/port_act.4"),
        ("subject_kinds/operator", "law/port_act.9", "GS-PACK-045", "marked V, the fact only K"),
        ("[identifier_schemes/lum-op]", "[parameters/fine_months]", "GS-PACK-045", "only V2"),
    ],
)
def test_what_is_wrong_with_a_coverage(
    harbour_folder: Path, facts: Path, old: str, new: str, code: str, what: str
) -> None:
    assert old in COVERED
    found = covered(harbour_folder, facts, COVERED.replace(old, new, 1))
    assert [f.code.id for f in found.findings if what in f.what] == [code]
    assert all(finding.place is not None for finding in found.findings)


def test_an_encoded_fact_needs_a_mark(harbour_folder: Path, facts: Path) -> None:
    notes = (facts / "port.yaml").read_text("utf-8").replace("    confidence: V\n", "")
    (facts / "port.yaml").write_text(notes, "utf-8")
    text = COVERED.replace("{mark: V2, by:", "{by:")
    assert [f.code.id for f in covered(harbour_folder, facts, text).findings] == ["GS-PACK-046"]


def test_a_pack_without_coverage_is_refused(harbour_folder: Path, facts: Path) -> None:
    with pytest.raises(GoodStandingError) as refusal:
        read_coverage(load_pack(harbour_folder), facts)
    assert refusal.value.code.id == "GS-PACK-041"


def test_a_folder_without_facts_is_refused(harbour_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(GoodStandingError) as refusal:
        covered(harbour_folder, tmp_path / "nowhere")
    assert refusal.value.code.id == "GS-PACK-040"


def test_a_reason_that_is_none_is_refused_with_its_place(harbour_folder: Path, facts: Path) -> None:
    with pytest.raises(GoodStandingError) as refusal:
        covered(harbour_folder, facts, COVERED.replace("reason: gap", "reason: boring"))
    assert refusal.value.code.id == "GS-PACK-003"
    assert str(refusal.value.place).endswith("coverage.yaml:10:14")


@given(st.lists(st.sampled_from(["V", "V2", "K", "GAP"]), max_size=4))
def test_the_mark_of_a_text_is_the_worst_it_names(words: list[str]) -> None:
    text = "; ".join(f"{word} for part {n} (a Vote, Known to none)" for n, word in enumerate(words))
    assert read_mark(text) == max((Mark[word] for word in words), default=None)
