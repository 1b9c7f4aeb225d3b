"""Names beside a chart are whole, or are seen to be cut; what is unseen is written out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from goodstanding.evaluation.backtest.labels import label
from goodstanding.kernel.characters import unseen
from goodstanding.kernel.escaping import visible


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(st.text(max_size=200))
def test_a_label_has_the_name_or_its_beginning_and_a_mark(name: str) -> None:
    found = label(name)
    shown, whole = squeezed("".join(found.lines)), squeezed(visible(name))
    if found.cut:
        assert found.lines[-1].endswith("…")
        assert whole.startswith(shown.removesuffix("…"))
    else:
        assert shown == whole


@given(st.text(max_size=200))
def test_a_label_is_three_short_lines_at_most_without_anything_unseen(name: str) -> None:
    found = label(name)
    assert 1 <= len(found.lines) <= 3
    for line in found.lines:
        assert not unseen(line, name=True)
        assert found.room <= 30 * 13


def test_lines_are_broken_between_words() -> None:
    assert label("Office for the supervision of harbours and quays").lines == (
        "Office for the supervision of", "harbours and quays"
    )  # fmt: skip


def test_signs_of_east_asia_are_twice_as_wide() -> None:
    assert list(map(len, label("河" * 31).lines)) == [15, 15, 1]
    assert label("x" * 91).lines == ("x" * 30, "x" * 30, "x" * 29 + "…")
