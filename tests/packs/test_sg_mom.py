"""Singapore's demerit points against the notes on the ministry's pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from goodstanding.catalogue import load_pack

pytestmark = pytest.mark.real


def test_points_bands_and_lengths(world_law: Path) -> None:
    law = YAML(typ="safe").load((world_law / "sg_mom_dps.yaml").read_text("utf-8"))
    pack = load_pack("sg_mom")

    def value(name: str) -> int:
        return int(str(pack.parameters[name].values[-1].value))

    orders = ("partial_stop_work", "full_stop_work")
    events = ("composition_fine", *orders, "prosecution_one", "prosecution_many")
    expected = [entry["points"] for entry in law["points"]]
    first, second = pack.tables["event_points"].values
    for sector in ("construction_breach", "manufacturing_breach"):
        assert [int(str(second.rows[sector, event])) for event in events] == expected
    assert second.start == law["since"]["manufacturing"]
    assert first.start == law["since"]["revised"]
    assert {sector for sector, _ in first.rows} == {"construction_breach"}

    phases = [entry for entry in law["consequences"] if "months" in entry]
    for n, phase in enumerate(phases, start=1):
        assert value(f"phase{n}_from") == phase["min"]
        assert value(f"phase{n}_months") == phase["months"]
        assert phase["renewals"] == (n < len(phases))
    assert value("valid_months") == law["validity_months_each_point"]
    assert value("tender_months") == law["procurement_link"]["months"]
