"""Whatever is suggested is permitted, leads to the grade, and leads nowhere with less.

On schemes and registers made up by Hypothesis; evaluated here again, apart from the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from tests.generative.strategies import Case, cases
from tests.unit.evaluation.whatif import world
from tests.unit.evaluation.whatif.world import TODAY

from goodstanding.catalogue import Effect
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.records import RecordLike, standing_entries
from goodstanding.evaluation.reference import evaluate_subject
from goodstanding.evaluation.whatif import Found, Kind, Limits, Search
from goodstanding.evaluation.whatif.answer import counted
from goodstanding.evaluation.whatif.changes import Subject, permitted_changes
from goodstanding.evaluation.whatif.days import horizon_of
from goodstanding.evaluation.whatif.model import after
from goodstanding.evaluation.whatif.permitted import refusal
from goodstanding.kernel import GoodStandingError

_FEW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)


def lawful(scheme: Scheme, effects: Sequence[Effect]) -> Scheme:
    """The scheme with items of these effects, so that every kind of change comes up."""
    items = {
        name: replace(item, effect=effect)
        for (name, item), effect in zip(sorted(scheme.pack.items.items()), effects, strict=False)
    }
    pack = replace(scheme.pack, items=items)
    population = {name: items[name] for name in scheme.population}
    return replace(scheme, pack=pack, population=population)


def reaches(scheme: Scheme, records: Sequence[RecordLike], day: date, rank: int) -> bool:
    try:
        found = evaluate_subject(scheme, records, day, None)
    except GoodStandingError as refused:
        if refused.code.id != "GS-KERNEL-007":
            raise
        return False  # working days are not known so far ahead
    return found is not None and found.standing.grade in scheme.grades.order[: rank + 1]


def check(scheme: Scheme, standing: list[RecordLike], as_of: date, rank: int) -> None:
    """Ask for the grade of this rank and look at every set that is found."""
    now = evaluate_subject(scheme, standing, as_of, None)
    assert now is not None
    options = permitted_changes(Subject(scheme, standing, counted(now), as_of))
    search = Search(
        scheme, standing, options, wished=scheme.grades.order[rank], as_of=as_of,
        horizon=horizon_of(scheme, as_of), limits=Limits(most_changes=2, budget=300),
    )  # fmt: skip
    for found in search.run():
        assert {id(c) for c in found.changes} <= {id(c) for c in options}
        permitted(scheme, standing, found)
        event(f"{len(found.changes)} changes{' and waiting' if found.waits else ''}")
        assert reaches(scheme, after(standing, found.changes), found.on, rank)
        for size in range(len(found.changes)):
            for fewer in combinations(found.changes, size):
                assert not reaches(scheme, after(standing, fewer), found.on, rank)
        start = max([as_of, *(change.on for change in found.changes)])
        if found.waits:
            assert not reaches(scheme, after(standing, found.changes), start, rank)
        else:
            assert found.on == start


def permitted(scheme: Scheme, standing: list[RecordLike], found: Found) -> None:
    """Nothing but the table of kinds: same subject, same catalogue, facts only completed."""
    for change in found.changes:
        event(str(change.kind))
        made, of = change.becomes, change.of
        if made is None:
            assert change.kind is Kind.OBJECT
            assert of in standing
            continue
        assert refusal(scheme.pack, made) is None
        assert made.subject == standing[0].subject
        assert set(change.authorities) <= set(scheme.pack.items[made.item].authorities)
        if of is None:
            assert change.kind in (Kind.REMEDY, Kind.COMPLY)
            continue
        same = ("item", "subject", "subject_kind", "authority", "document", "effective_on")
        assert all(getattr(made, name) == getattr(of, name) for name in same)
        changed = {name for name in made.facts if made.facts[name] != of.facts.get(name)}
        assert changed <= {change.fact}


@_FEW
@given(cases(), st.lists(st.sampled_from(list(Effect)), min_size=4, max_size=4), st.data())
def test_on_generated_schemes(
    case: Case | None, effects: list[Effect], data: st.DataObject
) -> None:
    assume(case is not None and case.as_of >= case.scheme.in_force.start)
    assert case is not None
    scheme = lawful(case.scheme, effects)
    entries = standing_entries(case.entries, case.known_at)
    for subject in sorted({entry.subject for entry in entries}):
        standing = [entry for entry in entries if entry.subject == subject]
        try:
            now = evaluate_subject(scheme, standing, case.as_of, None)
            if now is not None and now.standing.grade in scheme.grades.order[1:]:
                worse = scheme.grades.order.index(now.standing.grade)
                check(scheme, standing, case.as_of, data.draw(st.integers(0, worse - 1)))
        except GoodStandingError as refused:
            # A made-up amount may grow beyond what is exact, or a made-up date lie beyond the
            # calendar of working days: then nothing is suggested at all.
            if refused.code.id not in ("GS-SCHEME-022", "GS-KERNEL-007"):
                raise


_DAYS = st.dates(date(2022, 7, 1), TODAY)
_RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["fine", "fine", "debt", "debt", "bill", "repair", "clean_year"]),
        _DAYS,
        st.booleans(),
    ),
    min_size=1,
    max_size=7,
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return world.scheme(tmp_path_factory.mktemp("scheme"))


@_FEW
@given(given_records=_RECORDS, rank=st.integers(0, 1))
def test_with_something_to_settle_repair_and_keep(
    kept: Scheme, given_records: list[tuple[str, date, bool]], rank: int
) -> None:
    standing: list[RecordLike] = [world.record(99, "bill", date(2023, 1, 1), paid_on=TODAY)]
    for leaf, (name, day, done) in enumerate(given_records):
        told: dict[str, dict[str, object]] = {
            "bill": {"paid_on": day if done else None},
            "repair": {"of": f"doc {leaf - 1}"},
            "clean_year": {"year": day.year - done},
        }
        standing.append(world.record(leaf, name, day, **told.get(name, {})))
    if not reaches(kept, standing, TODAY, rank):
        check(kept, standing, TODAY, rank)
