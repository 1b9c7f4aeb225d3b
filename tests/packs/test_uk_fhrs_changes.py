"""What is said to change a rating changes it: compared with all 180 combinations of parts."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.packs.records import record

from goodstanding.catalogue import load_pack
from goodstanding.evaluation import Explanation, explain
from goodstanding.evaluation.explanation import Need
from goodstanding.evaluation.lint import TestRecord
from goodstanding.evaluation.load import load_scheme
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.records import RecordLike
from goodstanding.evaluation.reference import evaluate_subject

pytestmark = pytest.mark.real

DAY, BEFORE = date(2024, 3, 4), date(2021, 5, 6)
PARTS = ("hygiene", "structural", "confidence")
SUBJECT = "uk-fhrsid:1"
Steps = tuple[int, int, int]


@pytest.fixture(scope="module")
def ratings(world_law: Path) -> dict[Steps, int]:
    """The rating of every combination, as the notes on the law have it."""
    with (world_law / "uk_fhrs_all_180.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {_steps(row): int(row["rating"]) for row in rows}


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_scheme(load_pack("uk_fhrs"), "hygiene_rating")


@pytest.fixture(scope="module")
def explained(scheme: Scheme, ratings: dict[Steps, int]) -> dict[Steps, Explanation]:
    """Of every combination: an inspection that found it, after an earlier and graver one."""
    earlier = _inspection(scheme, (25, 25, 30), BEFORE)
    return {
        steps: _explained(scheme, earlier, replace(_inspection(scheme, steps), leaf=1))
        for steps in ratings
    }


def _steps(facts: Mapping[str, object]) -> Steps:
    hygiene, structural, confidence = (int(str(facts[part])) for part in PARTS)
    return hygiene, structural, confidence


def _inspection(scheme: Scheme, steps: Steps, day: date = DAY) -> TestRecord:
    facts = dict(zip(PARTS, map(str, steps), strict=True))
    return record(scheme, "inspection", SUBJECT, day, key=str(day), facts=facts)


def _explained(scheme: Scheme, *records: RecordLike) -> Explanation:
    return explain(scheme, list(records), subject=SUBJECT, as_of=DAY, known_at=None)


def smallest(ratings: Mapping[Steps, int], now: Steps, *, better: bool) -> set[tuple[Steps, int]]:
    """By brute force: the combinations on that side with the fewest parts changed, and of those
    the fewest points moved; each with its rating."""
    rank = ratings[now]
    ways = [(s, r) for s, r in ratings.items() if (r > rank if better else r < rank)]
    size = {s: (_parts(s, now), _moved(s, now)) for s, _ in ways}
    least = min(size.values(), default=None)
    return {(s, r) for s, r in ways if size[s] == least}


def _parts(one: Steps, other: Steps) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _moved(one: Steps, other: Steps) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def said(found: Explanation, now: Steps, *, better: bool) -> set[tuple[Steps, int]]:
    """What the explanation says, as combinations with their ratings."""
    ways = set()
    for near in (near for near in found.neighbours if near.better is better):
        facts = dict(zip(PARTS, now, strict=True))
        for change in near.changes:
            assert (change.fact, change.before) in {(p, str(v)) for p, v in facts.items()}
            facts[str(change.fact)] = int(str(change.after))
        ways.add((_steps(facts), int(near.grade)))
    return ways


def test_a_thousand_inspections_agree_with_brute_force(
    explained: dict[Steps, Explanation], ratings: dict[Steps, int]
) -> None:
    drawn = random.Random(15).choices(sorted(ratings), k=1000)
    assert len(set(drawn)) > 170
    for steps in drawn:
        for better in (True, False):
            wanted = smallest(ratings, steps, better=better)
            assert said(explained[steps], steps, better=better) == wanted, steps


def test_every_change_said_gives_its_rating_when_evaluated(
    scheme: Scheme, explained: dict[Steps, Explanation]
) -> None:
    for steps, told in explained.items():
        inspection = _inspection(scheme, steps)
        for near in told.neighbours:
            facts = {str(change.fact): change.after for change in near.changes}
            altered = replace(inspection, facts={**inspection.facts, **facts})
            found = evaluate_subject(scheme, [altered], DAY, None)
            assert found is not None
            assert found.standing.grade == near.grade, near.words
            assert str(found.standing.total) == near.total, near.words


def test_what_the_bands_ask_is_met_by_those_who_have_the_rating_and_by_nobody_else(
    explained: dict[Steps, Explanation], ratings: dict[Steps, int]
) -> None:
    for told in explained.values():
        for need in told.needs:
            for other, rating in ratings.items():
                if need.better:
                    met = all(_meets(need, other))
                    assert met is (rating >= int(need.grade)), (need.words, other)
                elif any(_meets(need, other)):
                    assert rating <= int(need.grade), (need.words, other)


def _meets(need: Need, steps: Steps) -> Iterable[bool]:
    figures = {"total": sum(steps), "worst_part": max(steps)}
    for needed in need.figures:
        value, bound = figures[needed.figure], int(needed.bound)
        yield value <= bound if needed.at_most else value >= bound


@pytest.mark.parametrize(
    ("steps", "better"),
    [
        ((15, 0, 0), {((10, 0, 0), 4)}),
        ((15, 15, 10), {((10, 10, 10), 3)}),
        ((5, 5, 20), {((5, 5, 10), 4)}),
    ],
)
def test_the_worst_part_must_fall_first(
    scheme: Scheme, steps: Steps, better: set[tuple[Steps, int]]
) -> None:
    found = _explained(scheme, _inspection(scheme, steps))
    assert said(found, steps, better=True) == better
    assert not [s for s in found.sentences if "more points" in s.lower() and "Good" in s]
    need = next(need for need in found.needs if need.better)
    assert "worst_part" in [figure.figure for figure in need.figures if not figure.met]
