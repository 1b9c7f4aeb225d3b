"""Incremental evaluation: what changed since an earlier run, and nothing else.

``evaluate_since`` evaluates the subjects that newer entries touched or whose day has come, and
writes changes of the last whole results; ``merge`` makes whole results of the two. What makes it
quick is the evaluation cache, which ``forget`` deletes when a payload is erased.
"""

from goodstanding.evaluation.engines.incremental.cache import Cache, forget, open_cache
from goodstanding.evaluation.engines.incremental.earlier import (
    REASONS_CHANGES,
    STANDINGS_CHANGES,
    SUBJECTS_CHANGES,
)
from goodstanding.evaluation.engines.incremental.merge import merge
from goodstanding.evaluation.engines.incremental.run import (
    Changes,
    WholeRunNeeded,
    evaluate_since,
)

__all__ = [
    "REASONS_CHANGES",
    "STANDINGS_CHANGES",
    "SUBJECTS_CHANGES",
    "Cache",
    "Changes",
    "WholeRunNeeded",
    "evaluate_since",
    "forget",
    "merge",
    "open_cache",
]
