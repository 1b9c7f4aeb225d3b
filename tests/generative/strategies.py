"""Whole cases that type-check, made up by Hypothesis: a law, a scheme, a register, a question.

Each scheme is small, and every construct of the language may be in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from hypothesis import strategies as st
from tests.generative.expressions import ALPHA, BOTH, PARAMS, Scope, conditions, dates, numbers
from tests.generative.register import AS_OF, DAYS, ENDED_BY, INSTANTS, ITEMS, LATE, entries
from tests.spec.jurisdiction import Entry, jurisdiction

from goodstanding.catalogue import (
    Confidence,
    Document,
    Pack,
    Parameter,
    ParameterValue,
    Table,
    TableValue,
)
from goodstanding.evaluation.load import read_scheme
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import Fixed

Part = dict[str, object]
START = date(2000, 1, 1)
#: What a made-up scheme may be refused for: a product with too many decimal places, and numbers
#: that would be divided by what may be zero, or added and compared in different units.
REFUSED = {"GS-SCHEME-010"}


@dataclass(frozen=True)
class Case:
    """A scheme (and its file's contents), what the register holds, and a question."""

    data: Part
    pack: Pack
    scheme: Scheme
    entries: list[Entry]
    as_of: date
    known_at: datetime
    history: bool

    def __repr__(self) -> str:
        law = {
            name: {str(v.start): str(v.value) for v in parameter.values}
            for name, parameter in self.scheme.parameters.items()
        }
        rows = {name: table.values for name, table in self.scheme.tables.items()}
        asked = f"as of {self.as_of}, known at {self.known_at}, history: {self.history}"
        ended = {name: item.ended_by for name, item in self.scheme.population.items()}
        return "\n".join(map(str, [asked, self.data, law, rows, ended, *self.entries]))


# -- the law -----------------------------------------------------------------------------


def _starts(draw: st.DrawFn) -> list[date]:
    found = draw(st.none() | st.lists(st.sampled_from(DAYS), max_size=2, unique=True)) or []
    return [START, *sorted(found)]


@st.composite
def parameter(draw: st.DrawFn, name: str, scale: int, low: int, high: int, unit: str) -> Parameter:
    units = st.integers(low, high)
    values = [ParameterValue(day, Fixed(draw(units), scale), "act.1") for day in _starts(draw)]
    return Parameter(name, {"en": name}, unit, scale, tuple(values), Confidence.KNOWN)


def above(name: str, lower: Parameter, step: int) -> Parameter:
    """A parameter that is always ``step`` units above another."""
    values = tuple(
        ParameterValue(v.start, Fixed(v.value.units + step, lower.scale), v.article)
        for v in lower.values
    )
    return Parameter(name, {"en": name}, lower.unit, lower.scale, values, Confidence.KNOWN)


#: Scale, least and greatest units, and unit of each parameter but those above another.
_NUMBERS = {
    "n0": (0, -3, 9, "points"),
    "n2": (0, -9, 9, "points"),
    "m0": (2, -500, 5000, "money"),
    "r0": (4, -20000, 20000, "rate"),
    "w0": (0, 0, 4, "months"),
    "d0": (0, 0, 90, "days"),
    "y0": (0, 0, 2, "years"),
    "q0": (0, 0, 3, "quarters"),
    "c0": (0, 0, 3, "periods"),
    "lag": (0, 0, 3, "months"),
    "h0": (1, 0, 10, "share"),
    "k0": (0, 0, 2, "steps"),
}


@st.composite
def parameters(draw: st.DrawFn) -> dict[str, Parameter]:
    made = {name: draw(parameter(name, *given)) for name, given in _NUMBERS.items()}
    made["n1"] = above("n1", made["n0"], draw(st.integers(1, 5)))
    made["n3"] = above("n3", made["n1"], 3)
    made["w1"] = above("w1", made["w0"], 2)
    return made


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Table]:
    """A table by one text and one by two; its rows may change, and begin late."""
    made = {}
    keys = st.sampled_from(["a", "b", "alpha", "", "中"])
    for name, places in (("t1", 1), ("t2", 2)):
        rows = st.dictionaries(
            st.tuples(*[keys] * places), st.integers(-30, 30).map(lambda u: Fixed(u, 1)), max_size=4
        )
        starts = _starts(draw)[draw(st.sampled_from([0, 0, 0, 1])) :] or [START]
        values = tuple(TableValue(day, draw(rows), "act.1") for day in starts)
        said = tuple(f"key {n}" for n in range(places))
        made[name] = Table(name, {"en": name}, "points", 1, said, values, Confidence.KNOWN)
    return made


