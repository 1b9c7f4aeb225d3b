"""Days by reign and republic: the plain form and SQL agree, and no era has a day it had not."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.ingest.eras import ERAS, era_day, era_day_sql


def in_sql(written: str) -> object:
    """What the SQL form gives."""
    ((found,),) = duckdb.execute(
        f"SELECT {era_day_sql('v')} FROM (SELECT ?::VARCHAR AS v)", [written]
    ).fetchall()
    return found


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("令和6年3月5日", date(2024, 3, 5)),
        ("平成30年10月4日", date(2018, 10, 4)),
        ("昭和63.1.7", date(1988, 1, 7)),
        ("H30.10.4", date(2018, 10, 4)),
        ("R6.3.5", date(2024, 3, 5)),
        ("S63/1/7", date(1988, 1, 7)),
        ("h30-10-04", date(2018, 10, 4)),
        ("R元年5月1日", date(2019, 5, 1)),
        ("令和１年５月１日", date(2019, 5, 1)),
        ("Ｈ３０．１０．４", date(2018, 10, 4)),
        ("H30. 10. 4", date(2018, 10, 4)),
        ("㍻30.10.4", date(2018, 10, 4)),
        ("民國113年3月5日", date(2024, 3, 5)),
        # Bounds: the day before, the first and the last.
        ("平成31年4月30日", date(2019, 4, 30)),
        ("平成31年5月1日", None),
        ("令和元年4月30日", None),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("昭和64年1月8日", None),
        ("平成元年1月7日", None),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("昭和元年12月24日", None),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("大正元年7月29日", None),
        ("明治6年1月1日", date(1873, 1, 1)),
        ("明治5年12月2日", None),
        ("令和6年2月30日", None),
        ("令和0年6月1日", None),
        ("H30.10/4", None),
        ("H30.1 0.4", None),
        ("30.10.4", None),
        ("X30.10.4", None),
        ("2024-03-05", None),
    ],
)
def test_a_day_is_the_one_its_era_has(written: str, day: date | None) -> None:
    assert era_day(written) == day
    assert in_sql(written) == day


NAMES = st.sampled_from([name for era in ERAS for name in era.names])
YEARS = st.one_of(st.just("元"), st.integers(0, 140).map(str))
NUMBERS = st.integers(0, 33).map(str)
SIGNS = st.sampled_from([("年", "月", "日"), (".", ".", ""), ("/", "/", ""), ("-", ".", "")])


@given(NAMES, YEARS, NUMBERS, NUMBERS, SIGNS)
def test_both_forms_agree(
    name: str, year: str, month: str, day: str, signs: tuple[str, str, str]
) -> None:
    written = f"{name}{year}{signs[0]}{month}{signs[1]}{day}{signs[2]}"
    assert in_sql(written) == era_day(written)
