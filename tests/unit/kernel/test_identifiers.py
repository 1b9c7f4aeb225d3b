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


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("lei:52\u30009900", "character 3 of its value is U+3000"),
        ("lei:-1", "character 1 of its value is U+002D"),
        ("lei:5\u200b", "character 2 of its value is U+200B"),
        ("lei", "it has no colon"),
        ("lei:", "it has no value"),
        ("LEI:5", "its scheme is not of small letters"),
        ("lei:" + "5" * 65, "longer than 64 characters"),
    ],
)
def test_the_refusal_names_what_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(GoodStandingError) as refused:
        Identifier.parse(text)
    assert problem in refused.value.what
