"""The charts of the report, drawn by Altair and turned into SVG without a browser or a network.

Invariant: every chart can be read in grey. Grades go from light (best) to dark (worst), what is
told apart by colour is told apart by place or shape too, and beside each chart stands its table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import altair as alt
import vl_convert

from goodstanding.evaluation.backtest.labels import label
from goodstanding.evaluation.backtest.model import (
    AFTER,
    BEFORE,
    Confusion,
    GroupShare,
    Stability,
)
from goodstanding.evaluation.backtest.shown import STATES, Moves, count, grade, percent

#: From best to worst; white, with a thin edge, is for what has no place in the order.
_SCALE = ["#dbe9f6", "#a9cbe6", "#6a9fd0", "#3a70ad", "#1c4580", "#0a2247"]
_OUTSIDE = "#ffffff"
_INK, _FAINT, _GRID = "#1f2328", "#57606a", "#dcdcdc"
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
#: The width of a chart's drawing, in CSS pixels.
_WIDTH = 600
#: What stands between a name and its row, and the height of a line of it.
_GAP, _LINE = 12, 14
#: How narrow the rows beside names may be, and what a figure at the end of a row takes.
_NARROWEST, _SAID = 300, 60
#: Rows of a chart are numbered; their names stand beside them.
_ROWS = alt.Y("row:O", axis=None)


def svg(chart: alt.Chart | alt.LayerChart | alt.FacetChart | alt.HConcatChart) -> str:
    """The chart as SVG text."""
    styled = chart.configure(font=_FONT, background="transparent", aria=False).configure_view(
        stroke=None
    )
    styled = styled.configure_axis(
        labelFontSize=12, titleFontSize=12, labelColor=_INK, titleColor=_INK, gridColor=_GRID,
        titleFontWeight="normal", labelLimit=280, domainColor=_INK, tickColor=_INK,
        titlePadding=10,
    )  # fmt: skip
    styled = styled.configure_legend(
        labelFontSize=12, titleFontSize=12, labelColor=_INK, titleColor=_INK,
        titleFontWeight="normal", labelLimit=280, columnPadding=28,
    )  # fmt: skip
    styled = styled.configure_header(labelFontSize=12, titleFontSize=12, labelColor=_INK)
    return str(vl_convert.vegalite_to_svg(styled.to_dict()))


def confusion_chart(rows: Sequence[Confusion], grades: Sequence[str | None]) -> str:
    """Grades before (down) and after (across) on one day: counts, shaded by share of the row."""
    totals: dict[str | None, int] = {}
    for row in rows:
        totals[row.before] = totals.get(row.before, 0) + row.subjects
    data = [
        {
            "before": grade(row.before), "after": grade(row.after), "count": count(row.subjects),
            "share": row.subjects / totals[row.before], "stays": row.before == row.after,
        }
        for row in rows
    ]  # fmt: skip
    names = [grade(name) for name in grades]
    base = alt.Chart(alt.InlineData(values=data)).encode(
        x=alt.X(
            "after:N", sort=names, scale=alt.Scale(domain=names),
            axis=alt.Axis(orient="top", title="grade under the candidate", labelAngle=0),
        ),
        y=alt.Y(
            "before:N", sort=names, scale=alt.Scale(domain=names),
            axis=alt.Axis(title="grade under the version compared with"),
        ),
    )  # fmt: skip
    cells = base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(
        color=alt.Color(
            "share:Q", legend=None,
            scale=alt.Scale(domain=[0, 1], range=["#eef3f8", "#1c4580"], interpolate="rgb"),
        )
    )  # fmt: skip
    text = base.mark_text(fontSize=13).encode(
        text="count:N",
        color=alt.condition("datum.share > 0.5", alt.value("#ffffff"), alt.value(_INK)),
    )
    side = max(38, 260 // max(1, len(names)))
    return svg((cells + text).properties(width=_WIDTH, height=side * len(names)))


def moves_chart(days: Sequence[Moves]) -> str:
    """How many moved on each day: worse above the line, better below it, darker for farther."""
    data = [
        {
            "day": row.as_of.isoformat(), "moved": moved if steps > 0 else -moved,
            "how": _how(steps), "far": min(abs(steps), 3),
        }
        for row in days
        for steps, moved in sorted((s, n) for s, n in row.by_steps.items() if s is not None)
    ]  # fmt: skip
    order = [_how(steps) for steps in (-3, -2, -1, 1, 2, 3)]
    colours = ["#235a70", "#4f91ab", "#9cc7d6", "#d99a7b", "#b95c33", "#6e2409"]
    known = [
        (h, c) for h, c in zip(order, colours, strict=True) if any(d["how"] == h for d in data)
    ]
    chart = (
        alt.Chart(alt.InlineData(values=data))
        .mark_bar(stroke="#ffffff", strokeWidth=0.5)
        .encode(
            x=_days_axis([row.as_of.isoformat() for row in days]),
            y=alt.Y(
                "moved:Q",
                axis=alt.Axis(
                    title="subjects: worse above, better below", tickMinStep=1,
                    labelExpr="format(abs(datum.value), ',d')",
                ),
            ),
            color=alt.Color(
                "how:N", title=None, sort=[how for how, _ in known],
                scale=alt.Scale(
                    domain=[how for how, _ in known], range=[colour for _, colour in known]
                ),
                legend=alt.Legend(orient="top", direction="horizontal", symbolType="square"),
            ),
            order=alt.Order("far:Q"),
        )
    )  # fmt: skip
    return svg(chart.properties(width=_WIDTH, height=220))


def _how(steps: int) -> str:
    far = f"{abs(steps)} step{'s' if abs(steps) > 1 else ''}" if abs(steps) < 3 else "3 or more"
    return f"{far} {'worse' if steps > 0 else 'better'}"


def grades_chart(
    rows: Sequence[Confusion], grades: Sequence[str | None], ordered: int, *, alone: bool
) -> str:
    """The share of each grade on each day, a panel for each version; the first ``ordered``
    grades have a place in the order."""
    counts: dict[tuple[str, str, str], int] = {}
    for row in rows:
        sides = {AFTER: row.after} | ({} if alone else {BEFORE: row.before})
        for side, name in sides.items():
            key = (side, row.as_of.isoformat(), grade(name))
            counts[key] = counts.get(key, 0) + row.subjects
    names = [grade(name) for name in grades]
    data = [
        {
            "version": _side(side), "day": day, "grade": name, "subjects": subjects,
            "place": names.index(name),
        }
        for (side, day, name), subjects in sorted(counts.items())
    ]  # fmt: skip
    days = sorted({day for _, day, _ in counts})
    panels = [_side(AFTER)] if alone else [_side(BEFORE), _side(AFTER)]
    chart = (
        alt.Chart(alt.InlineData(values=data))
        .mark_bar(stroke="#7d858e", strokeWidth=0.5)
        .encode(
            x=_days_axis(days),
            y=alt.Y(
                "subjects:Q", stack="normalize",
                axis=alt.Axis(title="share of subjects", format=".0%"),
            ),
            color=alt.Color(
                "grade:N", title="grade", sort=names,
                scale=alt.Scale(domain=names, range=_shades(ordered, len(names))),
                legend=alt.Legend(orient="top", direction="horizontal", symbolStrokeColor=_INK),
            ),
            order=alt.Order("place:Q"),
        )
        .properties(width=_WIDTH // len(panels) - 20, height=220)
        .facet(column=alt.Column("version:N", title=None, sort=panels), spacing=24)
    )  # fmt: skip
    return svg(chart)


def _shades(ordered: int, number: int) -> list[str]:
    """Light to dark over the grades in order, grey for what is outside it."""
    last = max(1, ordered - 1)
    picked = [_SCALE[round(n * (len(_SCALE) - 1) / last)] for n in range(ordered)]
    return [*picked, *[_OUTSIDE] * (number - ordered)]


def stability_chart(rows: Sequence[Stability]) -> str:
    """The share of subjects whose grade changed between one day and the next, by version."""
    data = [
        {"day": row.end.isoformat(), "share": float(row.share), "version": _side(row.side)}
        for row in rows
        if row.share is not None
    ]
    sides = [side for side in (BEFORE, AFTER) if any(row.side == side for row in rows)]
    names = [_side(side) for side in sides]
    shown = {BEFORE: ("#6f9fbd", [5, 3], "square"), AFTER: ("#0a2247", [1, 0], "circle")}
    base = alt.Chart(alt.InlineData(values=data)).encode(
        x=_days_axis(sorted({row.end.isoformat() for row in rows})),
        y=alt.Y("share:Q", axis=alt.Axis(title="share that changed grade", format=".1%")),
        color=alt.Color(
            "version:N", title=None,
            scale=alt.Scale(domain=names, range=[shown[side][0] for side in sides]),
            legend=alt.Legend(orient="top", direction="horizontal", symbolStrokeWidth=0),
        ),
    )  # fmt: skip
    lines = base.mark_line(strokeWidth=2).encode(
        strokeDash=alt.StrokeDash(
            "version:N", legend=None,
            scale=alt.Scale(domain=names, range=[shown[side][1] for side in sides]),
        )
    )  # fmt: skip
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        shape=alt.Shape(
            "version:N", title=None,
            scale=alt.Scale(domain=names, range=[shown[side][2] for side in sides]),
        )
    )  # fmt: skip
    return svg((lines + dots).properties(width=_WIDTH, height=200))


@dataclass(frozen=True, slots=True)
class Bar:
    """What moving one bound does: how many grades change one step lower and one step higher."""

    name: str
    lower: int
    higher: int


def sensitivity_chart(bars: Sequence[Bar], most: int) -> str:
    """How many grades change if a bound is one step lower (left) or higher (right); ``most`` is
    the largest count in any part of the chart."""
    how = ["one step lower", "one step higher"]
    data = [
        {"row": n, "changed": changed, "how": which}
        for n, bar in enumerate(bars)
        for which, changed in zip(how, (-bar.lower, bar.higher), strict=True)
    ]
    drawn = (
        alt.Chart(alt.InlineData(values=data))
        .mark_bar(height={"band": 0.7})
        .encode(
            x=alt.X(
                "changed:Q", scale=alt.Scale(domain=[-most, most]),
                axis=alt.Axis(
                    title="subjects whose grade changes", orient="top", tickMinStep=1,
                    labelExpr="format(abs(datum.value), ',d')", tickCount=6,
                ),
            ),
            y=_ROWS,
            color=alt.Color(
                "how:N", title=None, sort=how,
                scale=alt.Scale(domain=how, range=["#9cc7d6", "#1c4580"]),
                legend=alt.Legend(orient="top", direction="horizontal"),
            ),
        )
    )  # fmt: skip
    return _beside([bar.name for bar in bars], drawn)


def groups_chart(rows: Sequence[GroupShare], most: Decimal) -> str:
    """One share of each group with its interval, or why it has none; ``most`` is the highest end
    of an interval in any part of the chart."""
    data = [
        {
            "row": n, "share": float(row.share), "low": float(row.low or 0),
            "high": float(row.high or 0), "said": percent(row.share),
        }
        for n, row in enumerate(rows)
        if row.share is not None
    ]  # fmt: skip
    without = [
        {"row": n, "why": STATES[row.state], "from": 0}
        for n, row in enumerate(rows)
        if row.share is None
    ]
    axis = alt.Axis(
        title="share of the group, with its 95 % interval", format=".3~%", tickCount=6,
        orient="top",
    )  # fmt: skip
    scale = alt.Scale(domain=[0, float(most) or 1], nice=True)
    base = alt.Chart(alt.InlineData(values=data)).encode(y=_ROWS)
    lines = base.mark_rule(strokeWidth=2, color="#3a70ad").encode(
        x=alt.X("low:Q", axis=axis, scale=scale), x2="high:Q"
    )
    dots = base.mark_point(filled=True, size=70, opacity=1, color="#0a2247").encode(x="share:Q")
    text = base.mark_text(align="left", dx=8, fontSize=12, color=_INK).encode(
        x="high:Q", text="said:N"
    )
    reasons = (
        alt.Chart(alt.InlineData(values=without))
        .mark_text(align="left", dx=6, fontSize=12, fontStyle="italic", color=_FAINT)
        .encode(x=alt.X("from:Q"), y=_ROWS, text="why:N")
    )
    return _beside([row.title for row in rows], lines + dots + text + reasons)


def _beside(names: Sequence[str], drawn: alt.Chart | alt.LayerChart) -> str:
    """A chart of rows with their names beside them.

    Names are drawn as text, never made the values of an axis: equal names stay two rows, none is
    cut unseen, and none is taken for an expression.
    """
    labels = [label(name) for name in names]
    data = [
        {"row": n, "label": each.text, "lines": len(each.lines)} for n, each in enumerate(labels)
    ]
    tallest = max((len(each.lines) for each in labels), default=1)
    # Lines of text hang from their first one; so names of as many lines are lifted together.
    beside = [
        alt.Chart(alt.InlineData(values=[row for row in data if row["lines"] == lines]))
        .mark_text(
            align="right", baseline="middle", fontSize=12, lineHeight=_LINE, lineBreak="\n",
            dy=-_LINE * (lines - 1) / 2, color=_INK,
        )
        .encode(y=_ROWS, x=alt.value(-_GAP), text="label:N")
        for lines in range(1, tallest + 1)
    ]  # fmt: skip
    # Whoever draws this has other fonts than the reader: the room is kept by something unseen.
    room = max((each.room for each in labels), default=0) + _GAP
    kept = (
        alt.Chart(alt.InlineData(values=data[:1]))
        .mark_rule(opacity=0)
        .encode(y=_ROWS, x=alt.value(-room), x2=alt.value(0))
    )
    chart = alt.layer(drawn, kept, *beside).properties(
        width=max(_NARROWEST, _WIDTH + _SAID - room), height=alt.Step(max(24, tallest * _LINE + 8))
    )
    return svg(chart)


def labelled_every(days: int) -> int:
    """Of how many days one is named on an axis of so many."""
    return max(1, -(-days // 24))


def _days_axis(days: Sequence[str]) -> alt.X:
    """Days as they were asked for, not as a line of time; slanted only where there are many."""
    many = len(days) > 6
    every = labelled_every(len(days))
    shown = [day for n, day in enumerate(days) if n % every == 0]
    axis = alt.Axis(title=None, labelAngle=-45 if many else 0, values=shown)
    return alt.X("day:O", sort=list(days), axis=axis)


def _side(side: str) -> str:
    return "candidate" if side == AFTER else "compared with"
