import pytest

from goodstanding.kernel import GoodStandingError, Place, all_codes, code
from goodstanding.kernel.refusals import BAD_IDENTIFIER


def test_a_refusal_says_where_what_why_and_what_to_do() -> None:
    error = GoodStandingError(
        BAD_IDENTIFIER, text="x", problem="short", place=Place("a.yaml", 3, 7)
    )
    assert str(error) == "a.yaml:3:7: GS-KERNEL-001 'x' is not an identifier: short."
    assert error.as_dict() == {
        "code": "GS-KERNEL-001",
        "what": "'x' is not an identifier: short.",
        "why": BAD_IDENTIFIER.why,
        "remedy": BAD_IDENTIFIER.remedy,
        "place": "a.yaml:3:7",
    }


@pytest.mark.parametrize("id", ["GS-KERNEL-001", "GS-kernel-001", "KERNEL-1", "GS-KERNEL-1"])
def test_a_code_is_well_formed_and_declared_once(id: str) -> None:
    with pytest.raises(ValueError, match=r"is declared twice|is not of the form"):
        code(id, "what", why="why", remedy="remedy")


def test_codes_are_listed_in_order() -> None:
    ids = [each.id for each in all_codes()]
    assert ids == sorted(ids)
    assert "GS-KERNEL-001" in ids


@pytest.mark.parametrize(
    ("place", "text"), [(Place("f"), "f"), (Place("f", 1), "f:1"), (Place("f", 1, 2), "f:1:2")]
)
def test_a_place_reads_as_editors_write_it(place: Place, text: str) -> None:
    assert str(place) == text
