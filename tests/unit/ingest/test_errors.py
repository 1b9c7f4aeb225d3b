"""Every message of ingestion reads as a sentence once its values are filled in."""

from __future__ import annotations

import string

import pytest

from goodstanding.ingest import errors
from goodstanding.ingest.model import FieldName, RowCheck
from goodstanding.kernel import Code, all_codes

CODES = [code for code in all_codes() if code.id.startswith("GS-INGEST-")]
LIBRARY_WORDS = ("Binder Error", "Conversion Error", "INTERNAL", "Parser Error", "Traceback")


def filled(code: Code) -> dict[str, object]:
    """A plain value for each placeholder of a message."""
    names = {
        field
        for template in (code.what, code.remedy)
        for _, field, *_ in string.Formatter().parse(template)
        if field
    }
    return dict.fromkeys(names, "sample")


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
def test_no_placeholder_and_no_library_is_left(code: Code) -> None:
    said = [text.format(**filled(code)) for text in (code.what, code.remedy)]
    for text in (*said, code.why):
        assert not set(text) & {"{", "}"}
        assert not [word for word in LIBRARY_WORDS if word in text]


@pytest.mark.parametrize(
    "code",
    [code for code in CODES if code.id[-3:] in map(str, range(100, 180))],
    ids=lambda c: c.id,
)
def test_a_reason_begins_with_the_agency_s_column(code: Code) -> None:
    values = {key: value for key, value in filled(code).items() if key not in ("field", "value")}
    check = RowCheck(code, "decided_on", "", values)
    assert "decided_on" not in check.sentence({"decided_on": "Tag"})
    assert check.sentence({"decided_on": "Tag"}).startswith("Tag") or "{field" in code.what


def test_a_field_within_the_sentence_is_the_agency_s_column_too() -> None:
    check = RowCheck(
        errors.DATES_OUT_OF_ORDER,
        "effective_on",
        "",
        {"earlier": FieldName("decided_on"), "order": "lies before"},
    )
    labels = {"effective_on": "wirksam", "decided_on": "Tag"}
    assert check.sentence(labels, "'2020'") == "wirksam: '2020' lies before Tag."
