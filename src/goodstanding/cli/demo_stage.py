"""The node of the demonstration and what its acts share; its clock is moved by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from goodstanding.audit import AccessLog
from goodstanding.catalogue import Pack
from goodstanding.evaluation import Scheme
from goodstanding.kernel import FixedClock
from goodstanding.register import Node


@dataclass(frozen=True, slots=True)
class Stage:
    """The node, its pack and schemes (newest versions, by id), access log, clock, and who acts."""

    node: Node
    pack: Pack
    schemes: Mapping[str, Scheme]
    access: AccessLog
    clock: FixedClock
    by: str

    @property
    def results(self) -> Path:
        """The folder of what is worked out from the register."""
        return self.node.folder / "out"

    def segments(self) -> dict[str, list[Path]]:
        """The segment files by item, as they are now."""
        return {item: [s.file for s in self.node.log.segments(item)] for item in self.pack.items}