# -- selections and figures ----------------------------------------------------------------


def _given(draw: st.DrawFn, key: str, values: st.SearchStrategy[object]) -> Part:
    return {key: draw(values)} if draw(st.booleans()) else {}


def _rarely(draw: st.DrawFn, key: str, values: st.SearchStrategy[object]) -> Part:
    return {key: draw(values)} if draw(st.integers(0, 3)) == 3 else {}


_WINDOWS: list[Part] = [
    {"months": "param.w0"},
    {"days": "param.d0"},
    {"years": "param.y0"},
    {"calendar_months": "param.w0"},
    {"calendar_quarters": "param.q0"},
    {"calendar_years": "param.y0"},
]
_BY = st.sampled_from(["decided_on", "effective_on", "score", "visit", "amount"])
_OF = st.sampled_from(["record", "visit", "kind", "decided_on", "effective_on"])
_KEEP = st.one_of(
    st.fixed_dictionaries({"latest": st.integers(1, 3), "by": _BY, "of": _OF}),
    st.fixed_dictionaries({"first": st.integers(1, 3), "by": _BY, "of": _OF}),
)
_EQUAL = ["visit", "kind", "decided_on", "effective_on", "score", "document"]
_DISTINCT = st.fixed_dictionaries(
    {
        "columns": st.lists(st.sampled_from(_EQUAL), min_size=1, max_size=2, unique=True),
        "take": st.sampled_from(["latest", "first"]),
        "by": _BY,
    }
)
_POLICY = st.fixed_dictionaries(
    {
        "fact": st.sampled_from(["score", "amount"]),
        "min": st.sampled_from([None, "param.n0"]),
        "max": st.sampled_from([None, "param.n1"]),
        "then": st.sampled_from(["leave_out", {"use": "param.m0"}]),
        "article": st.just("act.7"),
    }
)


@st.composite
def selection(draw: st.DrawFn, cycle: bool) -> tuple[Part, Scope]:
    items, scope = draw(
        st.sampled_from([(["alpha"], ALPHA), (["alpha"], ALPHA), (["alpha", "beta"], BOTH)])
    )
    if cycle:
        scope = scope.and_("date", "period_start", "period_end")
    windows = [*_WINDOWS, *([{"periods": "param.c0"}] * 6 if cycle else [])]
    made: Part = {"items": items}
    made |= _given(draw, "where", conditions(scope))
    made |= _given(draw, "window", st.sampled_from(windows))
    made |= _rarely(draw, "distinct", _DISTINCT)
    made |= _given(draw, "keep", _KEEP)
    made |= _rarely(draw, "unusable", _POLICY.map(lambda policy: [policy]))
    return made, scope


_TAKES = ["latest", "first", "sum", "count", "count_distinct", "max", "min", "share",
          "days_since", "calendar_count", "streak"]  # fmt: skip


@st.composite
def indicator(draw: st.DrawFn, selections: dict[str, Scope]) -> tuple[Part, str]:
    of = draw(st.sampled_from(sorted(selections)))
    scope = selections[of]
    take = draw(st.sampled_from(_TAKES))
    made: Part = {"of": of, "take": take}
    if take == "share":
        made |= {"over": draw(st.sampled_from(sorted(selections))), "scale": 3}
    if take in ("calendar_count", "streak"):
        made["every"] = draw(st.sampled_from(["month", "quarter", "year"]))
        made |= _given(draw, "value", dates(scope))
        return made, "number"
    if take in ("count", "share", "days_since"):
        return made, "number"
    types = ["number"] if take == "sum" else ["number", "number", "text", "date"]
    kind = draw(st.sampled_from(types))
    plain = st.just("visit") if kind == "text" else dates(scope)
    values = numbers(scope) if kind == "number" else plain
    made["value"] = draw(values)
    return made, "number" if take == "count_distinct" else kind


@st.composite
def derived(draw: st.DrawFn, scope: Scope) -> tuple[Part, str]:
    kind = draw(st.sampled_from(["number", "number", "date"])) if scope.date else "number"
    return {"value": draw(numbers(scope) if kind == "number" else dates(scope))}, kind


# -- rules and grades ----------------------------------------------------------------------

