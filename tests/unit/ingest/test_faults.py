"""What a contract or a file cannot do is said in our words, with output, columns and row."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.ingest.conftest import Deliver, fine

from goodstanding.catalogue import Pack
from goodstanding.kernel import GoodStandingError

#: How the libraries speak; none of it is for an agency.
LIBRARY_WORDS = ("Error", "INTERNAL", "Invalid", "Could not", "LINE 1", "Candidate", "\n", "\x1b")


def refused(deliver: Deliver, harbour: Pack, old: str, new: str, *lines: str) -> str:
    """What is said of `fines` with a part of its select changed."""
    fines = harbour.sources["fines"]
    changed = replace(fines, sql=fines.sql.replace(old, new))
    with pytest.raises(GoodStandingError) as refusal:
        deliver(lines, pack=replace(harbour, sources={"fines": changed}))
    assert not [word for word in LIBRARY_WORDS if word in refusal.value.what]
    return refusal.value.what


def test_the_first_row_that_fails_is_found(deliver: Deliver, harbour: Pack) -> None:
    lines = [fine(n, hours="x" if n in (37, 80) else "4") for n in range(1, 101)]
    said = refused(deliver, harbour, "    hours,", "    CAST(hours AS INT) AS hours,", *lines)
    assert said.endswith("`hours` cannot be made in row 38, where hours = 'x'.")


def test_every_column_of_the_output_is_shown(deliver: Deliver, harbour: Pack) -> None:
    made = "    CASE item WHEN 'berth_fine' THEN CAST(hours AS INT) END AS hours,"
    said = refused(deliver, harbour, "    hours,", made, fine(1), fine(2, hours="x" * 99))
    assert said.endswith(f"in row 3, where item = 'berth_fine', hours = '{'x' * 60}…'.")


def test_types_that_do_not_fit_are_named(deliver: Deliver, harbour: Pack) -> None:
    said = refused(deliver, harbour, "    hours,", "    abs(berth) AS hours,", fine(1))
    assert said.endswith("`hours` cannot be made from columns of these types: berth (VARCHAR).")


def test_a_check_that_fails_is_named(deliver: Deliver, harbour: Pack) -> None:
    fines = harbour.sources["fines"]
    (check,) = fines.checks
    strict = replace(fines, checks=(replace(check, when="CAST(subject_name AS INT) = 1"),))
    with pytest.raises(GoodStandingError) as refusal:
        deliver([fine(1)], pack=replace(harbour, sources={"fines": strict}))
    assert "the check 'test_row' cannot be made in row 2" in refusal.value.what
    assert not [word for word in LIBRARY_WORDS if word in refusal.value.what]


@pytest.mark.parametrize(
    ("new", "where"),
    [("    hours AS,, hours", "no SQL at line 1"), ("    'hours", "not closed")],
)
def test_a_select_that_is_no_sql_is_told_where(
    deliver: Deliver, harbour: Pack, new: str, where: str
) -> None:
    said = refused(deliver, harbour, "    hours,", new, fine(1))
    assert where.split(" line")[0] in said
