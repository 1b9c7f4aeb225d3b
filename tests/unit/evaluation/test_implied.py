"""A condition said to be implied by another is true whenever that one is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.evaluation.small import scheme

from goodstanding.evaluation.implied import implies, normal
from goodstanding.evaluation.language import (
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
from goodstanding.evaluation.language.nodes import Logic, Not, OneOf, Operator
from goodstanding.evaluation.model import Scheme

WHOLE_NUMBER = NumberType(0)
NUMBERS = [Name(NameKind.INDICATOR, name, WHOLE_NUMBER) for name in "xy"]
TEXT = Name(NameKind.INDICATOR, "t", TextType())
#: Parameters of the small scheme without decimal places: 5, 10 and 10.
PARAMETERS = [ParameterRef(name, WHOLE_NUMBER) for name in ("each", "most", "b_from")]

sides = st.sampled_from([*NUMBERS, *PARAMETERS])
leaves: st.SearchStrategy[Node] = st.one_of(
    st.builds(Compare, st.sampled_from(Operator), sides, sides),
    st.builds(
        OneOf, st.just(TEXT), st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple)
    ),
)
conditions: st.SearchStrategy[Node] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(Logic, st.booleans(), st.tuples(inner, inner)),
    ),
    max_leaves=4,
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
    return scheme(folder)


def truth(law: Scheme, node: Node, named: dict[str, Value]) -> Value:
    return evaluate(node, lambda name: named[name.name], law.values(law.in_force.start))


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


@given(a=conditions, b=conditions)
def test_a_conjunction_implies_its_parts(law: Scheme, a: Node, b: Node) -> None:
    both = Logic(True, (a, b))
    assert implies(law, both, a)
    assert implies(law, both, b)