_PERIOD = st.one_of(
    st.fixed_dictionaries({"from": st.sampled_from(DAYS[:5])}),
    st.fixed_dictionaries({"from": st.sampled_from(DAYS[:3]), "to": st.sampled_from(DAYS[5:])}),
)
_DECAY = st.sampled_from(
    [
        {"linear": {"months": "param.w0"}},
        {"linear": {"days": "param.d0"}},
        {"steps": [{"after": {"months": "param.w0"}, "share": "param.h0"}]},
        {
            "steps": [
                {"after": {"months": "param.w0"}, "share": "param.h0"},
                {"after": {"months": "param.w1"}, "share": "param.n2"},
            ]
        },
    ]
)


@st.composite
def rule(draw: st.DrawFn, scope: Scope, selections: dict[str, tuple[Part, Scope]]) -> Part:
    names = scope.number
    limit = st.sampled_from(["param.n0", "param.n2"])
    made: Part = {"titles": {"en": "Rule"}, "article": "act.2"}
    kinds = ["points", "per_record", "per_record", *(["per_unit", "bands"] if names else [])]
    kind = draw(st.sampled_from(kinds))
    if kind == "points":
        made["points"] = draw(numbers(scope))
    elif kind == "per_unit":
        points = draw(st.sampled_from(PARAMS))
        made["per_unit"] = {"of": draw(st.sampled_from(names)), "points": points}
    elif kind == "per_record":
        of = draw(st.sampled_from(sorted(selections)))
        chosen, columns = selections[of]
        each: Part = {"of": of, "points": draw(numbers(columns))}
        each |= _given(draw, "decay", _DECAY)
        if "window" not in chosen:
            each |= _given(draw, "valid", st.sampled_from(_WINDOWS[:3]))
        made["per_record"] = each
    else:
        steps = [
            {"points": draw(limit)},
            {"from": "param.n0", "points": draw(limit)},
            {"from": "param.n1", "points": draw(limit)},
        ]
        made["bands"] = {"of": draw(st.sampled_from(names)), "steps": steps}
    made |= _rarely(draw, "when", conditions(scope))
    made |= _rarely(draw, "cap", limit)
    made |= _rarely(draw, "floor", limit)
    made |= _given(draw, "group", st.just("both"))
    made |= _rarely(draw, "in_force", _PERIOD)
    return made


def _bands(grades: list[str], bounds: list[str | None]) -> list[Part]:
    made: list[Part] = []
    for grade, bound in zip(grades, bounds, strict=True):
        made.append({"grade": grade} if bound is None else {"grade": grade, "from": bound})
    return made


@st.composite
def grades(draw: st.DrawFn, scope: Scope) -> Part:
    lower = draw(st.booleans())
    banded = ["A", "B", "C"] if lower else ["C", "B", "A"]
    with_total = scope.and_("number", "total")
    changes: list[Part] = [
        {"grade": "X"}, {"grade": "B"}, {"at_best": "B"}, {"at_best": "C"}, {"at_worst": "A"},
        {"at_worst": "B"}, {"down": "param.k0"}, {"down": "param.k0"},
    ]  # fmt: skip
    changes += [{"carry": name} for name in scope.text]
    exceptions = [
        {
            "id": f"e{n}",
            "titles": {"en": "Exception"},
            "article": f"act.{n + 3}",
            "when": draw(conditions(with_total)),
        }
        | draw(st.sampled_from(changes))
        | _rarely(draw, "in_force", _PERIOD)
        for n in range(draw(st.integers(0, 3)))
    ]
    joint = [
        {
            "id": f"j{n}",
            "titles": {"en": "Joint"},
            "article": "act.8",
            "of": draw(st.sampled_from(scope.number)),
            "bands": _bands(
                draw(st.sampled_from([["A", "B", "C"], ["C", "B", "A"]])),
                [None, "param.n0", draw(st.sampled_from(["param.n1", "param.n3"]))],
            ),
        }
        for n in range(draw(st.integers(0, 2)) if scope.number else 0)
    ]
    return {
        "direction": "lower_is_better" if lower else "higher_is_better",
        "labels": {grade: {"titles": {"en": grade}} for grade in "ABCXN"},
        "order": ["A", "B", "C"],
        "bands": _bands(banded, [None, "param.n0", "param.n3"]),
        "joint": joint,
        "exceptions": exceptions,
    }


