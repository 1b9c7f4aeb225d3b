"""Persons are kept out of a register of businesses, whatever their numbers and names are called.

The way of a row that may be about a person: held with its reason; refused for good, or released
by a named officer under the article that orders the publication of establishments; then found by
the number of the establishment alone.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import HARBOUR
from tests.nodes import create_node
from typer.testing import CliRunner

from goodstanding.catalogue import Pack, load_pack
from goodstanding.cli.linting import lint_pack
from goodstanding.cli.main import app
from goodstanding.ingest import (
    IngestReport,
    correct,
    erase_record,
    history_of,
    ingest,
    read_quarantine,
    release,
)
from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import Record, verify
from goodstanding.register.history import words

NOTED = Noted("test", 0)
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
CN = Path(__file__).parents[2] / "src" / "goodstanding" / "packs" / "cn"

#: The small input of case 16, and what becomes of each row: invented numbers.
CASE_16 = {
    "12110000MB0123450C": None,  # a public body
    "12110000MB0123450D": "GS-INGEST-122",  # a wrong check character
    "110101190001010014": "GS-INGEST-123",  # numbers of citizens
    "120101190001010032": "GS-INGEST-123",
    "130102190001010049": "GS-INGEST-123",
    "310101190001010011": "GS-INGEST-123",
    "111111111111111111": "GS-INGEST-122",
    "12110000MB1023450C": "GS-INGEST-122",  # two neighbours swapped
}
SME_YAML = """\
id: sme
titles: {en: Payments, zh: 款项}
authority: industry
items: [sme_payment]
format: csv
columns: [no, code, name, decided, amount]
persons: {told_by: identifier}
gates: {min_share_of_last: "0", max_rejected_share: "1"}
"""
SME_SQL = """\
SELECT no AS source_key, 'sme_payment' AS item, 'cn-uscc-body:' || code AS subject,
  name AS subject_name, 'Doc ' || no AS document, 'sme_payments.9' AS basis,
  decided AS decided_on, amount, 'delivery' AS runs_from, decided AS started_on
