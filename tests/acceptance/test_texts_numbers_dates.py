"""Texts, numbers and days as agencies write them: the right value, or refused as it was written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.catalogue import Pack, Source, load_pack
from goodstanding.ingest import IngestReport, ingest, lint_contract, read_quarantine
from goodstanding.kernel import Fixed, FixedClock, Noted
from goodstanding.kernel.characters import unseen
from goodstanding.kernel.escaping import rearmed
from goodstanding.register import Node, Record

NOTED = Noted("test", 0)
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)

COURTS = "nr;type;party_no;party_name;file_no;decided;enforceable;published;amount;paid;outcome"
TAX = (
    "record_no,office,event,taxpayer_no,taxpayer_name,document_no,article,decided,effective,"
    "published,amount,reason,tax_year"
)


class Agency:
    """A node under a pack, and one source of it with open gates."""

    def __init__(self, folder: Path, pack: Pack, source: str, now: datetime = NOON) -> None:
        opened = replace(
            pack.sources[source],
            max_rejected_share=Fixed(10000, 4),
            min_share_of_last=Fixed(0, 4),
        )
        self.folder, self.source = folder, source
        self.pack = replace(pack, sources={**pack.sources, source: opened})
        self.clock = FixedClock(now)
        self.node = Node.create(
            folder / "node", "test.example/log", pack.id, pack.digest, self.clock, noted=NOTED
        )

    def with_contract(self, change: Callable[[Source], Source]) -> Agency:
        """The same with another contract."""
        found = change(self.pack.sources[self.source])
        self.pack = replace(self.pack, sources={**self.pack.sources, self.source: found})
        return self

    def deliver(self, content: str | Path, encoding: str = "utf-8") -> IngestReport:
        """Hand a file over: its text, or its path."""
        path = self.folder / "delivery.csv"
        if isinstance(content, Path):
            path = content
        else:
            path.write_bytes(content.encode(encoding))
        return ingest(self.node, self.pack, self.source, path, clock=self.clock, noted=NOTED)

    def records(self) -> dict[str, Record]:
        """What is sealed, by key."""
        size = self.node.log.head.size
        return {r.source_key: r for r in self.node.log.records(range(size), noted=NOTED)}


def refused(report: IngestReport, field: str) -> list[tuple[str, str | None]]:
    """Code and value of each reason about a field, in order of row."""
    if report.quarantine is None:
        return []
    found = [q for q in read_quarantine(report.quarantine) if q.field == field]
    return [(q.code, None if q.value is None else rearmed(q.value)) for q in found]


@pytest.fixture(scope="session")
def template() -> Pack:
    """The Republic of Meridia."""
    return load_pack("template")


def judgment(number: int, decided: str = "04.03.2025", amount: str = "5,00", paid: str = "") -> str:
    """A judgment as the courts report it."""
    party = f'JUD;1000{number:04};"N{number}";CS {number}'
    return f"K{number:02};{party};{decided};10.03.2025;12.03.2025;{amount};{paid};"


def penalty(key: str, name: str = "Same Mill", **changed: str) -> str:
    """A penalty as the tax office reports it."""
    said = {"number": "10000900", "document": "D1", "decided": "2025-03-04", "amount": "500.00"}
    said |= changed
    return (
        f"{key},MTO,PENALTY,{said['number']},{name},{said['document']},12,{said['decided']},"
        f"2025-03-10,,{said['amount']},LATE,"
    )


def lines(header: str, *rows: str) -> str:
    """A file."""
    return "\n".join([header, *rows, ""])


# Numbers --------------------------------------------------------------------------------------


def test_amounts_are_read_by_the_marks_of_their_contract(tmp_path: Path, template: Pack) -> None:
    courts = Agency(tmp_path, template, "courts")
    taken = {
        "1.000": "1000.00", "1.230": "1230.00", "12.500": "12500.00", "1.234,50": "1234.50",
        "1.000,00": "1000.00", "1000": "1000.00", "1.000.000": "1000000.00", "1234,5": "1234.50",
    }  # fmt: skip
    no_numbers = ["1 000,00", "1.23", "1.00", "1,234.50", "0.500", "12,50 EUR", "1e3"]
    rows = [judgment(n, amount=amount) for n, amount in enumerate([*taken, *no_numbers, "-5,00"])]
    report = courts.deliver(lines(COURTS, *rows))
    sealed = {key: str(record.facts["amount"]) for key, record in courts.records().items()}
    assert sealed == {f"K{n:02}": amount for n, amount in enumerate(taken.values())}
    assert refused(report, "amount") == [
        *(("GS-INGEST-151", written) for written in no_numbers),
        ("GS-INGEST-152", "-5,00"),
    ]


def test_what_was_written_otherwise_is_kept(tmp_path: Path, template: Pack) -> None:
    courts = Agency(tmp_path, template, "courts")
    courts.deliver(lines(COURTS, judgment(1, amount="1.234,50")))
    original = json.loads(courts.records()["K01"].original)
    assert (original["amount"], original["decided_on"]) == ("1.234,50", "04.03.2025")


@pytest.mark.parametrize(
    "select",
    [
        "replace(amount, ',', '.')",
        "translate(amount, ',', '.')",
        "CAST(replace(amount, '.', '') AS VARCHAR)",
        "decimal(amount, ',', ',')",
        "decimal(amount, ';', '.')",
        "decimal(amount, nr, '.')",
    ],
)
def test_lint_wants_the_marks_declared(template: Pack, select: str) -> None:
    courts = template.sources["courts"]
    sql = courts.sql.replace("decimal(amount, ',', '.')", select)
    (finding,) = lint_contract(replace(courts, sql=sql), template)
    assert finding.code.id == "GS-INGEST-009"
    assert "decimal(x, ',', '.')" in finding.what


@pytest.mark.parametrize("form", ["%d.%m.%y", "%D", "%x"])
def test_lint_wants_the_century_written_out(template: Pack, form: str) -> None:
    courts = template.sources["courts"]
    sql = courts.sql.replace("iso_date(paid, '%d.%m.%Y')", f"iso_date(paid, '{form}')")
    (finding,) = lint_contract(replace(courts, sql=sql), template)
    assert "century" in finding.what


# Days -----------------------------------------------------------------------------------------


def test_days_are_taken_by_their_format_and_refused_as_written(
    tmp_path: Path, template: Pack
) -> None:
    courts = Agency(tmp_path, template, "courts")
    taken = ["04.03.2025", "4.3.2025", " 04.03.2025", "2025-03-04"]
    no_days = [
        "04.03.25", "04.03.2025 10:00", "31.02.2025", "04.03.02025", "04/03/2025", "04.03. 2025",
        "04.03.12025", "00.00.0000",
    ]  # fmt: skip
    rows = [judgment(n, decided=decided) for n, decided in enumerate([*taken, *no_days])]
    report = courts.deliver(lines(COURTS, *rows))
    assert {record.decided_on for record in courts.records().values()} == {date(2025, 3, 4)}
    assert report.accepted == len(taken)
    assert refused(report, "decided_on") == [("GS-INGEST-131", written) for written in no_days]


def test_an_end_of_two_digits_is_no_end(tmp_path: Path, template: Pack) -> None:
    courts = Agency(tmp_path, template, "courts")
    rows = [judgment(1, paid="31.12.25"), judgment(2, paid="31.12.2025")]
    report = courts.deliver(lines(COURTS, *rows))
    assert refused(report, "ends_on") == [("GS-INGEST-131", "31.12.25")]
    assert courts.records()["K02"].ends_on == date(2025, 12, 31)


def test_era_days_are_days(tmp_path: Path, template: Pack) -> None:
    def by_era(source: Source) -> Source:
        sql = source.sql.replace("decided AS decided_on", "iso_date(decided, 'era') AS decided_on")
        return replace(source, encoding="utf-8", sql=sql, checks=())

    office = Agency(tmp_path, template, "tax_office").with_contract(by_era)
    written = ["令和6年3月5日", "R6.3.5", "平成30年10月4日", "H30.10.4", "R元年5月1日", "H31.5.1"]
    rows = [penalty(f"X{n}", decided=day) for n, day in enumerate(written)]
    report = office.deliver(lines(TAX, *rows))
    assert [str(record.decided_on) for _, record in sorted(office.records().items())] == [
        "2024-03-05", "2024-03-05", "2018-10-04", "2018-10-04", "2019-05-01",
    ]  # fmt: skip
    assert refused(report, "decided_on") == [
        ("GS-INGEST-108", "H31.5.1"),
        ("GS-INGEST-131", "H31.5.1"),
    ]


def test_a_stamp_is_the_day_in_its_own_zone(tmp_path: Path, template: Pack) -> None:
    office = Agency(tmp_path, template, "tax_office")
    written = [
        "2025-03-04T23:30:00+09:00", "2025-03-04T23:30:00Z", "2025-03-04 00:00:00",
        "2025-03-04T01:00:00.5-11:00",
    ]  # fmt: skip
    wrong = ["2025-03-04T24:30:00Z", "2025-02-30T10:00:00Z", "0000-03-04", "2025-03-04T10Z"]
    rows = [penalty(f"X{n}", decided=stamp) for n, stamp in enumerate([*written, *wrong])]
    report = office.deliver(lines(TAX, *rows))
    records = office.records()
    assert {record.decided_on for record in records.values()} == {date(2025, 3, 4)}
    assert json.loads(records["X0"].original)["decided_on"] == written[0]
    assert refused(report, "decided_on") == [("GS-INGEST-131", stamp) for stamp in wrong]


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", "2025-03-04"), ("Asia/Seoul", "2025-03-05"), ("America/New_York", "2025-03-04")],
)
def test_an_instant_that_lost_its_zone_is_the_day_of_the_pack(
    tmp_path: Path, template: Pack, zone: str, day: str
) -> None:
    archive = Agency(tmp_path, replace(template, time_zone=zone), "tax_archive")
    instant = "TIMESTAMPTZ '2025-03-04 23:30:00+00'"
    archive.deliver(parquet(tmp_path, decided=instant))
    (record,) = archive.records().values()
    assert str(record.decided_on) == day
    assert "23:30" in record.original or "08:30" in record.original or "18:30" in record.original


def test_today_is_the_day_of_the_pack(tmp_path: Path, template: Pack) -> None:
    # Noon in UTC on 30 June is already 1 July on Kiritimati.
    noon = datetime(2025, 6, 30, 12, tzinfo=UTC)
    rows = lines(TAX, penalty("X1", decided="2025-07-01").replace("2025-03-10", ""))
    (tmp_path / "utc").mkdir()
    late = Agency(tmp_path / "utc", template, "tax_office", noon).deliver(rows)
    assert refused(late, "decided_on") == [("GS-INGEST-133", "2025-07-01")]
    east = replace(template, time_zone="Pacific/Kiritimati")
    assert Agency(tmp_path, east, "tax_office", noon).deliver(rows).accepted == 1


# Typed columns --------------------------------------------------------------------------------


def parquet(folder: Path, **columns: str | list[str]) -> Path:
    """A file of the archive of the tax office; ``columns`` are SQL, a list for several rows."""
    said: dict[str, str | list[str]] = {
        "record_no": "'X' || n", "event": "'PENALTY'", "taxpayer_no": "'10000900'",
        "taxpayer_name": "'Same Mill'", "document_no": "'D1'", "article": "'12'",
        "decided": "DATE '2025-03-04'", "effective": "DATE '2025-03-10'",
        "published": "NULL::DATE", "amount": "500.00", "reason": "'LATE'", "tax_year": "NULL::INT",
    }  # fmt: skip
    said |= columns
    rows = max(len(sql) if isinstance(sql, list) else 1 for sql in said.values())
    select = ", ".join(
        f"{sql if isinstance(sql, str) else f'[{chr(44).join(sql)}][n]'} AS {column}"
        for column, sql in said.items()
    )
    path = folder / "typed.parquet"
    duckdb.execute(f"COPY (SELECT {select} FROM range(1, {rows + 1}) AS r(n)) TO '{path}'")
    return path


@pytest.mark.parametrize(
    ("decided", "days", "shown"),
    [
        (["DATE '12190-01-01'", "DATE 'infinity'", "DATE '2025-03-04'", "DATE '-infinity'"],
         ["2025-03-04"], ["12190-01-01", "infinity", "-infinity"]),
        (["TIMESTAMP '12190-01-01'", "'infinity'::TIMESTAMP", "TIMESTAMP '2025-03-04 23:59'"],
         ["2025-03-04"], ["12190-01-01 00:00:00", "infinity"]),
        (["DATE '0001-01-01' - INTERVAL 1 DAY", "DATE '2025-03-04'"],
         ["2025-03-04"], ["0001-12-31 (BC) 00:00:00"]),
    ],
)  # fmt: skip
def test_a_typed_day_is_a_day_of_the_calendar(
    tmp_path: Path, template: Pack, decided: list[str], days: list[str], shown: list[str]
) -> None:
    archive = Agency(tmp_path, template, "tax_archive")
    report = archive.deliver(parquet(tmp_path, decided=decided))
    assert [str(r.decided_on) for r in archive.records().values()] == days
    assert refused(report, "decided_on") == [("GS-INGEST-131", value) for value in shown]


@pytest.mark.parametrize(
    ("amount", "taken", "shown"),
    [
        (["12.5::DOUBLE", "10", "'nan'::DOUBLE", "'inf'::DOUBLE", "0.1::DOUBLE + 0.2::DOUBLE"],
         ["12.50", "10.00"], ["nan", "inf", "0.30000000000000004"]),
        (["12.5::FLOAT", "0.1::FLOAT"], ["12.50", "0.10"], []),
        (["12.5::DECIMAL(9, 3)", "12.505::DECIMAL(9, 3)"], ["12.50"], ["12.505"]),
        (["500::BIGINT", "7::BIGINT"], ["500.00", "7.00"], []),
        (["true", "false"], [], ["true", "false"]),
    ],
)  # fmt: skip
def test_a_typed_number_is_what_its_shortest_text_says(
    tmp_path: Path, template: Pack, amount: list[str], taken: list[str], shown: list[str]
) -> None:
    archive = Agency(tmp_path, template, "tax_archive")
    report = archive.deliver(parquet(tmp_path, amount=amount))
    assert [str(r.facts["amount"]) for _, r in sorted(archive.records().items())] == taken
    assert refused(report, "amount") == [("GS-INGEST-151", value) for value in shown]


def test_a_typed_text_is_looked_at_like_any_other(tmp_path: Path, template: Pack) -> None:
    archive = Agency(tmp_path, template, "tax_archive")
    names = ["'Same' || chr(8203) || 'Mill'", "'Same' || chr(27) || 'Mill'", "'Same Mill'"]
    report = archive.deliver(parquet(tmp_path, taxpayer_name=names))
    assert report.accepted == 1


# Texts ----------------------------------------------------------------------------------------


def test_one_key_with_unseen_characters_is_one_record(tmp_path: Path, template: Pack) -> None:
    office = Agency(tmp_path, template, "tax_office")
    keys = ["X1", "X1\u200b", "X1\ufeff", "X1\u00ad", "X1\x80", "X1 ", "X1\u00a0", "\tX1"]
    report = office.deliver(lines(TAX, *map(penalty, keys)))
    assert list(office.records()) == ["X1"]
    assert refused(report, "source_key")[:4] == [
        ("GS-INGEST-107", "X1\\u{200b}"),
        ("GS-INGEST-107", "X1\\u{feff}"),
        ("GS-INGEST-107", "X1\\u{ad}"),
        ("GS-INGEST-102", "X1\\u{80}"),
    ]


def test_blanks_are_folded_and_said(tmp_path: Path, template: Pack) -> None:
    office = Agency(tmp_path, template, "tax_office")
    written = "\u3000Same\u00a0 Mill\u2009"
    office.deliver(lines(TAX, penalty("X1\u00a0", written)))
    (record,) = office.records().values()
    assert (record.source_key, record.subject_name) == ("X1", "Same Mill")
    original = json.loads(record.original)
    assert (original["source_key"], original["subject_name"]) == ("X1\u00a0", written)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("MÃ¼ller", ["GS-INGEST-109"]),
        ("â€œSame Mill", ["GS-INGEST-109"]),
        ("Ã", []),
        ("Müller", []),
        ("نمی\u200cشود", []),
        ("Same\u200dMill", ["GS-INGEST-107"]),
        ("Same\u202eMill", ["GS-INGEST-107"]),
        ("Same\U000e0041", ["GS-INGEST-107"]),
        ("Same\u2028Mill", ["GS-INGEST-107"]),
        ("Same\ue000Mill", ["GS-INGEST-107"]),
        ("Same\x9bMill", ["GS-INGEST-102"]),
        ("＝Same Mill", ["GS-INGEST-103"]),
    ],
)
def test_a_name_holds_only_what_is_seen(
    tmp_path: Path, template: Pack, name: str, codes: list[str]
) -> None:
    office = Agency(tmp_path, template, "tax_office")
    report = office.deliver(lines(TAX, penalty("X1", name)))
    assert [code for code, _ in refused(report, "subject_name")] == codes
    assert report.accepted == (0 if codes else 1)


def test_what_was_likely_meant_is_said(tmp_path: Path, template: Pack) -> None:
    office = Agency(tmp_path, template, "tax_office")
    report = office.deliver(lines(TAX, penalty("X1", "MÃ¼ller")))
    assert report.quarantine is not None
    (reason,) = read_quarantine(report.quarantine)
    assert "It was likely: Müller." in reason.remedy


#: Letters of several scripts, and characters of every refused and folded class.
ANY = st.text(
    st.one_of(
        st.sampled_from("aBÃ¼漢क्فᠠé1 -"),
        st.sampled_from(
            "\x01\x1b\x7f\x80\x9f\u00a0\u00ad\u034f\u061c\u115f\u180b\u180e\u200b\u200c\u200d\u200e"
            "\u2028\u202e\u2060\u2066\u2800\u3000\u3164\ufe0f\ufeff\uffa0\ufff9\ufffe\ue000\U000e0041"
            "\U000e0100\U0010ffff\t"
        ),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(ANY, ANY, ANY), min_size=30, max_size=60))
def test_nothing_unseen_is_ever_sealed(
    tmp_path_factory: pytest.TempPathFactory, template: Pack, rows: list[tuple[str, str, str]]
) -> None:
    office = Agency(tmp_path_factory.mktemp("any"), template, "tax_office")
    said = [penalty(key, name, document=document) for key, name, document in rows]
    report = office.deliver(lines(TAX, *said))
    assert report.accepted + report.rejected == report.read
    for record in office.records().values():
        original = json.loads(record.original)
        texts = [record.subject_name, record.document, *original.values()]
        assert not unseen(record.source_key)
        assert not unseen(record.subject)
        # A tab at an end is a blank like others: trimmed, and kept in what was delivered.
        assert not [text for text in texts if unseen(str(text).strip("\t"), name=True)]


@pytest.mark.parametrize("cast", ["CAST", "TRY_CAST"])
@pytest.mark.parametrize(
    ("select", "taken", "not_taken", "code"),
    [
        ("DECIMAL(18, 2)", ["12.5", " 7 "], ["1.005"], "GS-INGEST-151"),
    ],
)
def test_a_cast_says_what_its_text_says(
    tmp_path: Path,
    template: Pack,
    cast: str,
    select: str,
    taken: list[str],
    not_taken: list[str],
    code: str,
) -> None:
    def change(source: Source) -> Source:
        sql = source.sql.replace("amount AS amount", f"{cast}(amount AS {select}) AS amount")
        return replace(source, sql=sql)

    office = Agency(tmp_path, template, "tax_office").with_contract(change)
    written = [*taken, *not_taken, *(["many"] if cast == "TRY_CAST" else [])]
    rows = [penalty(f"X{n}", amount=amount) for n, amount in enumerate(written)]
    report = office.deliver(lines(TAX, *rows))
    assert refused(report, "amount") == [(code, value) for value in written[len(taken) :]]
    assert [str(r.facts["amount"]) for r in office.records().values()] == ["12.50", "7.00"]
