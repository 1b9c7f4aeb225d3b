"""Engines that run a plan. Each must agree exactly with the reference engine.

>>> engine("duckdb").__module__
'goodstanding.evaluation.engines.duckdb'
"""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module

from goodstanding.evaluation import errors
from goodstanding.evaluation.engines.files import Run
from goodstanding.kernel import GoodStandingError

__all__ = ["EngineName", "engine"]


class EngineName(StrEnum):
    """The engines there are."""

    REFERENCE = "reference"
    DUCKDB = "duckdb"
    SPARK = "spark"


def engine(name: EngineName | str) -> Run:
    """The engine's ``run``, loaded only when asked for. Raises GS-SCHEME-070 where what it
    stands on is not installed."""
    try:
        run: Run = import_module(f"{__name__}.{EngineName(name)}").run
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing == "goodstanding":
            raise
        raise GoodStandingError(errors.NO_ENGINE, engine=str(name), missing=missing) from error
    return run