FROM delivered
"""


class Port:
    """A node under a pack, to deliver lines to."""

    def __init__(self, folder: Path, pack: Path) -> None:
        self.folder, self.pack_folder = folder, pack
        self.clock = FixedClock(NOW)
        self.pack = load_pack(pack)
        self.node = create_node(
            folder / "node", "lumen.example/register", self.pack, self.clock, noted=NOTED
        )

    def deliver(self, source: str, lines: Iterable[str]) -> IngestReport:
        path = self.folder / "delivery.csv"
        header = ",".join(self.pack.sources[source].columns)
        path.write_text("\n".join([header, *lines, ""]), "utf-8")
        self.clock.instant += timedelta(hours=1)
        return ingest(self.node, self.pack, source, path, clock=self.clock, noted=NOTED)

    def sealed(self) -> list[Record]:
        self.node.index.consume()
        return self.node.log.records(range(self.node.log.head.size), noted=NOTED)

    def release(self, report: IngestReport, row: int, **changed: str) -> int:
        assert report.quarantine is not None
        grounds = {
            "by": "Officer Wren",
            "reason": "the place is an establishment",
            "basis": "port_act.9",
        }
        self.clock.instant += timedelta(hours=1)
        return release(
            self.node, self.pack, report.quarantine.name, row,
            **{**grounds, **changed}, clock=self.clock, noted=NOTED,
        ).leaf  # fmt: skip


def codes(report: IngestReport) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    if report.quarantine is not None:
        for reason in read_quarantine(report.quarantine):
            found.setdefault(reason.row, set()).add(reason.code)
    return found


def fine(no: str, name: str, operator: str = "lum-op:0001") -> str:
    return f"{no},{operator},{name},03.02.2020,100.00,N1,4,,false,harbour_office,berth_fine"


@pytest.fixture
def port(tmp_path: Path) -> Callable[..., Port]:
    """A port whose fines may be about establishments, with further words for its source."""

    def make(*, establishments: bool = False, persons: str = "told_by: identifier") -> Port:
        pack = tmp_path / "harbour"
        shutil.copytree(HARBOUR, pack)
        source = pack / "sources" / "fines.yaml"
        text = source.read_text("utf-8")
        text = text.replace("told_by: identifier", persons).replace('"0.99"', '"1"')
        source.write_text(text, "utf-8")
        item = pack / "catalogue" / "berth_fine.yaml"
        if establishments:
            with item.open("a", encoding="utf-8") as out:
                out.write("establishments: {article: port_act.9}\n")
        return Port(tmp_path, pack)

    return make


# ---- numbers ---------------------------------------------------------------------------------


@pytest.fixture
def sme(tmp_path: Path) -> Port:
    pack = tmp_path / "cn"
    shutil.copytree(CN, pack)
    (pack / "sources").mkdir()
    (pack / "sources" / "sme.yaml").write_text(SME_YAML, "utf-8")
    (pack / "sources" / "sme.sql").write_text(SME_SQL, "utf-8")
    # Now something feeds the scheme.
    scheme = pack / "schemes" / "sme_payment.yaml"
    text = scheme.read_text("utf-8")
    unfed = "unfed:\n" + text.partition("unfed:\n")[2].partition("\n\n")[0]
    scheme.write_text(text.replace(unfed, ""), "utf-8")
    return Port(tmp_path, pack)


def payment(no: str, code: str, name: str = "An invented body") -> str:
    return f"{no},{code},{name},2025-07-01,10.00"


def test_case_16_takes_the_public_body_and_nothing_else(sme: Port) -> None:
    rows = [payment(f"V{n}", code) for n, code in enumerate(CASE_16, start=1)]
    report = sme.deliver("sme", rows)
    assert (report.read, report.accepted, report.rejected, report.held) == (8, 1, 7, 4)
    assert [record.source_key for record in sme.sealed()] == ["V1"]
    assert report.quarantine is not None
    found = [(q.value or "", q.code) for q in read_quarantine(report.quarantine)]
    for number, code in CASE_16.items():
        assert code is None or (number, code) in found


def test_the_pack_of_case_16_is_clean(sme: Port) -> None:
    assert lint_pack(str(sme.pack_folder)) == []


def test_a_number_confirmed_by_its_register_stands_although_it_fails_the_check(
    sme: Port,
) -> None:
    head = sme.pack_folder / "pack.yaml"
    said = "    check: stdnum.cn.uscc\n    check_exceptions: {12110000MB0123450D: The registrar}\n"
    text = head.read_text("utf-8")
    at = text.index("    check: stdnum.cn.uscc\n", text.index("cn-uscc-body:"))
    head.write_text(text[:at] + said + text[at:].split("\n", 1)[1], "utf-8")
    sme.pack = load_pack(sme.pack_folder)
    report = sme.deliver("sme", [payment("V2", "12110000MB0123450D")])
    assert report.accepted == 1


@pytest.mark.real
def test_published_codes_are_taken_and_wrong_ones_refused(sme: Port, shared_data: Path) -> None:
    """1,201 valid codes and 29 invalid ones, each under the scheme it belongs to."""
    lines = (shared_data / "uscc_vectors" / "uscc_vectors.csv").read_text("utf-8").splitlines()
    vectors = [line.split(",")[:2] for line in lines[1:]]
    sql = sme.pack_folder / "sources" / "sme.sql"
    sql.write_text(SME_SQL.replace("'cn-uscc-body:' || code", "code"), "utf-8")
    item = sme.pack_folder / "catalogue" / "sme_payment.yaml"
    text = item.read_text("utf-8")
    text = text.replace("[cn-uscc-body]", "[cn-uscc-body, cn-uscc]").replace(
        "[public_body]", "[public_body, enterprise]"
    )
    item.write_text(text, "utf-8")
    sql.write_text(
        sql.read_text("utf-8").replace("SELECT", "SELECT 'enterprise' AS subject_kind,", 1), "utf-8"
    )
    sme.pack = load_pack(sme.pack_folder)
    report = sme.deliver(
        "sme",
        [
            payment(str(n), f"cn-uscc{'' if code.startswith('9') else '-body'}:{code}")
            for n, (code, _) in enumerate(vectors)
        ],
    )
    taken = {int(record.source_key) for record in sme.sealed()}
    # Associations (5) and other kinds have no scheme in this pack.
    of_pack = ("91", "93", "11", "12", "13")
    for n, (code, expected) in enumerate(vectors):
        assert (n in taken) == (expected == "valid" and code.startswith(of_pack)), code
    # Sole traders are persons, whatever scheme the file puts before their codes.
    traders = [code for code, expected in vectors if expected == "valid" and code.startswith("92")]
    assert (len(vectors), report.held) == (1230, len(traders))


# ---- names -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Mr Ned Quill", "Dr. Quill", "MRS QUILL", "李明先生"])
def test_a_name_with_an_honorific_is_held_and_never_sealed(
    port: Callable[..., Port], name: str
) -> None:
    here = port()
    report = here.deliver("fines", [fine("1", name), fine("2", "Quill Lines")])
    assert (report.accepted, report.rejected, report.held) == (1, 1, 1)
    assert [record.subject_name for record in here.sealed()] == ["Quill Lines"]
    assert [code for code, *_ in report.reasons] == ["GS-INGEST-123"]
    assert "may be a natural person" in report.reasons[0][1]


def test_a_company_is_taken_whatever_its_name_begins_with(port: Callable[..., Port]) -> None:
    report = port().deliver("fines", [fine("1", "Dr Quill Bottling Ltd")])
    assert (report.accepted, report.held) == (1, 0)


def test_names_that_only_look_like_a_persons_are_not_guessed_at(
    port: Callable[..., Port],
) -> None:
    report = port().deliver("fines", [fine("1", "Ned Quill"), fine("2", "Quill and Wren")])
    assert (report.accepted, report.held) == (2, 0)


def test_the_marks_of_the_contract_hold_a_sole_trader(port: Callable[..., Port]) -> None:
    here = port(persons='told_by: marks, marks: ["t/a", "个体工商户"]')
    rows = [fine("1", "Quill T/A Lines"), fine("2", "某某店（个体工商户）"), fine("3", "Start/Up")]
    report = here.deliver("fines", rows)
    assert (report.accepted, report.held) == (1, 2)


def test_a_column_tells_persons_and_what_it_leaves_open_is_held(
    port: Callable[..., Port],
) -> None:
    here = port(persons="told_by: marks, when: \"berth = 'S2'\"")
    rows = [
        fine("1", "Quill Lines"),
        fine("2", "Quill Lines").replace("N1", "S2"),
        fine("3", "Quill Lines").replace("N1", ""),
    ]
    report = here.deliver("fines", rows)
    assert (report.accepted, report.held) == (1, 2)


# ---- establishments --------------------------------------------------------------------------


def test_an_establishment_is_taken_and_not_found_by_a_persons_name(
    port: Callable[..., Port],
) -> None:
    here = port(establishments=True)
    report = here.deliver("fines", [fine("1", "Mr Quill"), fine("2", "Quill Lines", "lum-op:0002")])
    assert (report.accepted, report.held) == (2, 0)
    assert [record.subject_name for record in here.sealed()] == ["Mr Quill", "Quill Lines"]
    person, lines = (here.node.index.subject(f"lum-op:000{n}") for n in (1, 2))
    assert person is not None
    assert person.name == ""
    assert lines is not None
    assert lines.name == "Quill Lines"
    assert b"Mr Quill" not in here.node.layout.index.read_bytes()


# ---- release ---------------------------------------------------------------------------------

MARKS = 'told_by: marks, marks: ["t/a"]'


@pytest.fixture
def released(port: Callable[..., Port]) -> tuple[Port, IngestReport]:
    """A port with one row held by a mark, of an establishment."""
    here = port(establishments=True, persons=MARKS)
    report = here.deliver("fines", [fine("1", "Quill t/a Lines"), fine("2", "Wren Lines")])
    assert (report.accepted, report.held) == (1, 1)
    return here, report


def test_a_released_row_is_sealed_with_the_act_that_released_it(
    released: tuple[Port, IngestReport],
) -> None:
    here, report = released
    leaf = here.release(report, row_of(report))
    (record,) = [record for record in here.sealed() if record.leaf == leaf]
    assert (record.source_key, record.act, record.delivery) == ("1", "record", report.sha256)
    told = history_of(here.node.log, leaf, noted=NOTED).told[leaf]
    assert (told.by, told.basis) == ("Officer Wren", "port_act.9")
    assert "released by Officer Wren under port_act.9" in words(record.act, told)
    assert verify(here.node.folder).verified


def row_of(report: IngestReport) -> int:
    """The number of the first row that is held."""
    return min(row for row, found in codes(report).items() if "GS-INGEST-123" in found)


def test_a_released_row_is_found_by_its_identifier_alone(
    released: tuple[Port, IngestReport],
) -> None:
    here, report = released
    here.deliver("fines", [fine("9", "Quill Shipping", "lum-op:0003")])
    here.release(report, row_of(report))
    found = here.node.index.subject("lum-op:0001")
    assert found is not None
    assert found.name == ""
    before = here.node.index.content_digest()
    here.node.index.rebuild()
    assert here.node.index.content_digest() == before


def test_what_stands_released_is_taken_when_it_is_delivered_again(
    released: tuple[Port, IngestReport],
) -> None:
    here, report = released
    here.release(report, row_of(report))
    again = here.deliver("fines", [fine("1", "Quill t/a Lines").replace("100.00", "60.00")])
    assert (again.accepted, again.corrected, again.held) == (1, 1, 0)
    other = here.deliver("fines", [fine("1", "Quill t/a Lines", "lum-op:0007")])
    assert (other.accepted, other.held) == (0, 1)


def test_a_released_record_can_be_corrected_and_erased(
    released: tuple[Port, IngestReport],
) -> None:
    here, report = released
    leaf = here.release(report, row_of(report))
    act = {"reason": "a slip", "basis": "port_act.9", "by": "Officer Wren"}
    done = correct(
        here.node, here.pack, leaf, {"amount": "50.00"},
        authority="harbour_office", document="Ruling 1", clock=here.clock, noted=NOTED, **act,
    )  # fmt: skip
    erase_record(
        here.node, here.pack, done.leaf, authority="harbour_office",
        reason=act["reason"], basis=act["basis"], by=act["by"], clock=here.clock, noted=NOTED,
    )  # fmt: skip
    before = here.node.index.content_digest()
    here.node.index.rebuild()
    assert here.node.index.content_digest() == before
    again = here.deliver("fines", [fine("1", "Quill t/a Lines")])
    assert (again.accepted, again.rejected) == (0, 1)


@pytest.mark.parametrize(
    ("establishments", "changed", "code"),
    [
        (False, {}, "GS-INGEST-192"),
        (True, {"basis": "port_act.3"}, "GS-INGEST-192"),
        (True, {"basis": "port_act.99"}, "GS-INGEST-189"),
        (True, {"by": " "}, "GS-INGEST-180"),
        (True, {"reason": ""}, "GS-INGEST-180"),
        (True, {"reason": "because Quill t/a Lines asked"}, "GS-INGEST-191"),
    ],
)
def test_a_release_names_officer_reason_and_the_article_that_orders_it(
    port: Callable[..., Port], establishments: bool, changed: dict[str, str], code: str
) -> None:
    here = port(establishments=establishments, persons=MARKS)
    report = here.deliver("fines", [fine("1", "Quill t/a Lines"), fine("2", "Wren Lines")])
    size = here.node.log.head.size
    with pytest.raises(GoodStandingError) as refusal:
        here.release(report, row_of(report), **changed)
    assert refusal.value.code.id == code
    assert here.node.log.head.size == size


def test_only_a_row_that_is_held_can_be_released(released: tuple[Port, IngestReport]) -> None:
    here, report = released
    held = row_of(report)
    for row in (held + 1, 99):
        with pytest.raises(GoodStandingError) as refusal:
            here.release(report, row)
        assert refusal.value.code.id == "GS-INGEST-193"
    here.release(report, held)
    with pytest.raises(GoodStandingError) as refusal:
        here.release(report, held)
    assert refusal.value.code.id == "GS-INGEST-197"


def test_a_released_row_holds_every_other_rule(port: Callable[..., Port]) -> None:
    here = port(establishments=True, persons=MARKS)
    faulty = fine("1", "Quill t/a Lines").replace("100.00", "-1.00")
    report = here.deliver("fines", [faulty, fine("2", "Wren Lines")])
    with pytest.raises(GoodStandingError) as refusal:
        here.release(report, row_of(report))
    assert refusal.value.code.id == "GS-INGEST-195"


@pytest.mark.parametrize("name", ["fines-000000000000.csv", "fines.csv", "../x", "no-such"])
def test_a_release_is_from_a_delivery_that_was_kept(
    released: tuple[Port, IngestReport], name: str
) -> None:
    here, _ = released
    with pytest.raises(GoodStandingError) as refusal:
        release(
            here.node, here.pack, name, 1,
            by="W", reason="r", basis="port_act.9", clock=here.clock, noted=NOTED,
        )  # fmt: skip
    assert refusal.value.code.id in ("GS-INGEST-196", "GS-INGEST-001")


# ---- firms without identifiers ---------------------------------------------------------------

WEAK = """\
  lum-local:
    titles: {en: Firm by name and place}
    nature: organisation
    weak: true
    check: none
    pattern: "n1-[a-z2-7]{24}"
