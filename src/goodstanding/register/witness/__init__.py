"""Witnesses: others who saw where a log stood, and would notice if it told two stories.

A witness keeps the last checkpoint of each log it watches, demands a proof that the next one
continues it, and cosigns with the time (https://c2sp.org/tlog-witness). A node asks the
witnesses of its policy; who checks the node asks for their cosignatures.

>>> from goodstanding.register.witness import Proof
>>> print(Proof(5, (bytes(32),)), end="")
old 5
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
"""

from typing import TYPE_CHECKING

from goodstanding.kernel.on_use import on_use

if TYPE_CHECKING:
    from goodstanding.register.witness.app import WitnessApp
    from goodstanding.register.witness.client import submit
    from goodstanding.register.witness.folder import WitnessFolder
    from goodstanding.register.witness.gather import Gathered, WitnessAnswer, merge
    from goodstanding.register.witness.request import (
        Proof,
        Submission,
        parse_proof,
        parse_submission,
        submission,
    )
    from goodstanding.register.witness.serve import WitnessServer, serving
    from goodstanding.register.witness.store import Doubt, Evidence, Remembered, Store
    from goodstanding.register.witness.witness import Answer, Outcome, Witness, decide
else:
    __getattr__ = on_use(
        __name__,
        {
            "app": "WitnessApp",
            "client": "submit",
            "folder": "WitnessFolder",
            "gather": "Gathered WitnessAnswer merge",
            "request": "Proof Submission parse_proof parse_submission submission",
            "serve": "WitnessServer serving",
            "store": "Doubt Evidence Remembered Store",
            "witness": "Answer Outcome Witness decide",
        },
    )

__all__ = [
    "Answer",
    "Doubt",
    "Evidence",
    "Gathered",
    "Outcome",
    "Proof",
    "Remembered",
    "Store",
    "Submission",
    "Witness",
    "WitnessAnswer",
    "WitnessApp",
    "WitnessFolder",
    "WitnessServer",
    "decide",
    "merge",
    "parse_proof",
    "parse_submission",
    "serving",
    "submission",
    "submit",
]
