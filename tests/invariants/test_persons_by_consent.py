"""DESIGN 2.8 persons_by_consent: until there is consent, natural persons are refused outright.

A person's number is refused whatever it is called, and no name that a person says is theirs is
sealed as a business.
"""

from __future__ import annotations

import ast
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from goodstanding.catalogue import load_pack, read_pack
from goodstanding.evaluation import lint_schemes, load_schemes
from goodstanding.ingest import ingest
from goodstanding.kernel import (
    FixedClock,
    GoodStandingError,
    Nature,
    Noted,
    refuse_natural_person,
)
from goodstanding.kernel import persons as gate
from goodstanding.register import Node

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


# ---- a person's number is refused whatever it is called --------------------------------------

_CN = Path(__file__).parents[2] / "src" / "goodstanding" / "packs" / "cn"
_SOURCE = """\
id: any
titles: {en: Any, zh: 任意}
authority: industry
items: [sme_payment]
format: csv
columns: [no, subject, name]
persons: {told_by: identifier}
gates: {min_share_of_last: "0", max_rejected_share: "1"}
"""
_SELECT = """\
SELECT no AS source_key, 'sme_payment' AS item, subject, name AS subject_name,
  'Paper ' || no AS document, 'sme_payments.9' AS basis, '2025-07-01' AS decided_on,
  '1.00' AS amount, 'delivery' AS runs_from, '2025-07-01' AS started_on
FROM delivered
"""
_NOTED = Noted("test", 0)


@st.composite
def _citizens(draw: st.DrawFn) -> str:
    """A valid citizen number: region, day of birth, sequence and check character, invented."""
    region = draw(st.integers(100_000, 999_999))
    born = date(1900, 1, 1) + timedelta(days=draw(st.integers(0, 45_000)))
    number = f"{region}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    number += mod_11_2.calc_check_digit(number)
    # As it may be written in a file: with dashes, and the X small.
    number = draw(st.sampled_from([number, number.lower()]))
    return draw(st.sampled_from([number, f"{number[:6]}-{number[6:14]}-{number[14:]}"]))


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(_citizens(), min_size=20, max_size=60),
    schemes=st.lists(
        st.sampled_from(
            ["cn-uscc-body", "cn-uscc", "cn-uscc-sole-trader", "cn-ric", "lei", "x", ""]
        ),
        min_size=7,
        max_size=7,
    ),
)
def test_a_citizen_number_is_never_sealed_under_any_scheme(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[str], schemes: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("persons")
    pack_folder = folder / "cn"
    shutil.copytree(_CN, pack_folder)
    (pack_folder / "sources").mkdir()
    (pack_folder / "sources" / "any.yaml").write_text(_SOURCE, "utf-8")
    (pack_folder / "sources" / "any.sql").write_text(_SELECT, "utf-8")
    pack, clock = load_pack(pack_folder), FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    node = Node.create(
        folder / "node", "cn.example/register", pack.id, pack.digest, clock, noted=_NOTED
    )
    rows = [
        f"{n},{schemes[n % 7]}:{number},A firm".replace(",:", ",")
        for n, number in enumerate(numbers)
    ]
    # One true body, so that the delivery is taken.
    rows.append("good,cn-uscc-body:12110000MB0123450C,A body")
    file = folder / "any.csv"
    file.write_text("\n".join(["no,subject,name", *rows, ""]), "utf-8")
    report = ingest(node, pack, "any", file, clock=clock, noted=_NOTED)
    assert (report.accepted, report.rejected) == (1, len(numbers))
    ours = [n for n in range(len(numbers)) if not schemes[n % 7].startswith("cn-ric")]
    assert report.held >= len(ours) - sum(schemes[n % 7] == "cn-uscc-sole-trader" for n in ours)
    for segment in (node.layout.segments).rglob("*.parquet"):
        content = segment.read_bytes()
        assert not any(number.encode() in content for number in numbers)
