"""The report as one HTML file: no script, nothing loaded, every chart with its table.

Invariant: the same findings give the same bytes. Nothing in it names a subject: who moves stands
in moves.parquet, for those who may read the register.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from goodstanding.catalogue import title
from goodstanding.evaluation import errors
from goodstanding.evaluation.backtest.labels import label
from goodstanding.evaluation.backtest.model import AFTER, BEFORE, Sensitivity, Stability
from goodstanding.evaluation.backtest.page import (
    Column,
    Figure,
    Table,
    document,
    heading,
    key_figures,
    pairs,
    paragraph,
    parts_of,
)
from goodstanding.evaluation.backtest.report_groups import GroupSection
from goodstanding.evaluation.backtest.run import REPORT, Backtest
from goodstanding.evaluation.backtest.shown import (
    count,
    day,
    grade,
    grades_seen,
    most_sensitive,
    moves,
    named,
    number,
    percent,
    share_of,
)
from goodstanding.kernel import GoodStandingError

_FORMULAS = (
    "Intervals at 95 %, for k of n and z = 1.96. Of a share, by Wilson's score (JASA 22, 1927, "
    "209–212): (k + z²/2 ± z √(k(n−k)/n + z²/4)) / (n + z²). Of a difference d = p₁ − p₂ of two "
    "shares with intervals l to u, by the hybrid score of Newcombe (Statistics in Medicine 17, "
    "1998, 873–890, method 10): d − √((p₁−l₁)² + (u₂−p₂)²) to d + √((u₁−p₁)² + (p₂−l₂)²)."
)
#: The packages of the extra `reports`.
_TOOLS = ("altair", "vl_convert")


def check_tools() -> None:
    """Raise GS-SCHEME-081 unless charts can be drawn; asked before anything is evaluated."""
    for name in _TOOLS:
        if find_spec(name) is None:
            raise GoodStandingError(errors.NO_REPORT_TOOLS, missing=name)


def write_report(backtest: Backtest, out: Path) -> Path:
    """Draw report.html into ``out``. Raises GS-SCHEME-042 and 081."""
    check_tools()
    path = out / REPORT
    try:
        path.write_text(document(_heading(backtest), list(_Report(backtest).parts())), "utf-8")
    except OSError as error:
        problem = error.strerror or str(error)
        raise GoodStandingError(errors.NOT_WRITTEN, folder=out, problem=problem) from error
    return path


def _heading(backtest: Backtest) -> str:
    return f"Backtest: {title(backtest.question.after.titles)}"


class _Report:
    def __init__(self, backtest: Backtest) -> None:
        # Altair takes half a second to load, and may not be there; only a report needs it.
        from goodstanding.evaluation.backtest import charts

        self.charts = charts
        self.backtest = backtest
        self.question, self.found = backtest.question, backtest.findings
        self.order = list(self.question.after.grades.order)
        self.alone = self.question.before is None
        self.last = self.question.days[-1]
        self.today = [row for row in self.found.confusion if row.as_of == self.last]
        self.moves = moves(self.found.confusion, self.order, self.question.days)
        self.grades = grades_seen(self.found.confusion, self.order)

    def parts(self) -> Iterator[str]:
        """The page from top to bottom."""
        yield from self.top()
        if self.found.confusion:
            yield from self.counted()
        else:
            yield paragraph(
                "Nobody has a standing on any of these days: of what was known, no record of the "
                "scheme's subjects was in effect. So there is nobody to count or to compare, and "
                "this report says nothing about what the candidate would do."
            )
        if self.question.group is not None:
            yield from GroupSection(self.backtest, self.question.group).parts()
        yield from self.sources()
        yield from self.basis()

    def counted(self) -> Iterator[str]:
        """What was counted, where somebody has a standing."""
        if not self.alone:
            yield from self.who_moves()
            yield from self.over_time()
        yield from self.grades_over_time()
        yield from self.stability()
        yield from self.sensitivity()

    def nobody(self) -> Iterator[str]:
        """That nobody has a standing on the last day, if so."""
        if not self.today:
            yield paragraph(f"Nobody has a standing on {day(self.last)}.")

    def top(self) -> Iterator[str]:
        question, now = self.question, self.moves[-1]
        first = question.days[0]
        yield heading(1, _heading(self.backtest))
        yield paragraph(
            f"{_version(self.backtest, 'candidate')}"
            + ("" if self.alone else f" compared with {_version(self.backtest, 'against')}")
            + f", on {count(len(question.days))} days from {day(first)} to {day(self.last)}. "
            + ("It is" if self.alone else "Both are")
            + " applied as if law on every one of these days.",
            "lead",
        )
        share = f" ({percent(share_of(now.moved, now.subjects))})" if now.subjects else ""
        figures = [(count(now.subjects), f"subjects on {day(self.last)}")]
        if not self.alone:
            figures += [
                (count(now.moved), f"have another grade{share}"),
                (count(now.worse), "have a worse one"),
                (count(now.better), "have a better one"),
            ]
        yield key_figures(figures)
        if self.alone:
            yield paragraph("There is no earlier version, so nothing is compared.")
        empty = sum(row.subjects == 0 for row in self.moves)
        if 0 < empty < len(self.moves):
            them = "it" if empty == 1 else "them"
            yield paragraph(
                f"On {empty} of these days nobody has a standing; the charts leave {them} out."
            )

    # -- who moves -------------------------------------------------------------------

    def who_moves(self) -> Iterator[str]:
        now = self.moves[-1]
        yield heading(2, f"Who moves, on {day(self.last)}")
        yield from self.nobody()
        if not self.today:
            return
        kept = percent(share_of(now.subjects - now.moved, now.subjects))
        seen = (
            f"{kept} keep their grade. Each row is a grade under the version compared with; the "
            "darker a cell, the larger its share of the row."
        )
        drawn = self.charts.confusion_chart(self.today, self.grades)
        yield Figure("confusion", drawn, "Grades under both versions", seen).html()
        columns = [Column("from \\ to"), *(Column(grade(g), True) for g in self.grades)]
        cells = {(row.before, row.after): row.subjects for row in self.today}
        rows = [
            [grade(b), *(count(cells.get((b, a), 0)) for a in self.grades)] for b in self.grades
        ]
        yield Table("Subjects by grade under both versions", columns, rows).html()
        if now.by_steps:
            columns = [Column("how far"), Column("subjects", True), Column("share", True)]
            rows = [
                [_far(steps), count(n), percent(share_of(n, now.subjects))]
                for steps, n in sorted(
                    now.by_steps.items(), key=lambda s: (s[0] is None, s[0] or 0)
                )
            ]
            yield Table("How far they move, in steps of the order of grades", columns, rows).html()

    def over_time(self) -> Iterator[str]:
        yield heading(2, "Moves on each day")
        every = self.charts.labelled_every(len(self.question.days))
        if every > 1:
            yield paragraph(
                f"Charts over time name one day of every {every}; the tables have all of them."
            )
        most = max(row.moved for row in self.moves)
        when = [day(row.as_of) for row in self.moves if row.moved == most]
        if any(steps is not None for row in self.moves for steps in row.by_steps):
            each = " on each" if len(when) > 1 else ""
            seen = f"Most move on {named(when)}: {count(most)}{each}."
            drawn = self.charts.moves_chart(self.moves)
            yield Figure("moves", drawn, "Subjects that move, by how far", seen).html()
        names = ("subjects", "move", "worse", "better", "other", "share")
        columns = [Column("day"), *(Column(name, True) for name in names)]
        rows = [
            [
                day(row.as_of), count(row.subjects), count(row.moved), count(row.worse),
                count(row.better), count(row.other), percent(share_of(row.moved, row.subjects)),
            ]
            for row in self.moves
        ]  # fmt: skip
        yield Table("Moves on each day", columns, rows).html()
        if any(row.other for row in self.moves):
            yield paragraph(
                "Other: to or from a grade that has no place in the order; not in the chart."
            )

    def grades_over_time(self) -> Iterator[str]:
        yield heading(2, "Grades over time")
        drawn = self.charts.grades_chart(
            self.found.confusion, self.grades, len(self.order), alone=self.alone
        )
        seen = "Each column is one day; light is the best grade, dark the worst."
        yield Figure("grades", drawn, "Share of each grade", seen).html()
        for side in [AFTER] if self.alone else [BEFORE, AFTER]:
            counts = {
                (row.as_of, row.after if side == AFTER else row.before): 0
                for row in self.found.confusion
            }
            for row in self.found.confusion:
                counts[row.as_of, row.after if side == AFTER else row.before] += row.subjects
            columns = [Column("day"), *(Column(grade(g), True) for g in self.grades)]
            rows = [
                [day(d), *(count(counts.get((d, g), 0)) for g in self.grades)]
                for d in self.question.days
            ]
            yield Table(f"Subjects by grade, {self.named(side)}", columns, rows).html()

    # -- stability and sensitivity ---------------------------------------------------

    def stability(self) -> Iterator[str]:
        yield heading(2, "Stability")
        rows = self.found.stability
        means = {
            side: share_of(sum(r.changed for r in own), sum(r.subjects for r in own))
            for side in (BEFORE, AFTER)
            if (own := [row for row in rows if row.side == side])
        }
        said = "; ".join(f"{self.named(side)}: {percent(mean)}" for side, mean in means.items())
        seen = f"From one day to the next, this share changes grade on average: {said}."
        if all(row.share is None for row in rows):
            yield paragraph("Nobody has a standing on two days one after the other.")
        else:
            drawn = self.charts.stability_chart(rows)
            caption = "Share that changes grade between two days"
            yield Figure("stability", drawn, caption, seen).html()
        names = ("subjects", "changed", "better", "worse", "came", "went", "share")
        for side in means:
            own = [row for row in rows if row.side == side]
            columns = [Column("from"), Column("to"), *(Column(name, True) for name in names)]
            caption = f"Changes of grade between two days, {self.named(side)}"
            yield Table(caption, columns, [_stability_row(row) for row in own]).html()

    def sensitivity(self) -> Iterator[str]:
        rows = self.found.sensitivity
        yield heading(2, f"Sensitivity of the candidate's bounds, on {day(self.last)}")
        if not self.question.bounds:
            yield paragraph("No bound was moved in this backtest.")
            return
        if not self.today:
            yield from self.nobody()
            return
        yield paragraph(
            "Each bound is moved by one step, alone, and every subject is evaluated again. A step "
            "is a hundredth of the number, at least one unit of its last place."
        )
        higher = {row.parameter: row for row in rows if row.up}
        lower = {row.parameter: row for row in rows if not row.up}
        yield from self.bounds_drawn(lower, higher)
        columns = [Column("bound"), Column("now", True)]
        for way in ("lower", "higher"):
            columns += [Column(f"one step {way}", True), Column("grades that change", True)]
        table = [
            [
                f"{row.title} ({row.unit})", number(row.value),
                number(lower[name].moved), _or_not_moved(lower[name].changed),
                number(row.moved), _or_not_moved(row.changed),
            ]
            for name, row in higher.items()
        ]  # fmt: skip
        yield Table(
            "Every bound one step lower and one step higher", columns, table, wide=True
        ).html()
        yield paragraph(
            "What each bound bounds, and how many grades become better and worse, stands in "
            "sensitivity.parquet."
        )
        if any(row.changed is None for row in rows):
            yield paragraph(
                "–: one step further it would pass its neighbour, or be no time at all."
            )

    def bounds_drawn(
        self, lower: dict[str, Sensitivity], higher: dict[str, Sensitivity]
    ) -> Iterator[str]:
        """The chart of every bound whose move changes a grade."""
        ranked = most_sensitive([*lower.values(), *higher.values()])
        if len(ranked) < len(higher):
            none = len(higher) - len(ranked)
            yield paragraph(
                f"Moving {'1 bound' if none == 1 else f'{count(none)} bounds'} changes no grade; "
                "they stand in the table only."
            )
        if not ranked:
            return
        most = ranked[0][1]
        first = [higher[name].title for name, changed in ranked if changed == most]
        seen = f"Most, {count(most)} grades, depends on {named([f'“{name}”' for name in first])}."
        if any(label(higher[name].title).cut for name, _ in ranked):
            seen += " A name that ends in “…” is cut in the chart; the table has it whole."
        bars = [
            self.charts.Bar(higher[name].title, lower[name].changed or 0, higher[name].changed or 0)
            for name, _ in ranked
        ]
        for n, part in enumerate(parts_of(bars)):
            caption = "Subjects whose grade changes if one bound moves by one step"
            if part != bars:
                caption += f", part {n + 1}"
            drawn = self.charts.sensitivity_chart(part, most)
            yield Figure("sensitivity" + (f"-{n}" if n else ""), drawn, caption, seen).html()
            seen = "Continued, on the same scale."

    def sources(self) -> Iterator[str]:
        """What each source delivered of what the scheme reads."""
        rows = self.found.sources
        yield heading(2, "What was delivered")
        silent = [row for row in rows if not row.in_period]
        first, last = day(self.question.days[0]), day(self.last)
        if silent:
            what = [
                row.item_title + (f" by {row.source_title}" if row.source else "") for row in silent
            ]
            yield paragraph(
                f"Of {count(len(rows))} kinds of record that the scheme reads, each by one "
                f"source, {count(len(silent))} brought nothing that takes effect from {first} to "
                f"{last}. Where nothing came, nothing is known, good or bad: {named(what)}."
            )
        else:
            yield paragraph(
                f"Every source delivered something of everything that the scheme reads and that "
                f"takes effect from {first} to {last}."
            )
        columns = [Column("record"), Column("delivered by"), Column("in these days", True)]
        columns.append(Column("before", True))
        table = [
            [
                row.item_title, row.source_title or "no source of the pack",
                count(row.in_period) if row.in_period else "nothing",
                count(row.earlier) if row.earlier else "nothing",
            ]
            for row in rows
        ]  # fmt: skip
        caption = "Records of what the scheme reads, by when they take effect"
        yield Table(caption, columns, table).html()

    # -- what it rests on ------------------------------------------------------------

    def basis(self) -> Iterator[str]:
        summary = self.backtest.summary
        yield heading(2, "What this rests on")
        yield paragraph(
            "Standings are exact: they were worked out by the engine that also works out those in "
            "force. Nothing is drawn at random, so the same register gives the same figures."
        )
        if self.question.group is not None:
            yield paragraph(_FORMULAS)
        rows = [("candidate", _version(self.backtest, "candidate"))]
        rows.append(("its digest", _member(summary["candidate"], "digest")))
        if not self.alone:
            rows.append(("compared with", _version(self.backtest, "against")))
            rows.append(("its digest", _member(summary["against"], "digest")))
        rows += [
            ("days", ", ".join(d.isoformat() for d in self.question.days)),
            ("known until", str(summary["known_at"] or "everything the log holds")),
            ("register", str(summary["origin"])),
            ("entries", count(int(str(summary["log_size"])))),
            ("root", str(summary["root"])),
            ("smallest group", count(self.question.minimum)),
        ]
        yield pairs(rows)

    def named(self, side: str) -> str:
        return "the candidate" if side == AFTER else "the version compared with"


def _version(backtest: Backtest, side: str) -> str:
    found = backtest.summary[side]
    return f"{_member(found, 'scheme')} version {_member(found, 'version')}"


def _member(found: object, name: str) -> str:
    return str(found[name]) if isinstance(found, dict) else ""


def _far(steps: int | None) -> str:
    if steps is None:
        return "to or from a grade outside the order"
    far = "1 step" if abs(steps) == 1 else f"{abs(steps)} steps"
    return f"{far} {'worse' if steps > 0 else 'better'}"


def _stability_row(row: Stability) -> list[str]:
    counts = (row.subjects, row.changed, row.better, row.worse, row.came, row.went)
    return [day(row.start), day(row.end), *map(count, counts), percent(row.share)]


def _or_not_moved(value: int | None) -> str:
    return "–" if value is None else count(value)
