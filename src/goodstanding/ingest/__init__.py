"""From an agency's file to checked records: contracts, checks, quarantine, corrections.

>>> from goodstanding.ingest import ingest
>>> report = ingest(node, pack, "dohmh_inspections", path, clock=SystemClock())  # doctest: +SKIP
>>> report.accepted + report.rejected == report.read                            # doctest: +SKIP
True
"""

from goodstanding.ingest.contract import check_contract

__all__ = ["check_contract"]
