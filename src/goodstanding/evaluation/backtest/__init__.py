"""Two versions of a scheme over history: who moves, how far, and what each bound decides.

Invariant: a backtest reads and never writes the register; it counts sets of organisations, and a
report names no subject.

>>> from goodstanding.evaluation.backtest import Step, days_between
>>> from datetime import date
>>> [str(day) for day in days_between(date(2024, 1, 31), date(2024, 7, 31), Step.QUARTER)]
['2024-01-31', '2024-04-30', '2024-07-31']
"""

from goodstanding.evaluation.backtest.model import (
    AFTER,
    BEFORE,
    Confusion,
    Delivered,
    Findings,
    GroupCoverage,
    Grouping,
    GroupShare,
    GroupState,
    Probe,
    Question,
    Sensitivity,
    Stability,
)
from goodstanding.evaluation.backtest.probes import probes
from goodstanding.evaluation.backtest.question import (
    Step,
    as_if_law,
    check_comparable,
    days_between,
    grouping_of,
    version_before,
    version_of,
)
from goodstanding.evaluation.backtest.report import check_tools, write_report
from goodstanding.evaluation.backtest.run import Backtest, Machine, run_backtest, seal

__all__ = [
    "AFTER",
    "BEFORE",
    "Backtest",
    "Confusion",
    "Delivered",
    "Findings",
    "GroupCoverage",
    "GroupShare",
    "GroupState",
    "Grouping",
    "Machine",
    "Probe",
    "Question",
    "Sensitivity",
    "Stability",
    "Step",
    "as_if_law",
    "check_comparable",
    "check_tools",
    "days_between",
    "grouping_of",
    "probes",
    "run_backtest",
    "seal",
    "version_before",
    "version_of",
    "write_report",
]
