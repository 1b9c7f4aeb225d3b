"""A subject is called by the source that its pack ranks highest, and only by what stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.unit.evaluation.small import pack

from goodstanding.evaluation.names import name_of
from goodstanding.register import Record

SUBJECT = "biz:1"
NOW = datetime(2025, 1, 1, tzinfo=UTC)
PACK = replace(pack(), names_from=("registry", "tax"))


def named(leaf: int, source: str, name: str, **columns: Any) -> Record:
    fixed: dict[str, Any] = {
        "salt": b"", "act": "record", "supersedes": None, "source_key": f"k{leaf}",
        "item": "permit", "authority": "office", "subject": SUBJECT, "subject_kind": "business",
        "document": "doc", "basis": "act.1", "decided_on": None, "published_on": None,
        "effective_on": date(2024, 1, 1), "amended_on": None, "ends_on": None, "known_at": NOW,
        "delivery": "", "row": 1, "original": "{}",
    }  # fmt: skip
    return Record(leaf, source=source, subject_name=name, **{**fixed, **columns})


REGISTRY = named(1, "registry", "Lantern Ltd")


@pytest.mark.parametrize(
    ("others", "name"),
    [
        ([], "Lantern Ltd"),
        ([named(2, "tax", "LANTERN LTD.")], "Lantern Ltd"),
        ([named(2, "courts", "Lanten Ltd")], "Lantern Ltd"),
        ([named(2, "registry", "Lantern and Loaf Ltd")], "Lantern and Loaf Ltd"),
        ([named(2, "registry", "")], "Lantern Ltd"),
        ([named(2, "registry", "Other Ltd", subject="biz:2")], "Lantern Ltd"),
        ([named(2, "registry", "Lantern Ltd", act="withdrawal", supersedes=1)], None),
        (
            [
                named(2, "registry", "Lantern Ltd", act="withdrawal", supersedes=1),
                named(3, "courts", "Lanten Ltd"),
                named(4, "tax", "LANTERN LTD."),
            ],
            "LANTERN LTD.",
        ),
        ([named(2, "registry", "Loaf Ltd", act="correction", supersedes=1)], "Loaf Ltd"),
        ([named(2, "registry", "Mr. A. Lantern")], "Lantern Ltd"),
    ],
)
def test_the_name_is_of_the_highest_source_that_stands(
    others: list[Record], name: str | None
) -> None:
    assert name_of(PACK, [REGISTRY, *others], SUBJECT) == name


def test_what_was_not_known_names_nobody() -> None:
    later = named(2, "registry", "Loaf Ltd", known_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert name_of(PACK, [REGISTRY, later], SUBJECT, NOW) == "Lantern Ltd"


def test_without_a_rank_the_newest_names_it() -> None:
    records = [REGISTRY, named(2, "courts", "Lanten Ltd")]
    assert name_of(replace(PACK, names_from=()), records, SUBJECT) == "Lanten Ltd"
