"""The scheme as an OpenFisca country: parameters by date, variables with formulas.

A decision is its person, a business its group of persons. Points are whole tenths and money
whole cents, which is exact. Decisions come inspections first, the latest first of all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

START = "2015-01-01"
FAIL, CLOSED, NOTHING = 2, 3, -1
RESULTS = ("pass", "minor", "fail", "closed")
GRADES = ("A", "B", "C", "D", "N")
_LAW = {
    "inspection_window": 48,
    "penalty_window": 60,
    "base_points": 50,
    "penalty_points": 25,
    "penalty_cap": 200,
    "fine_rate": 12,
    "fine_cap": 300,
    "fail_some": 2000,
    "fail_some_points": 60,
    "fail_many": 5000,
    "fail_many_points": 145,
    "findings_points": 4,
    "findings_cap": 80,
    "last_failed_points": 75,
    "conduct_cap": 220,
    "b_from": 120,
    "c_from": 250,
    "d_from": 450,
    "heavy_fines": 250_000,
}

DECISION = build_entity("decision", "decisions", "A decision", is_person=True)
BUSINESS = build_entity("business", "businesses", "A business", roles=[{"key": "subject"}])


def country(*, from_records: bool) -> TaxBenefitSystem:
    """The system; ``from_records``: indicators are formulas over decisions, not inputs."""
    system = TaxBenefitSystem([DECISION, BUSINESS])
    law = {name: {"values": {START: {"value": value}}} for name, value in _LAW.items()}
    system.parameters = ParameterNode("", data=law)
    if from_records:
        for name, kind in INPUTS.items():
            system.add_variable(_variable(name, DECISION, None, kind))
    for name, formula in INDICATORS.items():
        system.add_variable(_variable(name, BUSINESS, formula if from_records else None))
    for name, formula in OUTCOMES.items():
        system.add_variable(_variable(name, BUSINESS, formula))
    return system


def _variable(name: str, entity: Any, formula: Any, kind: type = int) -> type[Variable]:
    members: dict[str, object] = {
        "value_type": kind,
        "entity": entity,
        "definition_period": DateUnit.DAY,
    }
    if formula is not None:
        members["formula"] = formula
    return type(name, (Variable,), members)


#: What is given of each decision: its day as a number, its kind and facts.
INPUTS: dict[str, type] = {
    "day": int,
    "is_inspection": bool,
    "result": int,
    "findings": int,
    "counts_as_penalty": bool,
    "cents": int,
}


def _since(period: Any, months: int) -> int:
    first = period.start.offset(-int(months), "month").date
    return int(np.datetime64(first, "D").astype(int))


def _recent(business: Any, period: Any, parameters: Any) -> Any:
    after = _since(period, parameters(period).inspection_window)
    return business.members("is_inspection", period) & (business.members("day", period) > after)


def _counted(business: Any, period: Any, parameters: Any) -> Any:
    after = _since(period, parameters(period).penalty_window)
    penalty = business.members("counts_as_penalty", period)
    return penalty & (business.members("day", period) > after)


def inspections(business: Any, period: Any, parameters: Any) -> Any:
    return business.sum(_recent(business, period, parameters))


def failed(business: Any, period: Any, parameters: Any) -> Any:
    recent = _recent(business, period, parameters)
    return business.sum(recent & (business.members("result", period) >= FAIL))


def worst(business: Any, period: Any, parameters: Any) -> Any:
    recent = _recent(business, period, parameters)
    return business.max(np.where(recent, business.members("findings", period), 0))


def last_result(business: Any, period: Any, parameters: Any) -> Any:
    recent = _recent(business, period, parameters)
    values = np.where(recent, business.members("result", period), NOTHING)
    return business.value_nth_person(0, values, default=NOTHING)


def penalties(business: Any, period: Any, parameters: Any) -> Any:
    return business.sum(_counted(business, period, parameters))


def fines(business: Any, period: Any, parameters: Any) -> Any:
    counted = _counted(business, period, parameters)
    return business.sum(np.where(counted, business.members("cents", period), 0))


def penalty_points(business: Any, period: Any, parameters: Any) -> Any:
    law = parameters(period)
    return np.minimum(business("penalties", period) * law.penalty_points, law.penalty_cap)


def fine_points(business: Any, period: Any, parameters: Any) -> Any:
    law = parameters(period)
    cents = business("fines", period).astype(np.int64)
    return np.minimum((cents * law.fine_rate + 50_000) // 100_000, law.fine_cap)


def conduct_points(business: Any, period: Any, parameters: Any) -> Any:
    law = parameters(period)
    count = business("inspections", period).astype(np.int64)
    share = (business("failed", period) * 20_000 + count) // np.maximum(2 * count, 1)
    failures = np.select(
        [share >= law.fail_many, share >= law.fail_some],
        [law.fail_many_points, law.fail_some_points],
        0,
    )
    findings = np.minimum(business("worst", period) * law.findings_points, law.findings_cap)
    last_failed = (business("last_result", period) >= FAIL) * law.last_failed_points
    return np.minimum(np.where(count > 0, failures + findings, 0) + last_failed, law.conduct_cap)


def total(business: Any, period: Any, parameters: Any) -> Any:
    parts = ("penalty_points", "fine_points", "conduct_points")
    return parameters(period).base_points + sum(business(part, period) for part in parts)


def grade(business: Any, period: Any, parameters: Any) -> Any:
    law, points = parameters(period), business("total", period)
    last = business("last_result", period)
    return np.select(
        [
            last == CLOSED,
            last == NOTHING,
            points >= law.d_from,
            points >= law.c_from,
            (points >= law.b_from) | (business("fines", period) >= law.heavy_fines),
        ],
        [3, 4, 3, 2, 1],
        0,
    )


INDICATORS = {
    formula.__name__: formula
    for formula in (inspections, failed, worst, last_result, penalties, fines)
}
OUTCOMES = {
    formula.__name__: formula
    for formula in (penalty_points, fine_points, conduct_points, total, grade)
}
