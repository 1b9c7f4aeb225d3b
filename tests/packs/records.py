"""Records of a pack for tests: what the test says, and plain defaults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from goodstanding.evaluation.lint import TestRecord
from goodstanding.evaluation.model import Scheme


def record(
    scheme: Scheme,
    item: str,
    subject: str,
    on: date,
    key: str = "1",
    facts: Mapping[str, object] | None = None,
) -> TestRecord:
    """One record of ``item`` about ``subject``, decided and in effect from ``on``."""
    found = scheme.population[item]
    return TestRecord(
        leaf=0,
        item=item,
        subject=subject,
        subject_kind=scheme.subject_kind,
        authority=found.authorities[0],
        document="Report",
        basis=found.basis[0],
        source_key=f"{subject}|{key}",
        decided_on=on,
        effective_on=on,
        published_on=None,
        amended_on=None,
        ends_on=None,
        facts={name: None for name in found.facts} | dict(facts or {}),
        known_at=datetime(on.year, on.month, on.day, tzinfo=UTC),
    )
