"""Expressions that type-check, made up by Hypothesis: numbers, dates and conditions of a scope."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from hypothesis import strategies as st
from tests.generative.register import TEXTS

Text = st.SearchStrategy[str]


@dataclass(frozen=True)
class Scope:
    """The names of each type that an expression may use, besides as_of."""

    number: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    boolean: tuple[str, ...] = ()

    def and_(self, kind: str, *names: str) -> Scope:
        return replace(self, **{kind: (*getattr(self, kind), *names)})


ALPHA = Scope(
    number=("amount", "rate", "score"),
    date=("decided_on", "effective_on", "seen", "published_on"),
    text=("kind", "visit", "item", "source_key"),
    boolean=("flag",),
)
BOTH = Scope(
    number=("amount", "score"),
    date=("decided_on", "effective_on"),
    text=("visit", "kind"),
)
CODES = {"kind": "a", "item": "alpha"}
PARAMS = ["param.n0", "param.n2", "param.m0", "param.r0"]
_OPERATORS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
_ADDS = [
    "add_days({}, param.d0)",
    "add_months({}, param.w0)",
    "add_years({}, param.y0)",
    "start_of_month({})",
    "start_of_quarter({})",
    "start_of_year({})",
]


@cache
def dates(scope: Scope, depth: int = 1) -> Text:
    atoms = st.sampled_from(scope.date)
    if depth == 0:
        return atoms
    return st.one_of(
        atoms,
        st.builds(str.format, st.sampled_from(_ADDS), atoms),
        st.builds("least({}, {})".format, atoms, atoms),
        st.builds("greatest({}, {})".format, atoms, atoms),
        st.builds("coalesce({}, {})".format, atoms, atoms),
    )


@cache
def numbers(scope: Scope, depth: int = 1) -> Text:
    atoms = st.sampled_from([*scope.number, *scope.number, *PARAMS])
    if depth == 0:
        return atoms
    inner = numbers(scope, depth - 1)
    made = [
        atoms,
        st.builds("({} {} {})".format, inner, st.sampled_from("+-"), inner),
        st.builds("({} * {})".format, atoms, atoms),
        st.builds("(-{})".format, atoms),
        st.builds("coalesce({}, 0)".format, inner),
        st.builds("coalesce({}, {})".format, inner, inner),
        st.builds("{}({}, {})".format, st.sampled_from(["least", "greatest"]), inner, inner),
        st.builds("nullif({}, 0)".format, inner),
        st.builds("case when {} then {} else {} end".format, conditions(scope, 0), inner, inner),
        st.builds("case when {} then {} end".format, conditions(scope, 0), inner),
        st.builds("ratio({}, {}, {})".format, atoms, atoms, st.integers(0, 4)),
    ]
    if scope.date:
        made += [_between(scope), _between(scope), _between(scope)]
    if scope.text:
        texts = st.sampled_from(scope.text)
        looked_up = st.sampled_from(["table.t1, {}", "table.t1, {}", "table.t2, {}, {}"])
        made.append(st.builds("lookup({})".format, st.builds(str.format, looked_up, texts, texts)))
    return st.one_of(made)


def _between(scope: Scope) -> Text:
    days = dates(scope)
    ends = st.one_of(days, days, st.just("as_of"))
    units = ["days", "months", "years", "working_days", "working_days", "working_days"]
    return st.builds("{}_between({}, {})".format, st.sampled_from(units), days, ends)


@cache
def conditions(scope: Scope, depth: int = 1) -> Text:
    atoms = numbers(scope, 0)
    simple = [
        st.builds("{} {} {}".format, atoms, _OPERATORS, atoms),
        st.builds("{} is null".format, atoms),
        st.builds("{} between {} and {}".format, atoms, atoms, atoms),
    ]
    if scope.date:
        days = dates(scope)
        simple.append(st.builds("as_of {} {}".format, _OPERATORS, days))
        simple.append(st.builds("{} {} {}".format, days, _OPERATORS, days))
        simple.append(st.builds("{} {} as_of".format, days, _OPERATORS))
        simple.append(st.builds("{} is not null".format, days))
        simple.append(st.builds("{} {} {}".format, _between(scope), _OPERATORS, atoms))
    if scope.boolean:
        simple.append(st.sampled_from(scope.boolean))
        simple.append(st.builds("{} = false".format, st.sampled_from(scope.boolean)))
    for name in scope.text:
        values = st.just(CODES[name]) if name in CODES else st.sampled_from(TEXTS)
        simple.append(st.builds("{} {} '{}'".format, st.just(name), _OPERATORS, values))
        simple.append(st.builds("{} in ('{}', '{}')".format, st.just(name), values, values))
        simple.append(st.builds("{} not in ('{}')".format, st.just(name), values))
    if depth == 0:
        return st.one_of(simple)
    inner = conditions(scope, depth - 1)
    compared = numbers(scope, 1)
    return st.one_of(
        *simple,
        st.builds("({} {} {})".format, compared, _OPERATORS, compared),
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
        st.builds("coalesce({}, true)".format, inner),
    )
