"""What an explanation says would change a grade changes it, on made-up schemes and records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.generative.strategies import Case, cases
from tests.spec.jurisdiction import Entry

from goodstanding.catalogue import Effect
from goodstanding.evaluation import Explanation, explain
from goodstanding.evaluation.explanation import Need
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.question import ask
from goodstanding.evaluation.records import RecordLike, altered, standing_entries
from goodstanding.evaluation.reference import evaluate_subject
from goodstanding.evaluation.results import Evaluation
from goodstanding.evaluation.varied import Variation, Varied
from goodstanding.kernel import Fixed, GoodStandingError

SETTINGS = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
EFFECTS = st.tuples(*[st.sampled_from(Effect)] * 4)


def lawful(scheme: Scheme, effects: Sequence[Effect]) -> Scheme:
    """The scheme with items of these effects, so that every kind of change comes up."""
    named = zip(sorted(scheme.pack.items.items()), effects, strict=False)
    items = {name: replace(item, effect=effect) for (name, item), effect in named}
    pack = replace(scheme.pack, items=items)
    return replace(scheme, pack=pack, population={n: items[n] for n in scheme.population})


def evaluated(scheme: Scheme, records: Sequence[RecordLike], case: Case) -> Evaluation | None:
    try:
        return evaluate_subject(scheme, records, case.as_of, None)
    except GoodStandingError:
        return None


def by_subject(case: Case) -> dict[str, list[RecordLike]]:
    found: dict[str, list[RecordLike]] = {}
    for record in standing_entries(case.entries, case.known_at):
        found.setdefault(record.subject, []).append(record)
    return found


def explained(scheme: Scheme, records: Sequence[RecordLike], case: Case) -> Explanation | None:
    try:
        return explain(scheme, records, subject=records[0].subject, as_of=case.as_of, known_at=None)
    except GoodStandingError:
        return None


@SETTINGS
@given(case=cases(), effects=EFFECTS)
def test_each_change_leads_to_its_grade(case: Case | None, effects: Sequence[Effect]) -> None:
    if case is None:
        return
    scheme = lawful(case.scheme, effects)
    order = scheme.grades.order
    for records in by_subject(case).values():
        found = explained(scheme, records, case)
        if found is None:
            continue
        for near in found.neighbours:
            event(f"{'better' if near.better else 'worse'} by {len(near.changes)}")
            after = list(records)
            for change in near.changes:
                own = next(r for r in after if (r.item, r.leaf) == (change.item, change.leaf))
                after.remove(own)
                if change.fact is not None:
                    value = _value(change.after)
                    after.append(altered(own, facts={**own.facts, change.fact: value}))
            now = evaluated(scheme, after, case)
            assert now is not None, near.words
            assert now.standing.grade == near.grade, near.words
            assert (order.index(near.grade) < order.index(found.grade)) is near.better


def _value(text: str | None) -> object:
    return {"true": True, "false": False}.get(text or "", text)


@SETTINGS
@given(case=cases(), others=st.data())
def test_what_the_bands_ask(case: Case | None, others: st.DataObject) -> None:
    """Of any other records on which the same exceptions hold and the same figures have a value."""
    if case is None:
        return
    pool = standing_entries(case.entries, case.known_at)
    for records in by_subject(case).values():
        found = explained(case.scheme, records, case)
        now = evaluated(case.scheme, records, case)
        if found is None or now is None or not found.needs:
            continue
        drawn = others.draw(st.lists(st.sampled_from(pool), max_size=6, unique_by=id))
        alike = [_of(record, records[0].subject, n) for n, record in enumerate(drawn)]
        for need in found.needs:
            for after in (alike, [*records, *alike]):
                compare(case, need, now, evaluated(case.scheme, after, case))


def _of(record: RecordLike, subject: str, n: int) -> RecordLike:
    return altered(record, subject=subject, leaf=1000 + n, source_key=f"other {n}")


def compare(case: Case, need: Need, now: Evaluation, after: Evaluation | None) -> None:
    """One need with what other records come to."""
    if after is None or after.absent or set(after.joint) != set(now.joint):
        return
    lifted = set(need.lifted)
    if _held(case, after) != _held(case, now) - lifted:
        return
    rank = case.scheme.grades.order.index
    assert after.standing.grade is not None
    met = list(_met(case, need, after))
    better = rank(after.standing.grade) <= rank(need.grade)
    event(f"{'better' if need.better else 'worse'}: {met}")
    if need.better:
        assert all(met) is better, need.words
    elif any(met):
        assert rank(after.standing.grade) >= rank(need.grade), need.words


def _met(case: Case, need: Need, after: Evaluation) -> Sequence[bool]:
    met = []
    for needed in need.figures:
        value = _figure(case, needed.figure, after)
        bound = Decimal(needed.bound)
        met.append(value.to_decimal() <= bound if needed.at_most else value.to_decimal() >= bound)
    return met


def _figure(case: Case, name: str, after: Evaluation) -> Fixed:
    if name == "total":
        return Fixed(after.raw_total, case.scheme.scale)
    of = next(joint.of for joint in case.scheme.grades.joint if joint.of.name == name)
    figures = {**after.indicators, **after.derived}
    value = figures[name]
    assert isinstance(value, int)
    return Fixed(value, of.type.scale)  # type: ignore[union-attr]


def _held(case: Case, found: Evaluation) -> set[str]:
    question = ask(case.scheme, case.as_of)
    names = {**question.dates(), **found.indicators, **found.derived, "total": found.raw_total}
    return {
        e.id
        for e in case.scheme.grades.exceptions
        if (e.in_force is None or e.in_force.contains(case.as_of))
        and question.value(e.when, lambda name: names[name.name]) is True
    }


@SETTINGS
@given(case=cases(), chosen=st.data())
def test_a_variation_is_what_the_reference_says_of_the_records(
    case: Case | None, chosen: st.DataObject
) -> None:
    if case is None:
        return
    for records in by_subject(case).values():
        varied = Varied(case.scheme, records)
        gone = chosen.draw(st.lists(st.sampled_from(records), unique_by=id, max_size=3))
        others = chosen.draw(st.lists(st.sampled_from(case.entries), max_size=2, unique_by=id))
        added = [_of(r, records[0].subject, n) for n, r in enumerate(others) if _known(case, r)]
        left = [record for record in records if record not in gone]
        days = chosen.draw(st.lists(st.integers(0, 400), min_size=1, max_size=5))
        for day in (case.as_of + timedelta(days=ahead) for ahead in days):
            try:
                found = evaluate_subject(case.scheme, [*left, *added], day, None)
                judged = varied.judged(Variation(tuple(gone), tuple(added)), day)
            except GoodStandingError as refused:
                event(refused.code.id)
                continue
            assert (found is None) is (judged is None)
            if found is not None and judged is not None:
                assert judged.graded.grade == found.standing.grade
                assert judged.total == found.raw_total


def _known(case: Case, record: Entry) -> bool:
    kind = record.subject_kind == case.scheme.subject_kind
    return kind and record.item in case.scheme.population and record.act != "withdrawal"
