"""How the hand-written rows of two agencies look, in the columns of their files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

Row = Mapping[str, object]


def registration(no: str, name: str, form: str, sector: str, district: str, day: date) -> Row:
    """A business on the register since ``day``; reported on the same day."""
    return {
        "reported": day,
        "business_no": no,
        "name": name,
        "legal_form": form,
        "sector": sector,
        "district": district,
        "registered_on": day,
        "paper": f"REG/{no}",
    }


def environment_act(
    business: tuple[str, str], key: str, kind: str, article: str, decided: date, **facts: object
) -> Row:
    """An act of the Environment Agency about a business (number, name), in force at once."""
    no, name = business
    return {
        "reported": decided,
        "id": f"EA-S{key}",
        "type": kind,
        "agency": "EA",
        "operator_no": no,
        "operator_name": name,
        "paper": f"EA/{decided.year}/S{key}",
        "article": article,
        "decided": decided.isoformat(),
        "effective": decided.isoformat(),
        "published": (decided + timedelta(days=10)).isoformat(),
        **facts,
    }
