"""What a delivery does is shown by name, before it is sealed and afterwards."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from goodstanding.catalogue import load_pack
from goodstanding.cli.main import app
from goodstanding.register import Node

HEADER = "ref,type,body_no,body_name,paper,received,due,done,amount"


def line(n: int, amount: str = "100.00") -> str:
    return f"S{n},INV,PB000{n},Body {n},P-S{n},2026-01-05,2026-02-05,,{amount}"


def command(*words: object, ok: bool = True) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "160"})
    if ok:
        assert result.exit_code == 0, (result.output, result.exception)
    return result


def read(*words: object) -> Any:
    return json.loads(command(*words, "--json").stdout)


class Ledger:
    """A node that takes the ledger of public bodies, day by day."""

    def __init__(self, folder: Path, pack: str | Path = "template") -> None:
        self.folder, self.node = folder, folder / "node"
        command("init", self.node, "--pack", pack, "--origin", "m.example/r", "--by", "one")

    def file(self, name: str, *lines: str) -> Path:
        path = self.folder / name
        path.write_text("\n".join([HEADER, *lines, ""]), "utf-8")
        return path

    def take(self, path: Path, day: str, *words: object) -> Any:
        return read(
            "ingest", "-s", "procurement", path, "--node", self.node, "--as-of", day,
            "--allow-fewer", "--by", "clerk", *words,
        )  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def test_a_dry_run_names_everyone_and_seals_nothing(ledger: Ledger) -> None:
    ledger.take(ledger.file("a.csv", line(1), line(2), line(3)), "2026-03-01")
    head = Node.open(ledger.node).log.head
    second = ledger.file("b.csv", line(1, "60.00"), line(3), line(4), *[line(5, "1.005")])
    told = command(
        "ingest", "-s", "procurement", second, "--node", ledger.node, "--as-of", "2026-04-01",
        "--dry-run", "--json", ok=False,
    )  # fmt: skip
    shown = json.loads(told.stdout)
    # One row in four is faulty: the gate of the contract would refuse the file, and that is said.
    assert (told.exit_code, shown["refused"]["code"]) == (1, "GS-INGEST-008")
    named = {(one["what"], one["source_key"]) for one in shown["named"]}
    assert named == {("changed", "S1"), ("withdrawn", "S2"), ("new", "S4"), ("rejected", "S5")}
    (changed,) = [one for one in shown["named"] if one["what"] == "changed"]
    assert (changed["row"], changed["detail"]) == (2, "amount 100.00 -> 60.00")
    node = Node.open(ledger.node)
    assert node.log.head == head
    assert not list(node.layout.quarantine.glob("*"))


def test_afterwards_it_is_shown_the_same(ledger: Ledger) -> None:
    ledger.take(ledger.file("a.csv", line(1), line(2), line(3)), "2026-03-01")
    second = ledger.file("b.csv", line(1, "60.00"), line(3), line(4))
    rehearsed = ledger.take(second, "2026-04-01", "--dry-run")["named"]
    entry = ledger.take(second, "2026-04-01")["entry"]
    shown = read("deliveries", "show", entry, "--node", ledger.node, "--by", "clerk")["named"]

    def said(named: list[dict[str, object]]) -> list[dict[str, object]]:
        return [{k: v for k, v in one.items() if k != "leaf"} for one in named]

    assert said(shown) == said(rehearsed)
    text = command("deliveries", "show", entry, "--node", ledger.node, "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["what"] for row in rows] == [one["what"] for one in shown]
    listed = read("deliveries", "list", "--node", ledger.node)
    assert [(d["as_of"], d["withdrawn"]) for d in listed] == [("2026-03-01", 0), ("2026-04-01", 1)]


def test_who_was_rejected_is_named_as_well(ledger: Ledger) -> None:
    rows = [f"G{n},INV,PB0001,Body 1,P-G{n},2026-01-05,2026-02-05,,1.00" for n in range(30)]
    taken = ledger.take(ledger.file("a.csv", *rows, line(5, "1.005")), "2026-03-01")
    shown = read("deliveries", "show", taken["entry"], "--node", ledger.node)["named"]
    (rejected,) = [one for one in shown if one["what"] == "rejected"]
    assert (rejected["row"], rejected["source_key"], rejected["subject"]) == (
        32, "S5", "mer-body:PB0005",
    )  # fmt: skip
    assert "amount: '1.005'" in rejected["detail"]


def test_an_unknown_delivery_is_answered_with_what_to_do(ledger: Ledger) -> None:
    told = command("deliveries", "show", "99", "--node", ledger.node, ok=False)
    assert "GS-INGEST-039" in str(told.exception)


def test_a_full_list_given_again_later_is_refused(ledger: Ledger) -> None:
    """Day 1, day 2 without S2, day 3 with S2 back, then day 2 again."""
    day2 = ledger.file("day2.csv", line(1), line(3), line(4))
    ledger.take(ledger.file("day1.csv", *map(line, range(1, 5))), "2026-03-01")
    ledger.take(day2, "2026-03-02")
    ledger.take(ledger.file("day3.csv", *map(line, range(1, 5))), "2026-03-03")
    head = Node.open(ledger.node).log.head
    undated = command(
        "ingest", "-s", "procurement", day2, "--node", ledger.node, "--by", "c", ok=False
    )
    assert str(getattr(undated.exception, "code", undated.exception)).find("GS-INGEST-033") >= 0
    again = command(
        "ingest", "-s", "procurement", day2, "--node", ledger.node, "--as-of", "2026-03-02",
        "--by", "c", ok=False,
    )  # fmt: skip
    assert "GS-INGEST-038" in str(again.exception)
    assert Node.open(ledger.node).log.head == head
    assert ledger.take(day2, "2026-03-02", "--again")["withdrawn"] == 0
    body = "mer-body:PB0002"
    held = read("records", body, "--node", ledger.node, "--as-of", "2026-04-01", "--by", "auditor")
    assert held["stood"] == 1


def test_a_record_that_was_gone_and_is_back_did_not_stand_in_between(tmp_path: Path) -> None:
    pack = Path(shutil.copytree(load_pack("template").folder, tmp_path / "pack"))
    contract = pack / "sources" / "procurement.yaml"
    contract.write_text(contract.read_text("utf-8").replace("missing: withdrawn", "missing: ended"))
    ledger = Ledger(tmp_path, pack)
    ledger.take(ledger.file("a.csv", line(1), line(2)), "2026-03-01")
    ledger.take(ledger.file("b.csv", line(1)), "2026-04-01")
    ledger.take(ledger.file("c.csv", line(1), line(2)), "2026-05-01")
    days = {"2026-03-31": 1, "2026-04-01": 0, "2026-04-30": 0, "2026-05-01": 1}
    for day, stood in days.items():
        held = read("records", "mer-body:PB0002", "--node", ledger.node, "--as-of", day)
        assert held["stood"] == stood, day


def test_records_tell_what_stood_on_a_day(ledger: Ledger) -> None:
    ledger.take(ledger.file("a.csv", line(1), line(2)), "2026-03-01")
    early = read("records", "mer-body:PB0001", "--node", ledger.node, "--as-of", "2026-01-31")
    assert (early["stood"], len(early["records"])) == (0, 1)
    looks = read("access", "list", "--node", ledger.node)
    assert "records_read" in {look["event"] for look in looks}
