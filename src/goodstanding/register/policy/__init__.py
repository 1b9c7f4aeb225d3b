"""Witness policies: k of n others must have seen a checkpoint (https://c2sp.org/tlog-policy).

>>> from goodstanding.register.policy import parse_policy
>>> parse_policy(b"quorum none\\n").quorum
'none'
"""

from goodstanding.register.policy.judge import (
    Cosigned,
    PolicyReport,
    in_words,
    judge,
    require_quorum,
)
from goodstanding.register.policy.model import NONE, Group, Policy, PolicyLog, Witness, shown
from goodstanding.register.policy.text import load_logs, load_policy, parse_policy

__all__ = [
    "NONE",
    "Cosigned",
    "Group",
    "Policy",
    "PolicyLog",
    "PolicyReport",
    "Witness",
    "in_words",
    "judge",
    "load_logs",
    "load_policy",
    "parse_policy",
    "require_quorum",
    "shown",
]
