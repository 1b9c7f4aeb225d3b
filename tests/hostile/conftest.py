"""A node under the pack of the Port of Lumen, for whoever sends it what should not pass."""

from tests.unit.ingest.conftest import clock, deliver, node, sealed

__all__ = ["clock", "deliver", "node", "sealed"]
