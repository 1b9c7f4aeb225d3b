"""From an agency's file to checked records: contracts, checks, quarantine, corrections.

>>> from goodstanding.ingest import ingest
>>> report = ingest(node, pack, "dohmh_inspections", path, clock=clock)  # doctest: +SKIP
>>> report.accepted + report.rejected == report.read                     # doctest: +SKIP
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goodstanding.kernel.on_use import on_use

if TYPE_CHECKING:
    from goodstanding.ingest.amend import Amended, correct, withdraw
    from goodstanding.ingest.erase import ErasedRecord, erase_record
    from goodstanding.ingest.held import Released, release
    from goodstanding.ingest.listing import Named, Shown, find_delivery, show_delivery
    from goodstanding.ingest.model import Handover, IngestReport, Progress
    from goodstanding.ingest.pipeline import Rehearsal, ingest, rehearse
    from goodstanding.ingest.quarantine import Quarantined, quarantine_files, read_quarantine
    from goodstanding.ingest.trial import lint_contract
    from goodstanding.ingest.versions import History, find_source, history_of
    from goodstanding.ingest.workplace import Resources
else:
    __getattr__ = on_use(
        __name__,
        {
            "amend": "Amended correct withdraw",
            "erase": "ErasedRecord erase_record",
            "held": "Released release",
            "listing": "Named Shown find_delivery show_delivery",
            "model": "Handover IngestReport Progress",
            "pipeline": "Rehearsal ingest rehearse",
            "quarantine": "Quarantined quarantine_files read_quarantine",
            "trial": "lint_contract",
            "versions": "History find_source history_of",
            "workplace": "Resources",
        },
    )

__all__ = [
    "Amended",
    "ErasedRecord",
    "Handover",
    "History",
    "IngestReport",
    "Named",
    "Progress",
    "Quarantined",
    "Rehearsal",
    "Released",
    "Resources",
    "Shown",
    "correct",
    "erase_record",
    "find_delivery",
    "find_source",
    "history_of",
    "ingest",
    "lint_contract",
    "quarantine_files",
    "read_quarantine",
    "rehearse",
    "release",
    "show_delivery",
    "withdraw",
]