@st.composite
def scheme_data(draw: st.DrawFn) -> Part:
    """The contents of a scheme file."""
    cycle: Part = _rarely(
        draw,
        "cycle",
        st.sampled_from([{"every": "month"}, {"every": "quarter", "lag": "param.lag"},
                         {"every": "year"}, {"every": "month", "lag": "param.lag"}]),
    )  # fmt: skip
    selections: dict[str, tuple[Part, Scope]] = {}
    for n in range(draw(st.integers(1, 2))):
        selections[f"s{n}"] = draw(selection(bool(cycle)))
    scopes = {name: scope for name, (_, scope) in selections.items()}
    scope = Scope(date=("period_start", "period_end") if cycle else ())
    indicators: Part = {}
    for n in range(draw(st.integers(1, 3))):
        indicators[f"i{n}"], kind = draw(indicator(scopes))
        scope = scope.and_(kind, f"i{n}")
    figures: Part = {}
    for n in range(draw(st.sampled_from([0, 0, 1, 2]))):
        # Written before what it rests on: the order in the file says nothing.
        made, kind = draw(derived(scope))
        figures = {f"d{n}": made, **figures}
        scope = scope.and_(kind, f"d{n}")
    counts = st.sampled_from(["all", "highest", "lowest"])
    both: Part = {"titles": {"en": "Both"}, "counts": draw(counts)}
    both |= _given(draw, "cap", st.just("param.n1"))
    both |= _given(draw, "floor", st.just("param.n2"))
    made_scheme: Part = {
        "id": "generated",
        "titles": {"en": "Generated"},
        "authority": "office",
        "subject_kind": "business",
        "act": "act.1",
        "version": 1,
        "in_force": draw(_IN_FORCE),
        "unit": "points",
        "scale": draw(st.integers(0, 3)),
        **cycle,
        "selections": {name: made for name, (made, _) in selections.items()},
        "indicators": indicators,
        "derived": figures,
        "rules": {f"r{n}": draw(rule(scope, selections)) for n in range(draw(_FEW))},
        "groups": {"both": both},
        "grades": draw(grades(scope)),
    }
    made_scheme |= _given(draw, "base", st.just("param.n2"))
    when = conditions(scope)
    if draw(st.booleans()):
        absence = {"when": draw(when), "grade": "N", "titles": {"en": "No"}, "article": "act.9"}
        made_scheme["absence"] = absence
    return made_scheme


_FEW = st.sampled_from([1, 2, 1, 0])
_IN_FORCE: st.SearchStrategy[Part] = st.sampled_from(
    [
        {"from": date(2020, 1, 1)},
        {"from": date(2024, 1, 15)},
        {"from": date(2023, 1, 1), "to": date(2025, 3, 1)},
    ]
)


def written(data: Part) -> Document:
    """Scheme data as if read from a file."""
    return Document(Path("generated.yaml"), data, {(): (1, 1)})


def _asking(part: object) -> object:
    """The same with working days in place of a number of records: few schemes have them else."""
    match part:
        case dict():
            return {key: _asking(value) for key, value in part.items()}
        case list():
            return [_asking(value) for value in part]
        case str():
            return re.sub(r"\brate\b", "working_days_between(published_on, decided_on)", part)
    return part


@st.composite
def cases(draw: st.DrawFn) -> Case | None:
    """A whole case; None where the scheme is refused for one of ``REFUSED``."""
    ended_by = draw(st.sampled_from(ENDED_BY))
    items = {name: replace(item, ended_by=ended_by.get(name, ())) for name, item in ITEMS.items()}
    law = jurisdiction(draw(parameters()), items, draw(tables()))
    pack = replace(law, calendar=draw(st.sampled_from(["none", "sg"])))
    data = draw(scheme_data())
    if pack.calendar != "none" and draw(st.booleans()):
        data = {key: _asking(part) for key, part in data.items()}
    scheme, findings = read_scheme(pack, written(data))
    if scheme is None:
        assert {f.code.id for f in findings} <= REFUSED, [data, *map(str, findings)]
        return None
    history = draw(st.booleans())
    return Case(
        data=data,
        pack=pack,
        scheme=scheme,
        entries=draw(entries()),
        as_of=draw(st.sampled_from(AS_OF if history else [*AS_OF, LATE])),
        known_at=draw(st.sampled_from([INSTANTS[-1], *INSTANTS])),
        history=history,
    )
