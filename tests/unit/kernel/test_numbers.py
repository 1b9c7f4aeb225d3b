from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import Fixed, GoodStandingError, decimal_text, parse_fixed, ratio_half_up
from goodstanding.kernel.numbers import DIGITS, MAX_SCALE

UNITS = st.integers(-(10**DIGITS) + 1, 10**DIGITS - 1)
SCALES = st.integers(0, MAX_SCALE)


@given(UNITS, SCALES)
def test_a_number_survives_its_text(units: int, scale: int) -> None:
    assert parse_fixed(decimal_text(units, scale), scale) == Fixed(units, scale)


@given(UNITS, SCALES)
def test_text_and_decimal_agree(units: int, scale: int) -> None:
    number = Fixed(units, scale)
    assert number.to_decimal() == Decimal(str(number))


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**9), SCALES)
def test_a_ratio_is_rounded_half_away_from_zero(top: int, bottom: int, scale: int) -> None:
    with localcontext(prec=60):
        exact = Decimal(top) / Decimal(bottom)
        expected = exact.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    assert ratio_half_up(top, bottom, scale).to_decimal() == expected
    assert ratio_half_up(-top, -bottom, scale) == ratio_half_up(top, bottom, scale)


def test_a_ratio_over_nothing_is_our_own_mistake() -> None:
    with pytest.raises(ZeroDivisionError):
        ratio_half_up(1, 0, 2)


@pytest.mark.parametrize(
    ("text", "scale", "units"), [("-0.05", 2, -5), ("7", 2, 700), ("1.50000", 1, 15), ("0", 0, 0)]
)
def test_decimals_are_read_exactly(text: str, scale: int, units: int) -> None:
    assert parse_fixed(text, scale) == Fixed(units, scale)


@pytest.mark.parametrize("text", ["", "1.005", "1e3", "NaN", ".5", "5.", "1,5", "+1", "9" * 17])
def test_what_would_need_rounding_or_guessing_is_refused(text: str) -> None:
    with pytest.raises(GoodStandingError) as refused:
        parse_fixed(text, 2)
    assert refused.value.code.id == "GS-KERNEL-004"
