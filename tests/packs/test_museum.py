"""The specimen parses, its report names every principle it breaks, and it is never in force."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from goodstanding.catalogue import list_packs, load_pack, read_pack
from goodstanding.catalogue.load import PACKS
from goodstanding.cli.main import app, run
from goodstanding.evaluation.load import read_scheme, read_shape
from goodstanding.evaluation.shapes import SchemeShape
from goodstanding.kernel import GoodStandingError, Nature

MUSEUM = PACKS / "museum"
PRINCIPLES = {
    "persons_by_consent",
    "closed_catalogue",
    "grounded",
    "everything_ends",
    "no_universal_score",
    "heard_first",
    "explained",
}

Invoke = Callable[..., Result]


@pytest.fixture
def invoke() -> Invoke:
    """Run one command."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_it_parses() -> None:
    pack, _ = read_pack(MUSEUM)
    assert pack is not None
    assert len(pack.items) == 15
    document = pack.schemes["rongcheng_personal"].document
    shape, findings = read_shape(SchemeShape, document)
    assert shape is not None
    assert not findings
    # Every name and type in it is in order; what is refused is what it is about.
    assert [f.code.id for f in read_scheme(pack, document)[1]] == ["GS-PERSON-001"]


def test_it_holds_nothing_but_persons_and_no_source_of_records() -> None:
    pack, _ = read_pack(MUSEUM)
    assert pack is not None
    assert {kind.nature for kind in pack.subject_kinds.values()} == {Nature.NATURAL_PERSON}
    assert not pack.sources


def test_its_report_names_every_principle_it_breaks(invoke: Invoke) -> None:
    result = invoke("pack", "lint", "museum", "--json")
    assert result.exit_code == 3
    found = json.loads(result.output)
    named = [re.match(r"(\w+): ", finding["what"]) for finding in found]
    assert {match.group(1) for match in named if match} == PRINCIPLES
    assert all(match is not None for match in named)
    assert all(finding["place"] for finding in found)


def test_the_discretionary_band_is_named(invoke: Invoke) -> None:
    found = json.loads(invoke("pack", "lint", "museum", "--json").output)
    chosen = [f["what"] for f in found if f["code"] == "GS-PACK-037"]
    assert chosen == [
        "explained: whoever reports 'other_conduct' chooses the points, from -50 to -5."
    ]


def test_it_is_no_pack_to_choose_from(invoke: Invoke) -> None:
    assert "museum" not in list_packs()
    with pytest.raises(GoodStandingError) as refusal:
        load_pack("museum")
    assert refusal.value.code.id == "GS-PACK-030"


def test_no_node_can_be_founded_on_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "node"
    assert run(["init", str(folder), "--pack", "museum", "--by", "Ada Quay"]) == 1
    assert "GS-PACK-030" in capsys.readouterr().err
    assert not folder.exists()


@pytest.mark.parametrize(
    "words",
    [
        ["ingest", "--source", "fines", "{file}"],
        ["evaluate", "museum/rongcheng_personal", "--as-of", "2020-06-01", "--out", "{out}"],
        ["explain", "museum-resident:MUSEUM-0001", "--scheme", "museum/rongcheng_personal"],
        [
            *("scheme", "publish", "museum/rongcheng_personal", "--act", "an order"),
            *("--backtest", "{out}"),
        ],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_node_whose_pack_becomes_the_specimen_does_nothing(
    words: list[str],
    harbour_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    node = tmp_path / "node"
    by = ["--by", "Ada Quay"]
    assert run(["init", str(node), "--pack", str(harbour_folder), *by]) == 0
    (kept,) = (node / "packs").iterdir()
    shutil.rmtree(kept)
    shutil.copytree(MUSEUM, kept)
    file = tmp_path / "fines.csv"
    file.write_text("operator\n", "utf-8")
    filled = [word.format(file=file, out=tmp_path / "out") for word in words]
    capsys.readouterr()
    assert run([*filled, "--node", str(node), *by]) == 1
    assert "GS-PACK-030" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_taking_the_label_off_does_not_put_it_into_force(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MUSEUM, tmp_path / "museum"))
    text = (folder / "pack.yaml").read_text("utf-8")
    text = re.sub(r"^specimen:\n(?:  .*\n)+", "", text, flags=re.MULTILINE)
    (folder / "pack.yaml").write_text(text, "utf-8")
    pack, findings = read_pack(folder)
    assert pack is not None
    assert pack.specimen is None
    assert not pack.items  # none has a basis and an end
    assert {finding.code.id for finding in findings} >= {"GS-PACK-006", "GS-PACK-007"}
    with pytest.raises(GoodStandingError):
        load_pack(folder)
