"""Schemes: one authority's published act, from records to explained standings.

A scheme is data. ``load_scheme`` makes typed values of it or says what is wrong and where;
``evaluate_subject`` is what it means; ``compile_scheme`` makes named SQL steps of it, which
``evaluation.engines.duckdb`` runs over a whole register; ``explain`` leads a standing back to
records and articles. Engines agree exactly: integers and fixed-point decimals only.

>>> from goodstanding.catalogue import load_pack
>>> from goodstanding.evaluation import load_scheme
>>> scheme = load_scheme(load_pack("us_nyc"), "letter_grade")
>>> scheme.grades.order
('A', 'B', 'C')
"""

from goodstanding.evaluation.compile import Plan, compile_scheme
from goodstanding.evaluation.explain import explain
from goodstanding.evaluation.explanation import Explanation
from goodstanding.evaluation.history import history
from goodstanding.evaluation.lint import lint_schemes
from goodstanding.evaluation.load import load_scheme, load_schemes, read_scheme, scheme_versions
from goodstanding.evaluation.model import ReasonKind, Scheme
from goodstanding.evaluation.records import RecordLike
from goodstanding.evaluation.reference import evaluate_all, evaluate_subject
from goodstanding.evaluation.results import Evaluation, Reason, Standing

__all__ = [
    "Evaluation",
    "Explanation",
    "Plan",
    "Reason",
    "ReasonKind",
    "RecordLike",
    "Scheme",
    "Standing",
    "compile_scheme",
    "evaluate_all",
    "evaluate_subject",
    "explain",
    "history",
    "lint_schemes",
    "load_scheme",
    "load_schemes",
    "read_scheme",
    "scheme_versions",
]
