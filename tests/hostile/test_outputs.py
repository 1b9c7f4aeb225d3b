"""Text on its way out: shown in every output, obeyed in none."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from rich.console import Console
from tests.hostile.texts import hostile

from goodstanding.catalogue import read_document
from goodstanding.cli.console import harmless, out, shown, styled
from goodstanding.evaluation.backtest.page import document, heading, paragraph
from goodstanding.ingest.drafts.texts import comment, fact_name, quoted
from goodstanding.ingest.sql import name, text
from goodstanding.ingest.workplace import trial_database
from goodstanding.kernel.escaping import (
    for_html,
    for_json,
    for_log_line,
    for_spreadsheet,
    for_terminal,
    rearmed,
)

#: What no terminal, page or log may be given by others: controls, and what turns reading.
ACTS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


def acts(said: str) -> list[str]:
    """The characters in a text that do something."""
    return [c for c in said if ACTS.match(c) or unicodedata.category(c) == "Cs"]


@given(value=hostile)
def test_one_value_is_one_line_of_a_terminal(value: str) -> None:
    assert not acts(for_terminal(value))


@given(value=hostile.filter(bool))
def test_a_terminal_shows_markup_and_obeys_none(value: str) -> None:
    file = io.StringIO()
    console = harmless(
        Console(file=file, force_terminal=True, width=20_000, highlight=False, emoji=out._emoji)
    )
    console.print(f"[bold]{shown(value)}[/]", soft_wrap=True)
    told = file.getvalue()
    assert told.startswith("\x1b[1m")
    inside = told.removeprefix("\x1b[1m").partition("\x1b[0m")[0]
    assert inside == for_terminal(value)
    assert styled(f"[bold]{shown(value)}[/]").plain == for_terminal(value)


@given(value=hostile)
def test_what_is_printed_bare_is_harmless_too(value: str) -> None:
    file = io.StringIO()
    harmless(Console(file=file, width=20_000, markup=False, highlight=False)).print(value)
    assert not [c for c in acts(file.getvalue()) if c != "\n"]


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.said += data


@given(value=hostile)
def test_a_page_has_no_element_that_a_text_brought(value: str) -> None:
    seen = _Seen()
    seen.feed(f'<p title="{for_html(value)}">{for_html(value)}</p>')
    seen.close()
    assert seen.tags == ["p"]
    assert seen.attributes == [("title", for_terminal(value))]
    assert seen.said == for_terminal(value)


@given(value=hostile)
def test_the_report_is_built_of_the_same_elements_whatever_it_says(value: str) -> None:
    def tags(said: str) -> list[str]:
        seen = _Seen()
        seen.feed(document(said, [heading(1, said), paragraph(said)]))
        return seen.tags

    assert tags(value) == tags("plain")


@given(value=hostile)
def test_a_cell_runs_nothing_and_comes_back(value: str) -> None:
    cell = for_spreadsheet(value)
    begins = cell.lstrip(" \u00a0\u3000\u200b\ufeff")[:1]
    assert begins not in {"=", "@", "\uff1d", "\uff20", "\t"}
    assert rearmed(cell) == value


@given(values=hostile)
def test_a_row_of_cells_stays_one_row(values: str) -> None:
    file = io.StringIO()
    csv.writer(file).writerow([for_spreadsheet(for_terminal(values)), "next"])
    (row,) = csv.reader(io.StringIO(file.getvalue()))
    assert row[1] == "next"


@given(value=hostile)
def test_a_line_of_a_log_is_one_line_of_bounded_length(value: str) -> None:
    said = for_log_line(value * 9)
    assert not acts(said)
    assert len(said) < 1_100


@given(value=hostile)
def test_json_on_a_terminal_reads_the_same_and_does_nothing(value: str) -> None:
    said = for_json(json.dumps({"name": value}, ensure_ascii=False))
    assert not acts(said)
    assert json.loads(said) == {"name": value}


@given(value=hostile)
def test_a_name_and_a_text_stay_what_they_are_in_sql(value: str) -> None:
    value = value.encode("utf-8", "replace").decode()
    column = value.replace("\x00", "") or "x"
    with trial_database("UTC") as con:
        if "\x00" not in value:
            assert con.execute(f"SELECT {text(value)}").fetchall() == [(value,)]
        found = con.execute(f"SELECT {text('v')} AS {name(column)}").description
    assert [described[0] for described in found] == [column]


@given(value=hostile)
def test_a_draft_quotes_what_a_file_calls_its_columns(
    tmp_path_factory: pytest.TempPathFactory, value: str
) -> None:
    assert "\n" not in comment(value)
    assert re.fullmatch("[a-z][a-z0-9_]*", fact_name(value))
    value = value.encode("utf-8", "replace").decode()
    file = tmp_path_factory.getbasetemp() / "quoted.yaml"
    file.write_text(f"x: {quoted(value)}\n", "utf-8")
    assert read_document(file).data == {"x": value}
