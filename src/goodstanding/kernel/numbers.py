"""Fixed-point decimals: a number is a whole number of units of 10^-scale.

Invariant (DESIGN 7): no binary floating point, and no rounding but the one named here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from goodstanding.kernel.errors import GoodStandingError
from goodstanding.kernel.refusals import BAD_DECIMAL

#: Amounts and facts are DECIMAL(18, scale): whole part and places together 18 digits.
DIGITS = 18
MAX_SCALE = 6

_DECIMAL = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]+)(?:\.(?P<places>[0-9]+))?")


@dataclass(frozen=True, slots=True, order=True)
class Fixed:
    """``units`` x 10^-``scale``, exactly."""

    units: int
    scale: int

    def to_decimal(self) -> Decimal:
        """The same number as a Decimal with exactly ``scale`` places."""
        return Decimal(self.units).scaleb(-self.scale)

    def __str__(self) -> str:
        return decimal_text(self.units, self.scale)


def decimal_text(units: int, scale: int) -> str:
    """``units`` x 10^-``scale`` with exactly ``scale`` places: (1250, 2) is "12.50"."""
    sign, digits = ("-" if units < 0 else ""), str(abs(units)).rjust(scale + 1, "0")
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}" if scale else f"{sign}{digits}"


def parse_fixed(text: str, scale: int) -> Fixed:
    """Read a decimal without rounding. Raises GS-KERNEL-004 if it has more places or digits."""
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise GoodStandingError(BAD_DECIMAL, text=text, scale=scale)
    places = (match["places"] or "").rstrip("0")
    digits = (match["whole"] + places.ljust(scale, "0")).lstrip("0")
    if len(places) > scale or len(digits) > DIGITS:
        raise GoodStandingError(BAD_DECIMAL, text=text, scale=scale)
    units = int(digits or "0")
    return Fixed(-units if match["sign"] else units, scale)


def ratio_half_up(numerator: int, denominator: int, scale: int) -> Fixed:
    """``numerator / denominator`` rounded half away from zero to ``scale`` places.

    Both must be in the same unit; ``denominator`` must not be zero (ZeroDivisionError).
    """
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    top, bottom = abs(numerator) * 10**scale, abs(denominator)
    return Fixed(sign * ((2 * top + bottom) // (2 * bottom)), scale)
