"""The report's section on groups: every one of them, with its shares or why it has none.

Invariant: a group without figures is never left out and never looks good. Equal shares have the
same place, and what the page leaves out is counted on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from goodstanding.catalogue import title
from goodstanding.evaluation.backtest.coverage import MOST_GROUPS, listed_groups, on_page
from goodstanding.evaluation.backtest.labels import label
from goodstanding.evaluation.backtest.model import (
    AFTER,
    GroupCoverage,
    Grouping,
    GroupShare,
    GroupState,
)
from goodstanding.evaluation.backtest.page import (
    Column,
    Figure,
    Table,
    heading,
    paragraph,
    parts_of,
)
from goodstanding.evaluation.backtest.run import Backtest
from goodstanding.evaluation.backtest.shown import (
    STATES,
    count,
    groups_of,
    named,
    percent,
    place,
    points,
)

#: A measure, with the side and the grade for shares of a grade.
_Key = tuple[str, str | None, str | None]


class GroupSection:
    """What the report says of groups; ``grouping`` is that of the question."""

    def __init__(self, backtest: Backtest, grouping: Grouping) -> None:
        # Altair takes half a second to load, and may not be there; only a report needs it.
        from goodstanding.evaluation.backtest import charts

        self.charts = charts
        self.question, self.found = backtest.question, backtest.findings
        self.grouping = grouping
        self.order = list(self.question.after.grades.order)
        self.subjects = sum(
            row.subjects for row in self.found.confusion if row.as_of == self.question.days[-1]
        )
        self.shown = on_page(self.found.coverage)
        self.values = {group.value for group in self.shown}

    def parts(self) -> Iterator[str]:
        """The section from top to bottom."""
        yield heading(2, f"By {title(self.grouping.fact.titles)} ({self.grouping.name})")
        yield from self.which_groups()
        yield from self.without_figures()
        if not any(group.state is GroupState.SHOWN for group in self.found.coverage):
            yield paragraph("No group has figures, so none can be compared.")
            return
        yield paragraph(
            "Shares and differences are worked out over the covered groups only: those shown and "
            "those too small to be shown. A difference whose interval does not hold 0 is more "
            "than chance would give once in twenty; of many, some are. It says that groups fare "
            "differently, not why."
        )
        yield paragraph(
            "Place 1 has the highest share. Groups with equal shares, compared to six places, have "
            "the same place, marked “=”; among them the order is by name."
        )
        yield from self.measures()

    # -- what is covered -------------------------------------------------------------

    def which_groups(self) -> Iterator[str]:
        """Which groups should be there, and how many the page leaves out."""
        groups, listed = self.found.coverage, listed_groups(self.grouping.fact)
        if listed is None:
            yield paragraph(
                "The catalogue lists no values of this fact. The groups are those that records "
                "name, and one of which no record came is not known here."
            )
        else:
            have = sum(group.listed and group.state is GroupState.SHOWN for group in groups)
            yield paragraph(
                f"The catalogue lists {count(len(listed))} values of this fact, whatever was "
                f"delivered: {count(have)} of them have figures."
            )
            others = [g.title for g in groups if not g.listed and g.value is not None]
            if others:
                yield paragraph(f"Recorded, but not on that list: {named(others)}.")
        left_out = len(groups) - len(self.shown)
        if left_out:
            yield paragraph(
                f"Of {groups_of(len(groups))} this page leaves out {count(left_out)}, those too "
                f"small to be shown first and then the smallest; of equally large ones the last "
                f"by name. More than {count(MOST_GROUPS)} would not be read on a page; all stand "
                "in coverage.parquet and groups.parquet."
            )

    def without_figures(self) -> Iterator[str]:
        """The groups that have no shares, and why."""
        for state in STATES:
            own = [group for group in self.found.coverage if group.state is state]
            if own:
                yield paragraph(f"{_sentence(state, own, self.hidden(), self.question.minimum)}")
        rows = [
            [group.title, STATES[group.state], _subjects(group)]
            for group in self.shown
            if group.state in STATES
        ]
        if rows:
            columns = [Column("group"), Column("what is known of it"), Column("subjects", True)]
            yield Table("Groups without figures", columns, rows).html()

    def hidden(self) -> int:
        """How many subjects are in the groups that are too small to be shown."""
        return self.subjects - sum(group.subjects or 0 for group in self.found.coverage)

    # -- shares ----------------------------------------------------------------------

    def measures(self) -> Iterator[str]:
        """A chart and a table for each measure that the page shows."""
        rows = [row for row in self.found.groups if row.value in self.values]
        keys = list(dict.fromkeys((row.measure, row.side, row.grade) for row in rows))
        for n, key in enumerate(key for key in _in_order(keys) if self.is_shown(key)):
            own = [row for row in rows if (row.measure, row.side, row.grade) == key]
            yield from self.measure(f"group-{n}", key, own)
        if not all(map(self.is_shown, keys)):
            yield paragraph(
                "Left out here: shares of the other grades"
                + ("" if self.question.before is None else ", and of the version compared with")
                + ". They stand in groups.parquet."
            )

    def is_shown(self, key: _Key) -> bool:
        """Moves, and the best and the worst grade of the candidate; the rest is in the file."""
        measure, side, name = key
        return measure != "grade" or (side == AFTER and name in (self.order[0], self.order[-1]))

    def measure(self, id: str, key: _Key, rows: list[GroupShare]) -> Iterator[str]:
        """One share of every group, drawn in parts that fit on a page, and its table."""
        measure, _, name = key
        said = (
            f"with grade {name} under the candidate"
            if measure == "grade"
            else f"that get a {measure} grade"
        )
        yield heading(3, f"Subjects {said}")
        if any(row.counted for row in rows):
            yield from self.drawn(id, f"Subjects {said}, as a share of their group", rows)
        else:
            yield paragraph("There are none in any of the groups that are shown.")
        names = ("subjects", "of these", "share", "95 % interval", "minus all others", "interval")
        columns = [Column("group"), Column("place", True), *(Column(n, True) for n in names)]
        caption = f"Subjects {said}, as a share of their group; differences in percentage points"
        yield Table(caption, columns, [_row(row) for row in rows]).html()

    def drawn(self, id: str, caption: str, rows: list[GroupShare]) -> Iterator[str]:
        """The chart of a measure."""
        most = max(row.high or Decimal(0) for row in rows)
        first = [row for row in rows if row.place == 1]
        each = " each" if len(first) > 1 else ""
        seen = f"Highest, {percent(first[0].share)}{each}: " if first else ""
        seen += f"{named([row.title for row in first])}." if first else "No group has a place."
        if any(label(row.title).cut for row in rows):
            seen += " A name that ends in “…” is cut in the chart; the table has it whole."
        done = 0
        for n, part in enumerate(parts_of(rows)):
            of = f", {done + 1} to {done + len(part)} of {len(rows)}" if part != rows else ""
            drawn = self.charts.groups_chart(part, most)
            yield Figure(f"{id}-{n}" if of else id, drawn, f"{caption}{of}", seen).html()
            done, seen = done + len(part), "Continued, on the same scale."


def _in_order(keys: list[_Key]) -> list[_Key]:
    return sorted(keys, key=lambda key: ("worse", "better", "grade").index(key[0]))


def _subjects(group: GroupCoverage) -> str:
    return "–" if group.subjects is None else count(group.subjects)


def _sentence(state: GroupState, groups: list[GroupCoverage], hidden: int, minimum: int) -> str:
    """How many groups are in a state, and what that means."""
    number, one = groups_of(len(groups)), len(groups) == 1
    match state:
        case GroupState.TOO_FEW:
            some = f"{count(hidden)} subjects in all" if hidden != 1 else "1 subject in all"
            return (
                f"{number} with {some} {'is' if one else 'are'} not shown: they, or what could be "
                f"worked out of them, are of fewer than {minimum} subjects."
            )
        case GroupState.NOTHING_REPORTED:
            return (
                f"From {number} nothing was delivered of which the scheme makes points. "
                "That says nothing good about them: their grades rest on absence alone."
            )
        case GroupState.NOT_EVALUATED:
            return (
                f"In {number} nobody has a grade with a place in the order, though there are "
                "records or standings."
            )
        case GroupState.NOT_COVERED:
            return (
                f"{number} {'is' if one else 'are'} not covered: no record names "
                f"{'it' if one else 'them'}, and nobody in {'it' if one else 'them'} has a "
                "standing."
            )
        case GroupState.SHOWN:
            return f"{number} with figures."


def _row(row: GroupShare) -> list[str]:
    subjects = "–" if row.subjects is None else count(row.subjects)
    if row.counted is None:
        return [row.title, "–", subjects, "–", "–", STATES[row.state], "–", "–"]
    interval = f"{percent(row.low).removesuffix(' %')} to {percent(row.high)}"
    apart = f"{points(row.difference_low)} to {points(row.difference_high)}"
    return [
        row.title, place(row), subjects, count(row.counted), percent(row.share), interval,
        points(row.difference), "–" if row.difference is None else apart,
    ]  # fmt: skip
