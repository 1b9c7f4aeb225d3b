"""Write docs/evidence/nyc.md: the letters New York published against those we compute.

    goodstanding init node --pack us_nyc
    goodstanding ingest --node node --source dohmh_inspections Violations.parquet
    goodstanding evaluate --node node us_nyc/letter_grade --as-of 2016-01-06 --history --out out
    python tools/nyc_evidence.py --node node --out out --file Violations.parquet [--check]

The page depends on nothing but the file, the pack and the results, so that anyone who runs
these lines gets the same bytes. ``--check`` writes nothing and fails if the page is not current.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import duckdb

from goodstanding.ingest.quarantine import quarantine_files, reasons_file

PAGE = Path(__file__).parent.parent / "docs" / "evidence" / "nyc.md"
LETTERS = ("A", "B", "C")
#: Every result the scheme has, and the absence of one.
RESULTS = ("A", "B", "C", "P", "X", "N", "none")
#: What the file publishes beside letters; Z and P are both "grade pending".
PUBLISHED = (*LETTERS, "Z", "P", "Not Yet Graded")
NO_SCORE = "the file gives no possible number of points, so its rows were rejected"
NOT_GRADED = "an inspection of this type gives no letter (23-03)"
POINTS_BETTER = "the points in the file fit a better letter than the one published beside them"
POINTS_WORSE = "the points in the file fit a worse letter than the one published beside them"
OTHER = "not explained"

# grain: inspection of the file, the not-yet-inspected left out. ``computed`` is the standing
# on the day of the inspection, ``next_type`` the next inspection of a kind that is graded.
_INSPECTIONS = """
CREATE TABLE inspections AS
WITH published AS (
    SELECT camis, CAST(inspection_date AS DATE) AS day, inspection_type AS type,
        min(score)::INTEGER AS score, max(grade) AS grade,
        bool_or(action LIKE '%Closed%' OR action LIKE '%re-closed%') AS closed
    FROM read_parquet($file)
    WHERE inspection_date >= DATE '1901-01-01'
    GROUP BY ALL
), graded_kinds AS (
    SELECT camis, day, type, lead(type) OVER (PARTITION BY camis ORDER BY day, type) AS next_type
    FROM published
    WHERE type LIKE 'Cycle Inspection /%' OR type LIKE 'Pre-permit (Operational) /%'
), standings AS (
    SELECT subject, as_of, grade FROM read_parquet($standings)
)
SELECT p.*, g.next_type, coalesce(s.grade, 'none') AS computed
FROM published AS p
LEFT JOIN graded_kinds AS g USING (camis, day, type)
ASOF LEFT JOIN standings AS s
    ON s.subject = 'us-nyc-camis:' || p.camis AND p.day >= s.as_of
"""
_REOPENING = "type LIKE '%/ Reopening Inspection'"
_LETTER = "grade IN ('A', 'B', 'C')"
# A first inspection that gives a letter by its points today, but got none at the time.
_LOWERED = (
    "type IN ('Cycle Inspection / Initial Inspection', "
    "'Pre-permit (Operational) / Initial Inspection') "
    "AND score BETWEEN 0 AND 13 AND NOT closed AND grade IS NULL"
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of the delivery. ``accepted`` is counted from the sealed records and not as the
    rest, so that ``accepted + rejected = read`` is a finding."""

    read: int
    rejected: int
    accepted: int
    reasons: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A published letter that the history does not give."""

    camis: int
    day: date
    type: str
    score: int | None
    published: str
    computed: str

    @property
    def why(self) -> str:
        """The kind of the difference, from the file alone."""
        programme, _, stage = self.type.partition(" / ")
        if self.score is None or self.score < 0:
            return NO_SCORE
        if "Non-operational" in programme or stage not in ("Initial Inspection", "Re-inspection"):
            return NOT_GRADED
        if self.published in LETTERS and self.computed in LETTERS:
            return POINTS_BETTER if self.computed < self.published else POINTS_WORSE
        return OTHER


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the page says."""

    sha256: str
    counts: Counts
    confusion: dict[tuple[str, str], int]
    reopenings: dict[tuple[str, str], int]
    mismatches: tuple[Mismatch, ...]
    lowered: int
    lowered_and_reinspected: int

    @property
    def letters(self) -> int:
        """Published letters, re-openings left out."""
        return sum(n for (grade, _), n in self.confusion.items() if grade in LETTERS)

    @property
    def reproduced(self) -> int:
        """Those of them that the history gives."""
        return sum(self.confusion.get((letter, letter), 0) for letter in LETTERS)


