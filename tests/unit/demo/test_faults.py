"""Every fault names a column of its source, and every kind of fault is used."""

from __future__ import annotations

from goodstanding.demo.deliveries import AGENCIES
from goodstanding.demo.faults import FAULTS, Fault, faulty


def test_every_source_has_faults_in_its_own_columns() -> None:
    assert FAULTS.keys() == AGENCIES.keys()
    for source, faults in FAULTS.items():
        assert {column.strip('"') for column, _ in faults.values()} <= set(AGENCIES[source].columns)


def test_every_kind_of_fault_is_used() -> None:
    assert {kind for faults in FAULTS.values() for kind in faults} == set(Fault)


def test_a_column_without_faults_stays_itself() -> None:
    assert faulty("courts", "enforceable", "fault") == '"enforceable"'


def test_a_column_with_faults_is_spoilt_by_kind() -> None:
    assert faulty("courts", "outcome", "fault") == (
        'CASE fault WHEN 2 THEN \'PENDING\' ELSE "outcome" END AS "outcome"'
    )
