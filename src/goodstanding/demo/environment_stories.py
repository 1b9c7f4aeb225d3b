"""Three stories of the environmental rating: weighing and fading, a new business, a held grade.

Plainly invented, and written by hand in the columns of the agencies' files.
"""

from __future__ import annotations

from datetime import date

from goodstanding.demo.model import Story
from goodstanding.demo.rows import Row, environment_act, registration

_TANNERY = ("99000003", "Reed and Rust Tannery Ltd")
_LOOMS = ("99000004", "Quayside Looms Ltd")
_TILES = ("99000005", "Blue Kiln Tileworks Cooperative")

ENVIRONMENT_STORIES: tuple[Story, ...] = (
    Story(
        "weighed",
        f"mer-biz:{_TANNERY[0]}",
        _TANNERY[1],
        "environment_rating",
        "yellow",
        "A tannery penalised for harm to water and to the air: only the heavier counts, and "
        "points fade. Values too high in three months one after another lower its grade to red; "
        "a remedy confirmed in June keeps it at yellow.",
    ),
    Story(
        "new",
        f"mer-biz:{_LOOMS[0]}",
        _LOOMS[1],
        "environment_rating",
        "new",
        "A weaving mill registered in February 2026. It has had a penalty already, but a "
        "business is graded only after its first year.",
    ),
    Story(
        "held",
        f"mer-biz:{_TILES[0]}",
        _TILES[1],
        "environment_rating",
        "yellow",
        "A tileworks whose kiln stands still. Its points alone would give green; the agency "
        "holds the yellow it published in May 2025 until there are new measurements.",
    ),
)


def registrations() -> list[Row]:
    """The rows of the business register."""
    return [
        registration(*_TANNERY, "company", "making", "Lower Marsh", date(2014, 2, 10)),
        registration(*_LOOMS, "company", "making", "North Shore", date(2026, 2, 2)),
        registration(*_TILES, "cooperative", "making", "Seven Hills", date(2011, 3, 21)),
    ]


def environment_acts() -> list[Row]:
    """The rows of the Environment Agency."""
    return [*_of_the_tannery(), *_of_the_looms(), *_of_the_tileworks()]


def _of_the_tannery() -> list[Row]:
    outfall: dict[str, object] = {"substance": "cod", "permitted": "50.000", "site": "Outfall 1"}
    boiler: dict[str, object] = {"substance": "so2", "permitted": "35.000", "site": "Boiler 1"}
    remedied = "EA/2025/S13"
    return [
        _graded(_TANNERY, "10", 2024, "blue", held=False),
        _graded(_TANNERY, "11", 2025, "yellow", held=False),
        _penalty(_TANNERY, "12", date(2024, 11, 18), "air", "22000.00"),
        _penalty(_TANNERY, "13", date(2025, 8, 11), "water", "61000.00"),
        _penalty(_TANNERY, "14", date(2025, 12, 1), "water", "84000.00"),
        _exceedance(_TANNERY, "15", date(2025, 10, 20), measured="41.000", **boiler),
        _exceedance(_TANNERY, "16", date(2026, 2, 9), measured="58.000", **outfall),
        _exceedance(_TANNERY, "17", date(2026, 3, 9), measured="61.250", **outfall),
        _exceedance(_TANNERY, "18", date(2026, 4, 13), measured="55.500", **outfall),
        environment_act(
            _TANNERY, "19", "remedy", "credit_act.19", date(2026, 6, 8), remedied=remedied
        ),
    ]


def _of_the_looms() -> list[Row]:
    return [_penalty(_LOOMS, "20", date(2026, 4, 27), "noise", "3500.00")]


def _of_the_tileworks() -> list[Row]:
    return [
        _graded(_TILES, "30", 2023, "green", held=False),
        _graded(_TILES, "31", 2024, "blue", held=False),
        _penalty(_TILES, "32", date(2024, 9, 9), "waste", "18000.00"),
        _graded(_TILES, "33", 2025, "yellow", held=True),
    ]


def _graded(business: tuple[str, str], key: str, year: int, grade: str, *, held: bool) -> Row:
    """A grade, decided in April and published in the middle of May."""
    published = date(year, 5, 15)
    row = environment_act(
        business, key, "grade", "environment_act.51", date(year, 4, 28), grade=grade, held=held
    )
    day = published.isoformat()
    return {**row, "reported": published, "effective": day, "published": day}


def _penalty(business: tuple[str, str], key: str, day: date, medium: str, amount: str) -> Row:
    article = "environment_act.18"
    return environment_act(business, key, "penalty", article, day, medium=medium, amount=amount)


def _exceedance(business: tuple[str, str], key: str, day: date, **facts: object) -> Row:
    return environment_act(business, key, "exceedance", "environment_act.23", day, **facts)
