"""A record's end, all the way: from an agency's file to what a reader is told of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.nodes import create_node
from tests.packs.records import record
from typer.testing import CliRunner, Result

from goodstanding.catalogue import load_pack, read_pack
from goodstanding.cli.main import app
from goodstanding.evaluation.explain import explain
from goodstanding.evaluation.load import load_scheme
from goodstanding.evaluation.reference import evaluate_all
from goodstanding.ingest import ingest, read_quarantine
from goodstanding.kernel import FixedClock, Noted
from goodstanding.register import Node

HEADER = (
    "record_no,office,event,taxpayer_no,taxpayer_name,document_no,article,decided,effective,"
    "published,amount,reason,tax_year"
)
NOTED = Noted("test", 0)
CLOCK = FixedClock(datetime(2026, 7, 1, 12, tzinfo=UTC))


def penalty(no: int, effective: str, decided: str = "2025-03-04") -> str:
    said = f"L{no},MTO,PENALTY,{10000500 + no},Far Mill,D{no},12,{decided},{effective}"
    return f"{said},,500.00,LATE,"


@pytest.fixture
def command() -> Callable[..., Result]:
    """Run one command as a user does; no error of Python's own may come of it."""

    def run(*words: str | Path) -> Result:
        result = CliRunner().invoke(app, [str(word) for word in words])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


def test_a_day_beyond_the_calendar_is_refused_and_nobody_fails_over_it(
    command: Callable[..., Result], tmp_path: Path
) -> None:
    file, node = tmp_path / "far.csv", tmp_path / "node"
    days = ["2025-03-10"] * 5
    lines = [penalty(n, day) for n, day in enumerate([*days, "9999-12-31"])]
    file.write_text("\n".join([HEADER, *lines, ""]), "utf-8")
    command("init", node, "--pack", "template")
    report = json.loads(
        command("ingest", "--node", node, "--source", "tax_office", file, "--json").stdout
    )
    assert (report["read"], report["accepted"], report["rejected"]) == (6, 5, 1)
    assert [code for code, *_ in report["reasons"]] == ["GS-INGEST-137"]

    scheme, subject = "template/tax_standing", "mer-biz:10000500"
    asked = (subject, "--scheme", scheme, "--node", node, "--as-of", "2026-07-01")
    assert command("explain", *asked).exit_code == 0
    assert command("what-if", *asked, "--grade", "A").exit_code == 0
    told = command("log", "history", "2", "--node", node).output
    assert "ends on 2028-03-10, 36 months from 2025-03-10 (tax_act.20)" in told


def test_a_number_that_begins_after_its_item_is_refused_by_lint_and_by_ingest(
    tmp_path: Path,
) -> None:
    pack = load_pack("template")
    folder = Path(shutil.copytree(pack.folder, tmp_path / "template"))
    months = folder / "parameters" / "tax_retention_months.yaml"
    first = "  - {from: 2010-01-01, value: 60, article: tax_act.20}\n"
    text = months.read_text("utf-8")
    assert first in text
    months.write_text(text.replace(first, ""), "utf-8")
    broken, findings = read_pack(folder)
    found = {(f.code.id, Path(f.place.file).name) for f in findings if f.place}
    assert found == {
        ("GS-PACK-050", "stamp_duty_arrears.yaml"),
        ("GS-PACK-050", "tax_penalty.yaml"),
    }
    assert all(f.place and f.place.line and f.place.column for f in findings)

    # Ingestion itself relies on no lint.
    assert broken is not None
    file = tmp_path / "old.csv"
    lines = [
        penalty(0, "2015-03-10", "2015-03-04"),
        *(penalty(n, "2025-03-10") for n in range(1, 6)),
    ]
    file.write_text("\n".join([HEADER, *lines, ""]), "utf-8")
    node = Node.create(
        tmp_path / "node", "lumen.example/x", broken.id, broken.digest, CLOCK, noted=NOTED
    )
    report = ingest(node, broken, "tax_office", file, clock=CLOCK, noted=NOTED)
    assert report.quarantine is not None
    (reason,) = read_quarantine(report.quarantine)
    assert (reason.code, reason.value) == ("GS-INGEST-136", "2015-03-10")
    assert "2022-01-01" in reason.sentence
    records = node.log.records(range(node.log.head.size), noted=NOTED)
    assert len(records) == 5
    assert all(r.ends_on is not None for r in records)


def test_an_inspection_ends_an_exemption() -> None:
    scheme = load_scheme(load_pack("uk_fhrs"), "hygiene_rating")
    parts = {"hygiene": "15", "structural": "15", "confidence": "10"}
    kitchen = "uk-fhrsid:1"
    records = [
        replace(record(scheme, "exemption", kitchen, date(2014, 1, 1), "e"), leaf=1),
        replace(record(scheme, "inspection", kitchen, date(2015, 1, 1), "i", parts), leaf=2),
    ]

    def grade(day: date) -> str | None:
        (found,) = evaluate_all(scheme, records, day, None)
        return found.standing.grade

    assert grade(date(2014, 6, 1)) == "Exempt"
    assert grade(date(2014, 12, 31)) == "Exempt"
    assert grade(date(2015, 1, 1)) == grade(date(2016, 1, 1)) == "2"
    before, after = (
        explain(scheme, records, subject=kitchen, as_of=day, known_at=None)
        for day in (date(2014, 6, 1), date(2016, 1, 1))
    )
    assert before.next_change_on == date(2015, 1, 1)
    assert "is ended by the newer record" in " ".join(before.sentences)
    assert [i.why for i in after.ignored] == [
        "ended by the newer record Inspection for a rating Report (uk-fhrsid:1|i)"
    ]


def test_a_ban_without_a_term_is_shown_with_its_review_and_ended_by_an_inspection(
    command: Callable[..., Result], tmp_path: Path
) -> None:
    pack = load_pack("template")
    node = create_node(tmp_path / "node", "lumen.example/x", pack, CLOCK, noted=NOTED)
    columns = pack.sources["food_safety"].columns
    rows = [
        ("B1", "ban", "FSA", "10000700", "Old Dairy", "FB 1", "2024-02-29"),
        ("R1", "recall", "FSA", "10000700", "Old Dairy", "FR 1", "2024-02-29"),
    ]
    file = tmp_path / "food.csv"
    lines = [",".join([*row, *[""] * 5, "", ""]) for row in rows]
    lines[1] = ",".join([*rows[1], "", "", "", "", "", "Cheese", "one"])
    file.write_text("\n".join([",".join(columns), *lines, ""]), "utf-8")
    source = replace(pack.sources["food_safety"], format="csv")
    given = replace(pack, sources={**pack.sources, "food_safety": source})
    report = ingest(node, given, "food_safety", file, clock=CLOCK, noted=NOTED)
    assert (report.accepted, report.rejected) == (2, 0), report.reasons
    by_item = {r.item: r.leaf for r in node.log.records(range(node.log.head.size), noted=NOTED)}
    asked = (str(by_item["food_trade_ban"]), "--node", tmp_path / "node", "--by", "Ada Quay")
    told = command("log", "history", *asked)
    assert "food_safety_agency reviews it by 2025-02-28" in told.output
    (version,) = json.loads(command("log", "history", *asked, "--json").stdout)["versions"]
    assert (version["ends_on"], version["review_on"]) == (None, "2025-02-28")
