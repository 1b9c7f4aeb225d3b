"""From an agency's file to checked records: contracts, checks, quarantine, corrections.

>>> from goodstanding.ingest import ingest
>>> report = ingest(node, pack, "dohmh_inspections", path, clock=clock)  # doctest: +SKIP
>>> report.accepted + report.rejected == report.read                     # doctest: +SKIP
True
"""

from goodstanding.ingest.contract import check_contract
from goodstanding.ingest.model import IngestReport, Progress
from goodstanding.ingest.pipeline import Resources, find_source, ingest
from goodstanding.ingest.quarantine import Quarantined, quarantine_files, read_quarantine

__all__ = [
    "IngestReport",
    "Progress",
    "Quarantined",
    "Resources",
    "check_contract",
    "find_source",
    "ingest",
    "quarantine_files",
    "read_quarantine",
]
