"""Names that a terminal, a browser or a spreadsheet would obey go through every command, inert."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.acceptance.test_texts_numbers_dates import TAX, lines, penalty
from typer.testing import CliRunner, Result

from goodstanding.cli.main import app, run
from goodstanding.evaluation.backtest import page
from goodstanding.kernel.characters import unseen
from goodstanding.kernel.escaping import for_spreadsheet

#: Sealed as they are: to a reader these are plain letters.
NAME = "[red]Same[/] Mill [/bold] <script>alert(1)</script>"
KEY = "[/k]"
OFFICER = "[/officer] [bold"
#: Refused, and shown in the quarantine.
FORMULA = "=cmd|' /C calc'!A0"
ESCAPES = "Same\x1b]0;owned\x07\x1b[31m Mill"
TURNED = "Same\u202elliM \u2066[/x]"
C1 = "Same\x9b31m\x85Mill"
FILE = "tax [red]\x1b[31m [bold \u202e.csv"
SUBJECT = "mer-biz:10000901"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node that has taken one hostile name and refused four."""
    folder = tmp_path_factory.mktemp("hostile")
    node = folder / "node [red] [bold"
    assert said("init", node, "--pack", "template", "--origin", "test.example/log", "--by", OFFICER)
    rows = [
        penalty(KEY, NAME, document="[/d]", number=SUBJECT.partition(":")[2]),
        *(penalty(f"{n}[/]", name) for n, name in enumerate((FORMULA, ESCAPES, TURNED, C1))),
        *(penalty(f"good{n}") for n in range(20)),
    ]
    (folder / FILE).write_text(lines(TAX, *rows), "utf-8")
    words = ("--source", "tax_office", folder / FILE, "--by", OFFICER)
    report = said("ingest", "--node", node, *words)
    assert "tax [red]\\u{1b}[31m [bold \\u{202e}.csv" in report
    return node


def invoke(*words: str | Path) -> Result:
    """One command."""
    return CliRunner().invoke(app, [str(word) for word in words])


def said(*words: str | Path) -> str:
    """What a command says; it ends well, and nothing it says acts."""
    result = invoke(*words)
    assert result.exit_code == 0, result.output or repr(result.exception)
    hidden = [found for line in result.output.splitlines() for found in unseen(line)]
    assert not hidden
    return result.output


@pytest.mark.parametrize("form", [(), ("--json",)])
@pytest.mark.parametrize(
    ("words", "shows"),
    [
        (("quarantine",), "tax_office-"),
        (("explain", SUBJECT, "--scheme", "template/tax_standing"), "10000901"),
        (("what-if", SUBJECT, "--scheme", "template/tax_standing", "--grade", "A"), "10000901"),
        (("log", "history", "2"), ""),
        (("log", "history", "3"), ""),
        (("access", "list"), OFFICER),
        (("verify",), ""),
        (("doctor",), ""),
        (("key", "show"), ""),
        (("scheme", "list"), "tax_standing"),
        (("index", "rebuild", "--by", OFFICER), ""),
    ],
)
def test_every_command_shows_and_obeys_nothing(
    node: Path, form: tuple[str, ...], words: tuple[str, ...], shows: str
) -> None:
    by = () if words[0] in ("verify", "doctor", "key", "scheme", "index") else ("--by", OFFICER)
    assert shows in said(*words, "--node", node, *by, *form)


def test_a_name_is_shown_as_it_is(node: Path) -> None:
    words = ("explain", SUBJECT, "--scheme", "template/tax_standing", "--node", node)
    assert NAME in said(*words, "--by", OFFICER)


def test_the_quarantine_shows_what_was_refused(node: Path) -> None:
    (file,) = (node / "quarantine").glob("*.csv")
    shown = said("quarantine", "--node", node, file.name, "--by", OFFICER)
    for hidden in (r"Same\u{1b}]0;", r"Same\u{202e}", r"Same\u{9b}"):
        assert hidden in shown
    values = json.loads(said("quarantine", "--node", node, file.name, "--json"))
    assert {value["code"] for value in values} >= {"GS-INGEST-102", "GS-INGEST-103"}


def test_no_cell_of_the_quarantine_runs(node: Path) -> None:
    (file,) = (node / "quarantine").glob("*.csv")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        cells = [cell for row in csv.reader(opened) for cell in row]
    assert f"'{FORMULA}" in cells
    assert not [cell for cell in cells if for_spreadsheet(cell) != cell and cell[0] != "'"]


def test_a_correction_says_what_it_says(node: Path) -> None:
    # An act names an officer whose name is text like any other.
    leaf = next(n for n in range(2, 24) if "[/k]" in said("log", "history", str(n), "--node", node))
    words = (
        "--node", node, "--set", "amount=60.00", "--document", "[/doc]", "--authority",
        "tax_office", "--reason", "a slip [/]", "--basis", "credit_act.20", "--by", OFFICER,
    )  # fmt: skip
    said("log", "correct", str(leaf), *words)
    history = said("log", "history", str(leaf), "--node", node)
    assert "a slip [/]" in history
    assert OFFICER in history


def test_a_refusal_shows_a_name_and_obeys_nothing(
    node: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["ingest", "--node", str(node), "--source", "tax_office", f"{ESCAPES} [/] \udce9.csv"]
    for form in ([], ["--json"]):
        assert run([*words, *form]) == 1
        refusal = capsys.readouterr().err
        assert "GS-INGEST-002" in refusal
        assert not [found for line in refusal.splitlines() for found in unseen(line)]


def test_a_page_of_a_backtest_runs_nothing() -> None:
    shown = page.heading(2, NAME) + page.paragraph(TURNED) + page.pairs([(NAME, ESCAPES)])
    assert "<script>" not in shown
    assert not [found for line in shown.splitlines() for found in unseen(line)]
