"""OpenFisca-core on a sample of subjects, whose grades and totals must be ours.

It works on whole columns of many subjects at once, in memory. Reading the records, bringing them
into its order and writing results are spared it; on the clock are its simulation and the
calculation of grade and total. It is measured from the records of each subject, which is the
work that evaluation does, and with the indicators given, which spares it the counting.
"""

from __future__ import annotations

import duckdb
import numpy as np
from openfisca_core.simulations import SimulationBuilder

from benchmarks.evaluating.openfisca_country import (
    GRADES,
    INDICATORS,
    INPUTS,
    NOTHING,
    RESULTS,
    country,
)
from benchmarks.evaluating.sample import sample
from benchmarks.place import AS_OF, Place, Timed, Watch, settle

#: Larger than zen-engine's: arrays of many are what it is made for.
SAMPLE = 100_000
_DAY = AS_OF.isoformat()
Columns = dict[str, np.ndarray]


def from_records(place: Place) -> Timed:
    """Everything from the live records of each subject."""
    return _measure(place, given=False)


def indicators_given(place: Place) -> Timed:
    """Points, total and grade alone; what is counted is given."""
    return _measure(place, given=True)


def _measure(place: Place, *, given: bool) -> Timed:
    with duckdb.connect() as con:
        sample(con, place, SAMPLE)
        expected = con.execute(
            "SELECT n, grade, CAST(total * 10 AS BIGINT) AS total FROM sample ORDER BY n"
        ).fetchnumpy()
        con.execute(_DECISIONS).fetchall()
        decisions = con.execute(
            "SELECT * FROM decisions ORDER BY is_inspection DESC, day DESC, source DESC, "
            "source_key DESC"
        ).fetchnumpy()
        indicators = con.execute(_INDICATORS).fetchnumpy()
    records, subjects = len(decisions["n"]), len(expected["n"])
    system = country(from_records=not given)
    settle()
    watch = Watch()
    with watch.running():
        builder = SimulationBuilder()
        builder.create_entities(system)
        builder.declare_person_entity("decision", range(records))
        businesses = builder.declare_entity("business", range(subjects))
        builder.join_with_persons(businesses, decisions["n"], np.zeros(records, dtype=int))
        simulation = builder.build(system)
        for name in INDICATORS if given else INPUTS:
            column = (indicators if given else decisions)[name]
            simulation.set_input(name, _DAY, column)
        totals = simulation.calculate("total", _DAY)
        grades = simulation.calculate("grade", _DAY)
    _check(expected, np.asarray(GRADES)[grades], np.asarray(totals))
    return Timed(watch.seconds, records, subjects)


def _check(expected: Columns, grades: np.ndarray, totals: np.ndarray) -> None:
    ours = np.ma.filled(expected["total"], NOTHING)
    found = np.where(grades == "N", NOTHING, totals)
    differing = np.flatnonzero((grades != expected["grade"]) | (found != ours))
    if len(differing):
        at = differing[0]
        raise AssertionError(
            f"{len(differing)} standings differ from ours, first {grades[at]} {found[at]}, "
            f"not {expected['grade'][at]} {ours[at]}"
        )


_CODES = " ".join(f"WHEN '{name}' THEN {code}" for code, name in enumerate(RESULTS))
_DECISIONS = f"""
    CREATE TABLE decisions AS
    SELECT
        n,
        (effective_on - DATE '1970-01-01')::INTEGER AS day,
        item = 'inspection' AS is_inspection,
        coalesce(CASE f_result {_CODES} END, {NOTHING})::INTEGER AS result,
        coalesce(f_findings, 0)::INTEGER AS findings,
        coalesce(item = 'penalty' AND f_kind <> 'formal', false) AS counts_as_penalty,
        coalesce(f_amount * 100, 0)::INTEGER AS cents,
        source,
        source_key
    FROM live JOIN sample USING (subject)
"""
_RECENT, _COUNTED = (
    f"{flag} AND day > (DATE '{AS_OF}' - INTERVAL {months} MONTH)::DATE - DATE '1970-01-01'"
    for flag, months in (("is_inspection", 48), ("counts_as_penalty", 60))
)
_INDICATORS = f"""
    SELECT
        count(*) FILTER ({_RECENT})::INTEGER AS inspections,
        count(*) FILTER ({_RECENT} AND result >= 2)::INTEGER AS failed,
        coalesce(max(findings) FILTER ({_RECENT}), 0)::INTEGER AS worst,
        coalesce(arg_max(result, (day, source, source_key)) FILTER ({_RECENT}), {NOTHING})::INTEGER
            AS last_result,
        count(*) FILTER ({_COUNTED})::INTEGER AS penalties,
        coalesce(sum(cents) FILTER ({_COUNTED}), 0)::INTEGER AS fines
    FROM decisions GROUP BY n ORDER BY n
"""
