"""From a scheme to named SQL steps that any DuckDB can run.

Each step states its grain in a comment. SQL is only ever built from typed nodes.
"""

from goodstanding.evaluation.compile.plan import EVALUATED, Plan, compile_scheme, empty_relation

__all__ = ["EVALUATED", "Plan", "compile_scheme", "empty_relation"]