def gather(node: Path, out: Path, file: Path) -> Evidence:
    """The evidence from the agency's file, the node and the history in ``out``."""
    con = duckdb.connect()
    standings = {"file": str(file), "standings": str(out / "standings.parquet")}
    con.execute(_INSPECTIONS, standings).fetchall()
    found = con.execute(
        "SELECT camis, day, type, score, grade, computed FROM inspections "
        f"WHERE {_LETTER} AND NOT {_REOPENING} AND grade <> computed ORDER BY score, camis, day"
    ).fetchall()
    lowered = con.execute(
        "SELECT count(*), count(*) FILTER (next_type LIKE '%/ Re-inspection') "
        f"FROM inspections WHERE {_LOWERED}"
    ).fetchall()[0]
    return Evidence(
        sha256=sha256(file.read_bytes()).hexdigest(),
        counts=_counts(con, node, file),
        confusion=_confusion(con, f"NOT {_REOPENING}"),
        reopenings=_confusion(con, _REOPENING),
        mismatches=tuple(Mismatch(*row) for row in found),
        lowered=lowered[0],
        lowered_and_reinspected=lowered[1],
    )


def _confusion(con: duckdb.DuckDBPyConnection, where: str) -> dict[tuple[str, str], int]:
    rows = con.execute(
        f"SELECT grade, computed, count(*) FROM inspections "
        f"WHERE grade IS NOT NULL AND {where} GROUP BY ALL"
    ).fetchall()
    return {(grade, computed): n for grade, computed, n in rows}


def _counts(con: duckdb.DuckDBPyConnection, node: Path, file: Path) -> Counts:
    files = [str(reasons_file(path)) for path in quarantine_files(node / "quarantine")]
    con.execute(
        "CREATE TABLE rejected AS SELECT row, code, rule AS sentence FROM read_json($files, "
        "columns = {row: 'BIGINT', code: 'VARCHAR', rule: 'VARCHAR'})",
        {"files": files},
    ).fetchall()
    reasons = con.execute(
        "SELECT code, sentence, count(DISTINCT row) AS n FROM rejected "
        "GROUP BY code, sentence ORDER BY n DESC, code, sentence"
    ).fetchall()
    rejected = con.execute("SELECT count(DISTINCT row) FROM rejected").fetchall()[0][0]
    read = con.execute("SELECT count(*) FROM read_parquet($f)", {"f": str(file)}).fetchall()[0][0]
    segments = str(node / "register" / "segments" / "inspection_finding" / "*.parquet")
    sealed = con.execute("SELECT count(*) FROM read_parquet($s)", {"s": segments}).fetchall()[0][0]
    return Counts(read, rejected, sealed, tuple(reasons))


def page(evidence: Evidence) -> str:
    """The page as Markdown."""
    sections = (
        _head(evidence),
        _delivery(evidence.counts),
        _tables(evidence),
        _lowered(evidence),
        _differences(evidence.mismatches),
    )
    return "\n".join(sections)


def _head(evidence: Evidence) -> str:
    share = f"{10000 * evidence.reproduced // evidence.letters / 100:.2f}"
    return f"""# New York City: published letters against computed ones

*Written by `tools/nyc_evidence.py`; a test holds that it is current.*

**Of {evidence.letters:,} letters the city published on inspections other than re-openings, the
history of `us_nyc/letter_grade` gives {evidence.reproduced:,}: {share} % (rounded down).**
The other {len(evidence.mismatches)} are listed below. A letter counts as reproduced if the
standing on the day of the inspection, computed from the city's findings up to that day, is that
letter. No rule reads the published letter, and rejected rows count against us.

Input: the city's restaurant inspection results as of 6 January 2016,
SHA-256 `{evidence.sha256}`.
"""


