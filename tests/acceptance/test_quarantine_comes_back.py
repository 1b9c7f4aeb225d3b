"""A clerk mends the rows that came back, in a spreadsheet, and sends them again alone."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import goodstanding
from goodstanding.cli.main import app
from goodstanding.register import verify

COURTS = (
    "nr;type;party_no;party_name;file_no;decided;enforceable;published;amount;paid;outcome;note",
    "J1;JUD;00000017;Café Quai SA;F 1;03.02.2025;10.02.2025;11.02.2025;1000,50;;;-",
    "J2;JUD;00000017;Zoë & Söhne GmbH;F 2;30.02.2025;10.03.2025;11.03.2025;12,50;;;=1+1",
    "J3;JUD;00000017;'s-Graven NV;F 3;03.03.2025;10.03.2025;11.03.2025;twelve;;;'=x",
    "J4;JUD;00000017;Café Quai SA;F 4;03.03.2025",
)
FOOD = {
    "kind": "inspection",
    "agency": "FSA",
    "business_no": "00000017",
    "business_name": "Café Quai SA",
    "paper": "P 1",
    "decided": "2025-02-03",
    "published": "2025-02-10",
    "inspection_no": "I 1",
    "place": "Quay 1",
    "result": "pass",
    "findings": 0,
    "product": None,
    "class": None,
}
LABOUR = {
    "finding": "arrears",
    "inspectorate": "LI",
    "employer_no": "00000017",
    "employer_name": "Café Quai SA",
    "paper": "P 1",
    "decided": "2025-02-03",
    "effective": "2025-02-03",
    "published": "2025-02-10",
    "paid_since": None,
    "amount": "12.50",
    "workers": 3,
    "settled": False,
    "severity": None,
    "remedied": None,
}

Rows = list[dict[str, str]]


def run(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.stdout


def ingest(node: Path, source: str, file: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(
        run("ingest", "--node", node, "--source", source, file, "--json")
    )
    assert report["read"] == report["accepted"] + report["rejected"]
    return report


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Meridia, but a file may be bad throughout: that is what is tried here."""
    folder = tmp_path_factory.mktemp("pack") / "template"
    shutil.copytree(Path(goodstanding.__file__).parent / "packs" / "template", folder)
    for name in ("courts", "food_safety", "labour", "procurement"):
        file = folder / "sources" / f"{name}.yaml"
        lines = file.read_text("utf-8").splitlines()
        gates = 'gates: {min_share_of_last: "0.50", max_rejected_share: "1"}'
        lines = [gates if line.startswith("gates:") else line for line in lines]
        file.write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture
def node(pack: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "node"
    run("init", folder, "--pack", pack, "--origin", "meridia.example/test")
    return folder


def mend(report: dict[str, Any], to: Path, mending: Callable[[Rows], None]) -> Path:
    """Open the quarantine with Python's csv, change cells, and save it."""
    with Path(report["quarantine"]).open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    mending(rows)
    with to.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return to


def test_courts_in_latin_1_with_semicolons(node: Path, tmp_path: Path) -> None:
    file = tmp_path / "courts.csv"
    file.write_bytes(("\n".join(COURTS) + "\n").encode("latin-1"))
    first = ingest(node, "courts", file)
    assert (first["read"], first["accepted"], first["rejected"]) == (4, 1, 3)

    def mending(rows: Rows) -> None:
        dates, amount, line = rows
        assert (dates["note"], amount["note"]) == ("'=1+1", "''=x")
        assert dates["quarantine reasons"].startswith("decided: '30.02.2025' is not a date.")
        dates["decided"] = "03.03.2025"
        amount["amount"] = "12,00"
        cells = [*line["quarantine line"].split(";"), "10.03.2025", "11.03.2025", "8,00"]
        line.update(zip(COURTS[0].split(";"), cells, strict=False))

    second = ingest(node, "courts", mend(first, tmp_path / "mended.csv", mending))
    assert (second["read"], second["new"], second["rejected"]) == (3, 3, 0)
    assert verify(node).verified


def test_food_safety_in_parquet(node: Path, tmp_path: Path) -> None:
    rows = [{"key": "F1", **FOOD}, {"key": "F2", **FOOD, "decided": "2025-02-30"}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "food.parquet")
    first = ingest(node, "food_safety", tmp_path / "food.parquet")
    assert (first["accepted"], first["rejected"]) == (1, 1)

    def mending(rows: Rows) -> None:
        rows[0]["decided"] = "2025-02-03"

    second = ingest(node, "food_safety", mend(first, tmp_path / "mended.csv", mending))
    assert (second["read"], second["new"], second["withdrawn"]) == (1, 1, 0)


def test_labour_in_json(node: Path, tmp_path: Path) -> None:
    rows = [{"id": "L1", **LABOUR}, {"id": "L2", **LABOUR, "amount": "12.5x"}]
    (tmp_path / "labour.json").write_text(json.dumps(rows), "utf-8")
    first = ingest(node, "labour", tmp_path / "labour.json")
    assert (first["accepted"], first["rejected"]) == (1, 1)

    def mending(rows: Rows) -> None:
        rows[0]["amount"] = "12.50"

    second = ingest(node, "labour", mend(first, tmp_path / "mended.csv", mending))
    assert (second["read"], second["new"], second["withdrawn"]) == (1, 1, 0)


def test_a_full_list_loses_nothing_by_its_mended_part(node: Path, tmp_path: Path) -> None:
    header = "ref,type,body_no,body_name,paper,received,due,done,amount"
    lines = [f"I{n},INV,PB0017,Town,P,2025-01-02,2025-02-01,,10.00" for n in range(10)]
    file = tmp_path / "ledger-2026-03-01.csv"
    file.write_text(
        "\n".join([header, *lines, lines[0].replace("I0", "I10").replace("10.00", "x")])
    )
    first = ingest(node, "procurement", file)
    assert (first["accepted"], first["rejected"]) == (10, 1)

    def mending(rows: Rows) -> None:
        rows[0]["amount"] = "10.00"

    second = ingest(node, "procurement", mend(first, tmp_path / "mended.csv", mending))
    assert (second["read"], second["new"], second["withdrawn"]) == (1, 1, 0)


def test_the_command_shows_rows_in_the_agency_s_words(node: Path, tmp_path: Path) -> None:
    file = tmp_path / "courts.csv"
    file.write_bytes(("\n".join(COURTS) + "\n").encode("latin-1"))
    first = ingest(node, "courts", file)
    name = Path(first["quarantine"]).name
    listed = run("quarantine", "--node", node)
    assert name in listed
    shown = run("quarantine", "--node", node, name)
    assert f"{name}: 3 rows, 3 reasons" in shown
    assert "decided: '30.02.2025' is not a date. (GS-INGEST-131)" in shown
    assert "delivered: J4;JUD;00000017" in shown
    assert "decided_on" not in shown
