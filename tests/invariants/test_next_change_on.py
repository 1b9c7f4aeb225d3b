"""The promise of next_change_on, on made-up schemes: before that day nothing changes by itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from tests.generative.strategies import Case, cases
from tests.spec.book import KNOWN_AT, Example, entries, load

from goodstanding.evaluation.changes import next_change_on, waiting
from goodstanding.evaluation.history import candidate_dates
from goodstanding.evaluation.records import RecordLike, by_subject, standing_entries
from goodstanding.evaluation.reference import evaluate_subject
from goodstanding.kernel import GoodStandingError

SETTINGS = settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
#: Days looked at one by one, and then by larger and larger steps.
NEAR, FAR = 12, 500
#: How far back a history is followed.
DAYS_BACK = 50


#: Conditions over records that use as_of, and over figures likewise.
OF_RECORDS = [
    "as_of <= decided_on",
    "decided_on < as_of",
    "as_of = decided_on",
    "not (as_of <> published_on)",
    "as_of between effective_on and coalesce(decided_on, paid_on)",
    "add_days(effective_on, param.life_days) >= as_of",
    "decided_on is null or as_of > start_of_quarter(decided_on)",
    "days_between(effective_on, as_of) < param.life_days",
    "months_between(effective_on, as_of) = param.two_months",
]
OF_FIGURES = [
    "true",
    "as_of = last",
    "as_of < last",
    "add_days(last, param.life_days) > as_of",
    "last <> as_of",
    "days_between(last, as_of) > param.life_days",
]
RECORDS = """
effective_on | ends_on    | decided_on | published_on | paid_on    | amount
2024-01-31   |            | 2024-03-05 | 2024-02-29   | 2024-04-01 | 3.00
2024-02-10   | 2024-04-20 |            | 2024-03-01   | 2024-03-09 | 5.00
2024-03-01   |            | 2024-02-01 |              | 2024-03-31 | 7.00
""".strip()
SCHEME = """
selections:
  fines: {{items: [fine], where: "{of_records}"}}
  all: {{items: [fine]}}
indicators:
  fines: {{of: fines, take: sum, value: amount}}
  last: {{of: all, take: max, value: decided_on}}
rules:
  fines: {{titles: {{en: Fines}}, article: act.2, points: fines, when: "{of_figures}"}}
"""


def timely(of_records: str, of_figures: str, as_of: date) -> Case:
    """A question about one subject in which time passes over these conditions."""
    example = Example(
        title="",
        text="",
        parameters={"life_days": {"2020-01-01": 45, "2024-04-10": 50}, "two_months": 2},
        tables={},
        older="",
        calendar="none",
        scheme=SCHEME.format(of_records=of_records, of_figures=of_figures),
        records=RECORDS,
        as_of=as_of,
        history=False,
        expect="",
        reasons="",
        refused="",
    )
    pack, scheme, findings = load(example)
    assert scheme is not None, list(map(str, findings))
    return Case({}, pack, scheme, entries(example), as_of, KNOWN_AT, history=False)


def said(case: Case, own: list[RecordLike], day: date) -> object:
    """What a standing says, without the date that it is said of."""
    found = evaluate_subject(case.scheme, own, day, case.known_at)
    if found is None:
        return None
    reasons = [(r.position, r.kind, r.rule, r.points, r.records, r.article) for r in found.reasons]
    standing = found.standing
    return standing.grade, standing.total, standing.next_change_on, reasons


def days_between(start: date, end: date | None) -> list[date]:
    """Days after ``start`` and before ``end``."""
    steps = [*range(1, NEAR), *range(NEAR, FAR, 29)]
    days = [start + timedelta(days=step) for step in steps]
    if end is not None:
        days = [day for day in [*days, end - timedelta(days=1)] if start < day < end]
    return days


def promise(case: Case | None) -> None:
    """Nothing changes between as_of and the day that is named."""
    if case is None:
        return
    for own in by_subject(standing_entries(case.entries, case.known_at)).values():
        records = list(own)
        try:
            now = said(case, records, case.as_of)
            due = next_change_on(case.scheme, records, case.as_of, case.known_at)
        except GoodStandingError:
            continue
        for day in days_between(case.as_of, due):
            if case.scheme.in_force.contains(day):
                assert said(case, records, day) == now, day


def looked_at(case: Case | None) -> None:
    """A history looks at every day on which something changes."""
    start = None if case is None else case.as_of - timedelta(days=DAYS_BACK)
    if case is None or start is None or start < case.scheme.starts():
        return
    for own in by_subject(standing_entries(case.entries, case.known_at)).values():
        records = list(own)
        try:
            looked = candidate_dates(case.scheme, records, case.as_of, case.known_at, start)
            before = said(case, records, start)
            for n in range(1, DAYS_BACK + 1):
                day = start + timedelta(days=n)
                now = said(case, records, day)
                assert day in looked or now == before, day
                before = now
        except GoodStandingError:
            continue


@SETTINGS
@given(case=cases())
def test_nothing_changes_before_that_day(case: Case | None) -> None:
    promise(case)


@pytest.mark.parametrize("of_figures", OF_FIGURES)
@pytest.mark.parametrize("of_records", OF_RECORDS)
def test_nothing_changes_before_that_day_where_time_passes(
    of_records: str, of_figures: str
) -> None:
    for day in (date(2024, 2, 29), date(2024, 3, 4), date(2024, 3, 31), date(2024, 4, 22)):
        promise(timely(of_records, of_figures, day))


@SETTINGS
@given(case=cases())
def test_a_history_looks_at_every_change(case: Case | None) -> None:
    looked_at(case)


@pytest.mark.parametrize("of_figures", OF_FIGURES)
@pytest.mark.parametrize("of_records", OF_RECORDS)
def test_a_history_looks_at_every_change_where_time_passes(
    of_records: str, of_figures: str
) -> None:
    looked_at(timely(of_records, of_figures, date(2024, 3, 20)))
    looked_at(timely(of_records, of_figures, date(2024, 4, 30)))


@SETTINGS
@given(case=cases())
def test_a_subject_is_evaluated_or_waiting_or_neither(case: Case | None) -> None:
    if case is None or not case.scheme.in_force.contains(case.as_of):
        return
    later = waiting(case.scheme, case.entries, case.as_of, case.known_at)
    for subject, own in by_subject(standing_entries(case.entries, case.known_at)).items():
        records = list(own)
        try:
            now = said(case, records, case.as_of)
            day = later.get(subject)
            assert now is None or day is None
            if day is not None:
                assert day > case.as_of
                assert said(case, records, day) is not None
            if now is None:
                for before in days_between(case.as_of, day):
                    assert said(case, records, before) is None
        except GoodStandingError:
            continue