def _delivery(counts: Counts) -> str:
    reasons = _table(
        ("Rows", "Code", "Reason"), ((f"{n:,}", code, text) for code, text, n in counts.reasons)
    )
    return f"""## The delivery

{counts.read:,} rows read = {counts.accepted:,} accepted + {counts.rejected:,} rejected.
Each accepted row was sealed as a record. A rejected row can have more than one reason.

{reasons}
Nothing is taken from a row with fewer than 0 or more than 150 points: no inspection can have
the first, and the second is a bound of plausibility (see the catalogue item). The one inspection
above it, with 156 points, closed the restaurant and carries no letter.
"""


def _tables(evidence: Evidence) -> str:
    both = dict(evidence.confusion)
    for key, n in evidence.reopenings.items():
        both[key] = both.get(key, 0) + n
    return f"""## Published and computed

Rows are what the city published, columns the standing on that day: P is grade pending, X closed,
N not yet graded. Where a restaurant may hang out "grade pending" (published Z) instead of its B or
C until it has been heard, we give the letter.

Inspections other than re-openings:

{_confusion_table(evidence.confusion)}
Re-openings. Their own points never give a letter (23-06); after a closing on a re-inspection the
restaurant may post "grade pending" or the letter of that re-inspection, and we say pending:

{_confusion_table(evidence.reopenings)}
All together:

{_confusion_table(both)}"""


def _lowered(evidence: Evidence) -> str:
    return f"""## What the figure does not show

The file is said to overwrite the points of an inspection when a hearing lowers them. On
{evidence.lowered:,} initial inspections it gives fewer than 14 points but no letter, and after
{evidence.lowered_and_reinspected:,} of these the next inspection was a re-inspection, which only
14 or more points call for. On those days the history gives an A by the points as they now
stand; in the window the earlier card still hung.
"""


def _differences(mismatches: Sequence[Mismatch]) -> str:
    kinds = (NO_SCORE, NOT_GRADED, POINTS_BETTER, POINTS_WORSE, OTHER)
    counted = [(str(sum(m.why == kind for m in mismatches)), kind) for kind in kinds]
    letters = {kind: chr(ord("a") + n) for n, kind in enumerate(kinds)}
    rows = (
        (
            str(m.camis),
            m.day.isoformat(),
            m.type,
            "" if m.score is None else str(m.score),
            m.published,
            m.computed,
            letters[m.why],
        )
        for m in mismatches
    )
    head = ("CAMIS", "Date", "Inspection", "Points", "Published", "Computed", "Kind")
    kinds_table = _table(
        ("Kind", "Inspections", "Why"),
        ((letters[kind], n, kind) for n, kind in counted if n != "0"),
    )
    return f"""## Every difference

{kinds_table}
Points lowered at a hearing after the letter was issued would look like kind c; the file does not
say so, and the list does not claim it.

{_table(head, rows)}"""


def _confusion_table(confusion: dict[tuple[str, str], int]) -> str:
    return _table(
        ("Published", *RESULTS),
        (
            (grade, *(f"{confusion.get((grade, result), 0):,}" for result in RESULTS))
            for grade in PUBLISHED
            if any(key[0] == grade for key in confusion)
        ),
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description="Evidence for the pack us_nyc.")
    parser.add_argument("--node", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder with the history")
    parser.add_argument("--file", type=Path, required=True, help="the city's Violations.parquet")
    parser.add_argument("--check", action="store_true", help="fail if the page is not current")
    given = parser.parse_args()
    text = page(gather(given.node, given.out, given.file))
    if given.check:
        return 0 if PAGE.is_file() and PAGE.read_text("utf-8") == text else 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
