import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import GoodStandingError, Identifier
from goodstanding.kernel.identifiers import IDENTIFIER_PATTERN


@given(st.from_regex(IDENTIFIER_PATTERN, fullmatch=True))
def test_an_identifier_survives_its_text(text: str) -> None:
    assert str(Identifier.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lei",
        "lei:",
        ":529900",
        "LEI:529900",
        "lei: 529900",
        "lei:529900\n",
        "lei:-1",
        "1ei:5",
        "lei:" + "5" * 65,
        "l" * 33 + ":5",
        "lei:=cmd",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(GoodStandingError) as refused:
        Identifier.parse(text)
    assert refused.value.code.id == "GS-KERNEL-001"
