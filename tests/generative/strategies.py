"""Schemes and data that type-check, made up by Hypothesis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from tests.spec.jurisdiction import Entry, fact, item, jurisdiction

from goodstanding.catalogue import Confidence, Document, FactType, Pack, Parameter, ParameterValue
from goodstanding.evaluation.load import read_scheme
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import Fixed

#: Three items about businesses, one about public bodies.
ITEMS = {
    made.id: made
    for made in (
        item(
            "alpha",
            fact("amount", FactType.MONEY, 2, required=True),
            fact("flag", FactType.BOOLEAN),
            fact("kind", FactType.CODE, codes="abc"),
            fact("rate", FactType.DECIMAL, 3),
            fact("score", FactType.INTEGER),
            fact("seen", FactType.DATE),
            fact("visit", FactType.TEXT),
        ),
        item(
            "beta",
            fact("amount", FactType.DECIMAL, 4),
            fact("kind", FactType.CODE, codes="ad"),
            fact("score", FactType.INTEGER, required=True),
            fact("visit", FactType.TEXT, required=True),
        ),
        item("gamma"),
        item("delta", fact("amount", FactType.MONEY, 2), kinds=("public_body",)),
    )
}


DAYS = [
    date(2023, 12, 31),
    date(2024, 1, 1),
    date(2024, 1, 30),
    date(2024, 1, 31),
    date(2024, 2, 28),
    date(2024, 2, 29),
    date(2024, 3, 1),
    date(2024, 3, 31),
    date(2024, 5, 31),
]
AS_OF = [*DAYS[4:], date(2024, 6, 30), date(2025, 2, 28)]
INSTANTS = [datetime(2025, 3, day, 12, 0, 0, 1, tzinfo=UTC) for day in (1, 2, 3)]
TEXTS = ["", "A", "a", "b", "Z", "é", "z", "中", "𝄞"]
SUBJECTS = ["biz:1", "biz:10", "biz:2"]


@dataclass(frozen=True)
class Scope:
    """The names of each type that an expression may use."""

    number: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    boolean: tuple[str, ...] = ()

    def and_(self, kind: str, name: str) -> Scope:
        return replace(self, **{kind: (*getattr(self, kind), name)})


ALPHA = Scope(
    number=("amount", "rate", "score"),
    date=("decided_on", "effective_on", "seen", "published_on", "as_of"),
    text=("kind", "visit", "item", "source_key"),
    boolean=("flag",),
)
BOTH = Scope(
    number=("amount", "score"),
    date=("decided_on", "effective_on", "as_of"),
    text=("visit", "kind"),
)
CODES = {"kind": "a", "item": "alpha"}


@dataclass(frozen=True)
class Case:
    """A scheme (and its file's contents), what the register holds, and a question."""

    data: dict[str, object]
    pack: Pack
    scheme: Scheme
    entries: list[Entry]
    as_of: date
    known_at: datetime

    def __repr__(self) -> str:
        law = {
            name: {str(v.start): str(v.value) for v in parameter.values}
            for name, parameter in self.scheme.parameters.items()
        }
        parts = [f"as of {self.as_of}, known at {self.known_at}", self.data, law, *self.entries]
        return "\n".join(map(str, parts))


# -- the law -----------------------------------------------------------------------------


@st.composite
def parameter(draw: st.DrawFn, name: str, scale: int, low: int, high: int, unit: str) -> Parameter:
    starts = draw(st.lists(st.sampled_from(DAYS), max_size=2, unique=True))
    units = st.integers(low, high)
    values = [
        ParameterValue(start, Fixed(draw(units), scale), "act.1")
        for start in [date(2000, 1, 1), *sorted(starts)]
    ]
    return Parameter(name, {"en": name}, unit, scale, tuple(values), Confidence.KNOWN)


def above(name: str, lower: Parameter, step: int) -> Parameter:
    """A parameter that is always ``step`` units above another."""
    values = tuple(
        ParameterValue(v.start, Fixed(v.value.units + step, lower.scale), v.article)
        for v in lower.values
    )
    return Parameter(name, {"en": name}, lower.unit, lower.scale, values, Confidence.KNOWN)


@st.composite
def parameters(draw: st.DrawFn) -> dict[str, Parameter]:
    n = draw(parameter("n0", 0, -3, 9, "points"))
    made = [n, above("n1", n, draw(st.integers(1, 5))), draw(parameter("n2", 0, -9, 9, "points"))]
    made.append(above("n3", made[1], 3))
    made.append(draw(parameter("m0", 2, -500, 5000, "money")))
    made.append(draw(parameter("r0", 4, -20000, 20000, "rate")))
    made.append(draw(parameter("w0", 0, 0, 4, "months")))
    made.append(draw(parameter("d0", 0, 0, 90, "days")))
    return {p.id: p for p in made}


# -- expressions -------------------------------------------------------------------------

PARAMS = ["param.n0", "param.n2", "param.m0", "param.r0"]


@cache
def numbers(scope: Scope, depth: int = 1) -> st.SearchStrategy[str]:
    atoms = st.sampled_from([*scope.number, *scope.number, *PARAMS])
    if depth == 0:
        return atoms
    inner = numbers(scope, depth - 1)
    dates = st.sampled_from(scope.date)
    return st.one_of(
        atoms,
        st.builds("({} {} {})".format, inner, st.sampled_from("+-"), inner),
        st.builds("({} * {})".format, atoms, atoms),
        st.builds("(-{})".format, atoms),
        st.builds("coalesce({}, 0)".format, inner),
        st.builds("coalesce({}, {})".format, inner, inner),
        st.builds("case when {} then {} else {} end".format, conditions(scope, 0), inner, inner),
        st.builds("case when {} then {} end".format, conditions(scope, 0), inner),
        st.builds("days_between({}, {})".format, dates, dates),
        st.builds("ratio({}, {}, {})".format, atoms, atoms, st.integers(0, 4)),
    )


@cache
def conditions(scope: Scope, depth: int = 1) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
    atoms = numbers(scope, 0)
    dates = st.sampled_from(scope.date)
    simple = [
        st.builds("{} {} {}".format, atoms, operators, atoms),
        st.builds("{} {} {}".format, dates, operators, dates),
        st.builds("{} is null".format, atoms),
        st.builds("{} is not null".format, dates),
        st.builds("{} between {} and {}".format, atoms, atoms, atoms),
    ]
    if scope.boolean:
        simple.append(st.sampled_from(scope.boolean))
        simple.append(st.builds("{} = false".format, st.sampled_from(scope.boolean)))
    for name in scope.text:
        values = st.just(CODES[name]) if name in CODES else st.sampled_from(TEXTS)
        simple.append(st.builds("{} {} '{}'".format, st.just(name), operators, values))
        simple.append(st.builds("{} in ('{}', '{}')".format, st.just(name), values, values))
        simple.append(st.builds("{} not in ('{}')".format, st.just(name), values))
    if depth == 0:
        return st.one_of(simple)
    inner = conditions(scope, depth - 1)
    compared = numbers(scope, 1)
    return st.one_of(
        *simple,
        st.builds("({} {} {})".format, compared, operators, compared),
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
        st.builds("coalesce({}, true)".format, inner),
    )


# -- schemes -----------------------------------------------------------------------------


def _given(draw: st.DrawFn, key: str, values: st.SearchStrategy[object]) -> dict[str, object]:
    return {key: draw(values)} if draw(st.booleans()) else {}


@st.composite
def selection(draw: st.DrawFn) -> tuple[dict[str, object], Scope]:
    items, scope = draw(
        st.sampled_from([(["alpha"], ALPHA), (["alpha"], ALPHA), (["alpha", "beta"], BOTH)])
    )
    keep = st.fixed_dictionaries(
        {
            "latest": st.integers(1, 3),
            "by": st.sampled_from(["decided_on", "effective_on", "score", "visit", "amount"]),
            "of": st.sampled_from(["record", "visit", "kind", "decided_on", "effective_on"]),
        }
    )
    window = st.sampled_from([{"months": "param.w0"}, {"days": "param.d0"}])
    made: dict[str, object] = {"items": items}
    made |= _given(draw, "where", conditions(scope))
    made |= _given(draw, "window", window)
    made |= _given(draw, "keep", keep)
    return made, scope


@st.composite
def indicator(draw: st.DrawFn, selections: dict[str, Scope]) -> tuple[dict[str, object], str]:
    of = draw(st.sampled_from(sorted(selections)))
    scope = selections[of]
    take = draw(
        st.sampled_from(
            [
                "latest",
                "latest",
                "sum",
                "count",
                "count_distinct",
                "max",
                "min",
                "share",
                "days_since",
            ]
        )
    )
    made: dict[str, object] = {"of": of, "take": take}
    if take == "share":
        made |= {"over": draw(st.sampled_from(sorted(selections))), "scale": 3}
    if take in ("count", "share", "days_since"):
        return made, "number"
    types = ["number"] if take == "sum" else ["number", "number", "text", "date"]
    kind = draw(st.sampled_from(types))
    plain = ("visit",) if kind == "text" else scope.date
    values = numbers(scope) if kind == "number" else st.sampled_from(plain)
    made["value"] = draw(values)
    return made, "number" if take == "count_distinct" else kind


@st.composite
def rule(draw: st.DrawFn, scope: Scope) -> dict[str, object]:
    names = scope.number
    limit = st.sampled_from(["param.n0", "param.n2"])
    made: dict[str, object] = {"titles": {"en": "Rule"}, "article": "act.2"}
    kind = draw(st.sampled_from(["points", "per_unit", "bands"] if names else ["points"]))
    if kind == "points":
        made["points"] = draw(numbers(scope))
    elif kind == "per_unit":
        points = draw(st.sampled_from(PARAMS))
        made["per_unit"] = {"of": draw(st.sampled_from(names)), "points": points}
    else:
        steps = [
            {"points": draw(limit)},
            {"from": "param.n0", "points": draw(limit)},
            {"from": "param.n1", "points": draw(limit)},
        ]
        made["bands"] = {"of": draw(st.sampled_from(names)), "steps": steps}
    made |= _given(draw, "when", conditions(scope))
    made |= _given(draw, "cap", limit)
    made |= _given(draw, "floor", limit)
    made |= _given(draw, "group", st.just("both"))
    return made


@st.composite
def grades(draw: st.DrawFn, scope: Scope) -> dict[str, object]:
    lower = draw(st.booleans())
    banded = ["A", "B", "C"] if lower else ["C", "B", "A"]
    bounds = [None, "param.n0", "param.n3"]
    bands = [
        {"grade": grade} | ({"from": bound} if bound else {})
        for grade, bound in zip(banded, bounds, strict=True)
    ]
    with_total = scope.and_("number", "total")
    outcome = st.sampled_from([{"grade": "X"}, {"grade": "B"}, {"at_best": "B"}, {"at_best": "C"}])
    exceptions = [
        {
            "id": f"e{n}",
            "titles": {"en": "Exception"},
            "article": f"act.{n + 3}",
            "when": draw(conditions(with_total)),
        }
        | draw(outcome)
        for n in range(draw(st.integers(0, 3)))
    ]
    return {
        "direction": "lower_is_better" if lower else "higher_is_better",
        "labels": {grade: {"titles": {"en": grade}} for grade in "ABCXN"},
        "order": ["A", "B", "C"],
        "bands": bands,
        "exceptions": exceptions,
    }


@st.composite
def scheme_data(draw: st.DrawFn) -> dict[str, object]:
    """The contents of a scheme file."""
    selections: dict[str, object] = {}
    scopes: dict[str, Scope] = {}
    for n in range(draw(st.integers(1, 3))):
        selections[f"s{n}"], scopes[f"s{n}"] = draw(selection())
    indicators: dict[str, object] = {}
    scope = Scope(date=("as_of",))
    for n in range(draw(st.integers(1, 5))):
        made, kind = draw(indicator(scopes))
        indicators[f"i{n}"] = made
        scope = scope.and_(kind, f"i{n}")
    rules = {f"r{n}": draw(rule(scope)) for n in range(draw(st.integers(0, 3)))}
    both: dict[str, object] = {"titles": {"en": "Both"}}
    both |= _given(draw, "cap", st.just("param.n1"))
    both |= _given(draw, "floor", st.just("param.n2"))
    made_scheme: dict[str, object] = {
        "id": "generated",
        "titles": {"en": "Generated"},
        "authority": "office",
        "subject_kind": "business",
        "act": "act.1",
        "version": 1,
        "in_force": {"from": draw(st.sampled_from([date(2020, 1, 1)] * 3 + [date(2024, 1, 15)]))},
        "unit": "points",
        "scale": draw(st.integers(0, 3)),
        "selections": selections,
        "indicators": indicators,
        "rules": rules,
        "groups": {"both": both},
        "grades": draw(grades(scope)),
    }
    made_scheme |= _given(draw, "base", st.just("param.n2"))
    if draw(st.booleans()):
        when = draw(conditions(scope))
        absence = {"when": when, "grade": "N", "titles": {"en": "None"}, "article": "act.9"}
        made_scheme["absence"] = absence
    return made_scheme


# -- data --------------------------------------------------------------------------------


def _money(places: int) -> st.SearchStrategy[Decimal]:
    units = st.integers(-20000, 90000) | st.sampled_from([0, 100, 5000])
    return units.map(lambda u: Decimal(u).scaleb(-places))


FACTS: dict[str, dict[str, st.SearchStrategy[object]]] = {
    "alpha": {
        "amount": _money(2),
        "flag": st.sampled_from([True, False, None]),
        "kind": st.sampled_from(["a", "b", "c", None]),
        "rate": st.none() | _money(3),
        "score": st.none() | st.integers(-3, 12),
        "seen": st.none() | st.sampled_from(DAYS),
        "visit": st.none() | st.sampled_from(TEXTS),
    },
    "beta": {
        "amount": st.none() | _money(4),
        "kind": st.sampled_from(["a", "d", None]),
        "score": st.integers(-3, 12),
        "visit": st.sampled_from(TEXTS),
    },
    "gamma": {},
    "delta": {"amount": _money(2)},
}


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """What a register holds: records, and corrections or withdrawals of earlier ones."""
    made: list[Entry] = []
    for leaf in range(draw(st.integers(1, 16))):
        name = draw(st.sampled_from(["alpha", "alpha", "alpha", "beta", "beta", "gamma", "delta"]))
        earlier = [e for e in made if e.item == name]
        replaced = draw(st.none() | st.none() | st.sampled_from(earlier)) if earlier else None
        begins = draw(st.sampled_from(DAYS))
        lasts = draw(st.none() | st.integers(1, 200))
        subject = replaced.subject if replaced else draw(st.sampled_from(SUBJECTS))
        acts = st.sampled_from(["correction", "withdrawal"]) if replaced else st.just("record")
        made.append(
            Entry(
                leaf=leaf * 3,
                item=name,
                subject=subject,
                subject_kind="public_body" if name == "delta" else "business",
                effective_on=begins,
                ends_on=None if lasts is None else begins + timedelta(days=lasts),
                decided_on=draw(st.none() | st.sampled_from(DAYS)),
                published_on=draw(st.none() | st.sampled_from(DAYS)),
                known_at=draw(st.sampled_from(INSTANTS)),
                source=draw(st.sampled_from(["s", "t"])),
                source_key=replaced.source_key
                if replaced
                else draw(st.sampled_from("kK")) + str(leaf % 10),
                act=draw(acts),
                supersedes=replaced.leaf if replaced else None,
                facts={fact: draw(values) for fact, values in FACTS[name].items()},
            )
        )
    return made


def written(data: dict[str, object]) -> Document:
    """Scheme data as if read from a file."""
    return Document(Path("generated.yaml"), data, {(): (1, 1)})


@st.composite
def cases(draw: st.DrawFn) -> Case | None:
    """A whole case; None where a product has more decimal places than are allowed."""
    pack = jurisdiction(draw(parameters()), ITEMS)
    data = draw(scheme_data())
    scheme, findings = read_scheme(pack, written(data))
    if scheme is None:
        assert {f.code.id for f in findings} == {"GS-SCHEME-010"}, list(map(str, findings))
        return None
    return Case(
        data=data,
        pack=pack,
        scheme=scheme,
        entries=draw(entries()),
        as_of=draw(st.sampled_from(AS_OF)),
        known_at=draw(st.sampled_from(INSTANTS)),
    )
