"""Try a contract on a row without values: what cannot be made of any row is found beforehand.

A function that does not take texts, a regular expression that is none: the database would say so
of the first file. Here it is said when the pack is checked, and no file is needed.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodstanding.catalogue import Pack, Source
from goodstanding.ingest.codes import fold_code
from goodstanding.ingest.contract import check_contract, contract_fields, refuse_contract
from goodstanding.ingest.faults import find_faults
from goodstanding.ingest.sql import name, run
from goodstanding.ingest.workplace import bounded, trial_database
from goodstanding.kernel import GoodStandingError

#: Columns of these files have types of their own, which are not known before one is there.
_TYPED = ("parquet",)
_SECONDS = 10


def lint_contract(source: Source, pack: Pack) -> list[GoodStandingError]:
    """What is wrong with a source's SQL, by its text and by a trial."""
    if found := check_contract(source, pack):
        return found
    if never := list(_never_given(source, pack)):
        return never
    if source.format in _TYPED:
        return []
    slow = refuse_contract(source, f"it is not done with one empty row in {_SECONDS} seconds")
    with trial_database(pack.time_zone) as con:
        columns = ", ".join(f"{name(column)} VARCHAR" for column in source.columns)
        run(con, f"CREATE TABLE delivered (row BIGINT, {columns})")
        run(con, "INSERT INTO delivered (row) VALUES (1)")
        run(con, f"CREATE MACRO code(value) AS {fold_code('value', source.codes)}")
        try:
            with bounded(con, _SECONDS, slow):
                return [refuse_contract(source, problem) for problem in find_faults(con, source)]
        except GoodStandingError as error:
            return [error]


def _never_given(source: Source, pack: Pack) -> Iterator[GoodStandingError]:
    """A fact that an item requires and the select does not give: each of its rows is refused."""
    _, given = contract_fields(source, pack)
    for item in source.items:
        for fact in pack.items[item].facts.values():
            if fact.required and fact.name not in given:
                problem = f"it does not give {fact.name}, which each record of {item} must have"
                yield refuse_contract(source, problem)