authorities:
"""


@pytest.fixture
def without_numbers(tmp_path: Path) -> Port:
    """A port whose operators have no numbers: named by name and berth."""
    pack = tmp_path / "harbour"
    shutil.copytree(HARBOUR, pack)
    for file, old, new in (
        ("pack.yaml", "authorities:\n", WEAK),
        ("catalogue/berth_fine.yaml", "[lum-op]", "[lum-op, lum-local]"),
        ("sources/fines.yaml", '"0.99"', '"1"'),
        ("sources/fines.sql", "operator AS", "local_id('lum-local', name, berth) AS"),
    ):  # fmt: skip
        path = pack / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
    assert lint_pack(str(pack)) == []
    return Port(tmp_path, pack)


def test_a_firm_without_a_number_is_named_by_name_and_place(without_numbers: Port) -> None:
    here = without_numbers
    rows = [fine("1", "Quill Lines"), fine("2", "ＱＵＩＬＬ　ＬＩＮＥＳ"), fine("3", "Wren Lines")]
    report = here.deliver("fines", [*rows, fine("4", "Quill Lines").replace("N1", "S2")])
    assert (report.accepted, report.weak) == (4, 4)
    first, second, other, elsewhere = [
        r.subject for r in sorted(here.sealed(), key=lambda r: r.source_key)
    ]
    assert first == second == "lum-local:n1-" + first[-24:]
    assert len({first, other, elsewhere}) == 3
    assert here.pack.is_weak(first)
    assert not here.pack.is_weak("lum-op:0001")


def test_without_name_or_place_the_row_is_refused(without_numbers: Port) -> None:
    rows = [
        fine("1", "Quill Lines"),
        fine("2", ""),
        fine("3", "..."),
        fine("4", "Q").replace("N1", ""),
    ]
    report = without_numbers.deliver("fines", rows)
    assert (report.accepted, report.rejected) == (1, 3)
    assert all("GS-INGEST-130" in found for found in codes(report).values())


def test_a_person_gets_no_local_identifier(without_numbers: Port) -> None:
    assert without_numbers.deliver("fines", [fine("1", "Mr Quill")]).held == 1


def test_a_weak_identifier_is_its_name_and_is_not_released(without_numbers: Port) -> None:
    here = without_numbers
    item = here.pack_folder / "catalogue" / "berth_fine.yaml"
    item.write_text(item.read_text("utf-8") + "establishments: {article: port_act.9}\n", "utf-8")
    source = here.pack_folder / "sources" / "fines.yaml"
    source.write_text(source.read_text("utf-8").replace("told_by: identifier", MARKS), "utf-8")
    here.pack = load_pack(here.pack_folder)
    report = here.deliver("fines", [fine("1", "Quill t/a Lines"), fine("2", "Wren Lines")])
    with pytest.raises(GoodStandingError) as refusal:
        here.release(report, row_of(report))
    assert refusal.value.code.id == "GS-INGEST-198"


# ---- characters ------------------------------------------------------------------------------


def test_the_refusal_names_the_character_and_its_place(port: Callable[..., Port]) -> None:
    report = port().deliver("fines", [fine("1", "Quill Lines", "lum-op:00\u30001")])
    assert report.quarantine is not None
    (reason,) = [r for r in read_quarantine(report.quarantine) if r.code == "GS-INGEST-124"]
    assert "U+3000" in reason.sentence
    assert "character 3 of the value" in reason.remedy


# ---- at the command line ---------------------------------------------------------------------


def test_held_and_released_at_the_command_line(port: Callable[..., Port], tmp_path: Path) -> None:
    here = port(establishments=True, persons=MARKS)
    node, run = str(tmp_path / "cli"), CliRunner()
    run.invoke(app, ["init", node, "--pack", str(here.pack_folder), "--by", "operator"])
    file = tmp_path / "fines.csv"
    header = ",".join(here.pack.sources["fines"].columns)
    file.write_text("\n".join([header, fine("1", "Quill t/a Lines"), fine("2", "Wren"), ""]))
    taken = run.invoke(
        app, ["ingest", str(file), "-s", "fines", "--node", node, "--by", "operator"]
    )
    assert "held, for they may be about natural persons: 1" in taken.output
    listed = run.invoke(app, ["quarantine", "--node", node, "--by", "operator", "--json"])
    (name,) = json.loads(listed.output)
    row = str(json.loads(run.invoke(
        app, ["quarantine", name, "--node", node, "--by", "operator", "--json"]
    ).output)[0]["row"])  # fmt: skip
    act = ["--by", "Officer Wren", "--reason", "the place is an establishment"]
    done = run.invoke(
        app, ["log", "release", name, row, "--node", node, "--basis", "port_act.9", *act]
    )
    assert done.exit_code == 0, done.output
    assert "found by lum-op:0001 alone" in done.output
    noted = run.invoke(app, ["access", "list", "--node", node, "--by", "auditor", "--json"])
    assert "held_row_released" in noted.output


def test_the_fixture_is_clean(port: Callable[..., Port]) -> None:
    here = port(establishments=True, persons=MARKS)
    assert lint_pack(str(here.pack_folder)) == []


@pytest.mark.parametrize("name", ["template", "cn", "kr_cp", "sg_mom", "uk_fhrs", "us_nyc"])
def test_every_pack_says_how_it_tells_persons(name: str) -> None:
    found: Pack = load_pack(name)
    assert lint_pack(found.id) == []
    assert all(source.persons is not None for source in found.sources.values())


# ---- a national list -------------------------------------------------------------------------


@pytest.mark.real
def test_a_national_list_of_establishments_is_taken_with_its_persons_and_brands(
    tmp_path: Path, shared_data: Path
) -> None:
    lines = (shared_data / "uk_fhrs_bbc" / "fhrs_distributors_2024.csv").read_text("utf-8")
    names = [line.split(",")[0].strip('"') for line in lines.splitlines()[1:]]
    called = sorted({n for n in names if n.lower().startswith(("mr ", "mrs ", "dr "))})
    assert len(called) > 50
    here = Port(tmp_path, load_pack("uk_fhrs").folder)
    rows = [
        f'{n},"{name}",5,2020-01-01,Invented,FHRS,0,0,0' for n, name in enumerate(called, start=1)
    ]
    report = here.deliver("fsa_list", rows)
    assert (report.accepted, report.held) == (len(called), 0)
    found = [here.node.index.subject(f"uk-fhrsid:{n}") for n in range(1, len(called) + 1)]
    unnamed = [subject for subject in found if subject is not None and not subject.name]
    # Those left are companies by their form.
    named = [subject.name for subject in found if subject is not None and subject.name]
    assert len(unnamed) + len(named) == len(called)
    assert all(
        name.lower().rstrip(".").endswith(("ltd", "limited", "plc", "llp")) for name in named
    )
