"""What would have to change for a better grade: only what is lawful, and only what was checked.

Invariant: a suggestion holds nothing but permitted changes (``kinds.KINDS``), leads to the grade
by the reference engine, and leads nowhere with any part of it left out.

>>> from goodstanding.evaluation.whatif import KINDS
>>> [str(kind) for kind in KINDS]
['settle', 'complete', 'remedy', 'comply', 'wait', 'object']
"""

from goodstanding.evaluation.whatif.answer import what_if
from goodstanding.evaluation.whatif.kinds import KINDS, KindOfChange
from goodstanding.evaluation.whatif.model import (
    Answer,
    Change,
    Found,
    Group,
    Kind,
    ShownChange,
    Suggestion,
)
from goodstanding.evaluation.whatif.search import Limits, Search

__all__ = [
    "KINDS",
    "Answer",
    "Change",
    "Found",
    "Group",
    "Kind",
    "KindOfChange",
    "Limits",
    "Search",
    "ShownChange",
    "Suggestion",
    "what_if",
]
