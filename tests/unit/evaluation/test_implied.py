"""A condition said to be implied by another is true whenever that one is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.evaluation.small import scheme

from goodstanding.evaluation.implied import implies, normal, ways
from goodstanding.evaluation.language import (
    BooleanType,
    Compare,
    Name,
    NameKind,
    Node,
    NumberType,
    ParameterRef,
    TextType,
    Value,
    evaluate,
)
from goodstanding.evaluation.language.nodes import (
    Arithmetic,
    Case,
    IsNull,
    Literal,
    Logic,
    Not,
    OneOf,
    Operator,
)
from goodstanding.evaluation.model import Derived, Scheme

WHOLE_NUMBER = NumberType(0)
NUMBERS = [Name(NameKind.INDICATOR, name, WHOLE_NUMBER) for name in "xy"]
TEXT = Name(NameKind.INDICATOR, "t", TextType())
TEXT_KNOWN = Not(IsNull(TEXT))
#: Parameters of the small scheme without decimal places: 5, 10 and 10.
PARAMETERS = [ParameterRef(name, WHOLE_NUMBER) for name in ("each", "most", "b_from")]

#: A derived figure that is x, and the sum of both.
SAME = Name(NameKind.DERIVED, "same", WHOLE_NUMBER)
SUM = Arithmetic("+", NUMBERS[0], NUMBERS[1], WHOLE_NUMBER)

sides = st.sampled_from([*NUMBERS, *PARAMETERS, SAME, SUM])
leaves: st.SearchStrategy[Node] = st.one_of(
    st.builds(Compare, st.sampled_from(Operator), sides, sides),
    st.builds(IsNull, sides),
    st.builds(Literal, st.booleans(), st.just(BooleanType())),
    st.builds(
        OneOf, st.just(TEXT), st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple)
    ),
)
conditions: st.SearchStrategy[Node] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(Logic, st.booleans(), st.tuples(inner, inner)),
        st.builds(
            Case,
            st.lists(st.tuples(inner, inner), min_size=1, max_size=2).map(tuple),
            st.none() | inner,
            st.just(BooleanType()),
        ),
    ),
    max_leaves=6,
)
values = st.fixed_dictionaries(
    {
        "x": st.none() | st.sampled_from([4, 5, 6, 9, 10, 11]),
        "y": st.none() | st.sampled_from([4, 5, 6, 9, 10, 11]),
        "t": st.none() | st.sampled_from("abc"),
    }
)


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    folder: Path = tmp_path_factory.mktemp("law")
    return replace(scheme(folder), derived={"same": Derived("same", {}, NUMBERS[0], ("x",))})


def truth(law: Scheme, node: Node, named: dict[str, Value]) -> Value:
    known = named | {"same": named["x"]}
    return evaluate(node, lambda name: known[name.name], law.values(law.in_force.start))


SETTINGS = settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow])


@SETTINGS
@given(strong=conditions, weak=conditions, named=st.lists(values, min_size=5, max_size=5))
def test_what_is_implied_is_true(
    law: Scheme, strong: Node, weak: Node, named: list[dict[str, Value]]
) -> None:
    for pair in ((strong, weak), (Logic(True, (strong, weak)), weak), (strong, strong)):
        if implies(law, *pair):
            for one in named:
                assert truth(law, pair[0], one) is not True or truth(law, pair[1], one) is True


@SETTINGS
@given(node=conditions, named=values)
def test_one_form_means_the_same(law: Scheme, node: Node, named: dict[str, Value]) -> None:
    assert truth(law, normal(node), named) == truth(law, node, named)
    assert normal(normal(node)) == normal(node)


@SETTINGS
@given(node=conditions, named=values)
def test_a_condition_is_true_in_one_of_its_ways(
    law: Scheme, node: Node, named: dict[str, Value]
) -> None:
    true = any(all(truth(law, part, named) is True for part in way) for way in ways(law, node))
    assert true is (truth(law, node, named) is True)


@given(a=conditions, b=conditions)
def test_a_conjunction_implies_its_parts(law: Scheme, a: Node, b: Node) -> None:
    both = Logic(True, (a, b))
    assert implies(law, both, a)
    assert implies(law, both, b)


def test_too_many_ways_are_not_gone_through(law: Scheme) -> None:
    either = [
        Logic(False, (Compare(Operator.GT, x, p), IsNull(x))) for x in NUMBERS for p in PARAMETERS
    ]
    many = Logic(True, tuple(Logic(False, (a, b, TEXT_KNOWN)) for a in either for b in either))
    assert len(ways(law, many)) == 1
    assert implies(law, many, many)


def test_a_figure_that_would_be_very_long_keeps_its_name(law: Scheme) -> None:
    """Each is twice the one before it."""
    figures = {"d0": Derived("d0", {}, NUMBERS[0], ("x",))}
    for n in range(40):
        before = Name(NameKind.DERIVED, f"d{n}", WHOLE_NUMBER)
        double = Arithmetic("+", before, before, WHOLE_NUMBER)
        figures[f"d{n + 1}"] = Derived(f"d{n + 1}", {}, double, ("x",))
    deep = Compare(Operator.GT, Name(NameKind.DERIVED, "d40", WHOLE_NUMBER), PARAMETERS[0])
    assert implies(replace(law, derived=figures), deep, deep)
