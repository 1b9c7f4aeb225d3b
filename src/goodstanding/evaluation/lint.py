"""What is wrong with a pack's schemes: in themselves, and against the tests beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from goodstanding.catalogue import Document, FactType, Item, Pack, SchemeFile
from goodstanding.evaluation import errors
from goodstanding.evaluation.bounds import Bounds
from goodstanding.evaluation.feeds import check_feeds, check_published
from goodstanding.evaluation.load import overlapping, read_scheme, read_shape, scheme_id
from goodstanding.evaluation.model import ReasonKind, Scheme
from goodstanding.evaluation.reference import evaluate_subject
from goodstanding.evaluation.results import Evaluation
from goodstanding.evaluation.shapes import CaseShape, RecordShape, TestsShape
from goodstanding.evaluation.sound import check_scheme
from goodstanding.kernel import Fixed, GoodStandingError, parse_fixed

Differs = Callable[..., GoodStandingError]
Bad = Callable[..., GoodStandingError]

#: Tests are about rules, not about when the register learned of a record.
_KNOWN_AT = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TestRecord:
    """A record of a test: what the case says, and plain defaults."""

    __test__ = False  # not a test of pytest's

    leaf: int
    item: str
    subject: str
    subject_kind: str
    authority: str
    document: str
    basis: str
    source_key: str
    decided_on: date | None
    effective_on: date
    published_on: date | None
    amended_on: date | None
    ends_on: date | None
    facts: Mapping[str, object]
    act: str = "record"
    supersedes: int | None = None
    source: str = "test"
    known_at: datetime = field(default=_KNOWN_AT)


def lint_schemes(pack: Pack) -> list[GoodStandingError]:
    """Everything wrong with the schemes of the pack and their tests; empty if all is well."""
    findings: list[GoodStandingError] = []
    versions: dict[str, list[tuple[Scheme, Document]]] = {}
    for stem, file in sorted(pack.schemes.items()):
        scheme, refused = read_scheme(pack, file.document)
        findings += refused
        if scheme is not None:
            findings += check_scheme(scheme, file.document)
            findings += check_feeds(scheme, file.document)
            versions.setdefault(scheme_id(stem), []).append((scheme, file.document))
    findings += check_published(pack)
    for known in versions.values():
        known.sort(key=lambda version: version[0].in_force.start)
        findings += overlapping(known)
        for scheme, document in known:
            file = pack.schemes[document.path.stem]
            findings += _beside(scheme, file, [scheme for scheme, _ in known])
    return findings


def _beside(scheme: Scheme, file: SchemeFile, versions: list[Scheme]) -> list[GoodStandingError]:
    try:
        tests = file.tests()
    except GoodStandingError as error:
        return [error]
    if tests is None:
        place, beside = file.document.place(), f"{file.document.path.stem}.tests.yaml"
        return [GoodStandingError(errors.NO_TESTS, place=place, scheme=scheme.id, file=beside)]
    return check_tests(scheme, file.document, tests, versions)


def check_tests(
    scheme: Scheme, document: Document, tests: Document, versions: Sequence[Scheme] = ()
) -> list[GoodStandingError]:
    """Run the tests beside a scheme: what fails, and which bounds they leave untested.

    ``versions`` are all versions of the scheme: a case on a day of another is answered by it.
    """
    shape, findings = read_shape(TestsShape, tests)
    if shape is None:
        return findings
    bounds = Bounds(scheme)
    others = [version for version in versions if version is not scheme]
    for n, case in enumerate(shape.cases):
        try:
            findings += _run(scheme, others, case, bounds, tests, n)
        except GoodStandingError as error:
            error.place = error.place or tests.place("cases", n)
            findings.append(error)
    findings += _start(scheme, others, shape, tests)
    for bound in bounds.all():
        if missing := bound.missing():
            findings.append(
                GoodStandingError(
                    errors.BOUND_NOT_TESTED,
                    place=document.place(*bound.at),
                    bound=bound.label,
                    missing=" nor ".join(missing),
                    file=tests.path.name,
                )
            )
    return findings


def _start(
    scheme: Scheme, others: Sequence[Scheme], shape: TestsShape, tests: Document
) -> Iterator[GoodStandingError]:
    """A case on the day before it began: refused, or answered by the version before it."""
    if scheme.in_force.start == date.min:
        return
    before = scheme.in_force.start - timedelta(days=1)
    older = any(version.in_force.contains(before) for version in others)
    shown = [case for case in shape.cases if older or case.expect.refused is not None]
    if before not in [case.as_of for case in shown]:
        yield GoodStandingError(errors.START_NOT_TESTED, place=tests.place("cases"), day=before)


def _run(
    own_version: Scheme,
    others: Sequence[Scheme],
    case: CaseShape,
    bounds: Bounds,
    tests: Document,
    n: int,
) -> Iterator[GoodStandingError]:
    def differs(what: str, expected: object, actual: object, *at: str) -> GoodStandingError:
        return GoodStandingError(
            errors.TEST_FAILS,
            place=tests.place("cases", n, "expect", *at),
            case=case.name,
            what=what,
            expected="none" if expected is None else expected,
            actual="none" if actual is None else actual,
        )

    scheme = _answering(own_version, others, case)
    if case.expect.version not in (None, scheme.version):
        yield differs("the version", case.expect.version, scheme.version, "version")
    records = case_records(scheme, case, tests, n)
    first = records[0].subject if records else ""
    own = [record for record in records if record.subject == first]
    expect = case.expect
    try:
        found = evaluate_subject(scheme, own, case.as_of, _KNOWN_AT, bounds.observe)
    except GoodStandingError as error:
        if expect.refused != error.code.id:
            yield differs("the outcome", expect.refused or expect.grade, str(error).rstrip("."))
        return
    if expect.refused is not None:
        yield differs("the outcome", expect.refused, "an evaluation", "refused")
        return
    if found is not None and scheme is own_version:
        bounds.result(found, case.as_of)
    given = found.standing if found else None
    if expect.grade != (given.grade if given else None):
        yield differs("the grade", expect.grade, given.grade if given else None, "grade")
    if "total" in expect.model_fields_set:
        yield from _total(scheme, case, found, differs)
    day = given.next_change_on if given else None
    if "next_change_on" in expect.model_fields_set and expect.next_change_on != day:
        yield differs("next_change_on", expect.next_change_on, day, "next_change_on")
    yield from _points(scheme, case, found, differs)


def _answering(scheme: Scheme, others: Sequence[Scheme], case: CaseShape) -> Scheme:
    """The version a case is about: the one in force, unless this one is to refuse."""
    if case.expect.refused is not None or scheme.in_force.contains(case.as_of):
        return scheme
    in_force = [version for version in others if version.in_force.contains(case.as_of)]
    return in_force[0] if in_force else scheme


def _total(
    scheme: Scheme, case: CaseShape, found: Evaluation | None, differs: Differs
) -> Iterator[GoodStandingError]:
    if "total" not in case.expect.model_fields_set:
        return
    expected = _fixed(case.expect.total, scheme.scale)
    actual = found.standing.total if found else None
    if expected != actual:
        yield differs("the total", expected, actual, "total")


def _points(
    scheme: Scheme, case: CaseShape, found: Evaluation | None, differs: Differs
) -> Iterator[GoodStandingError]:
    reasons = found.reasons if found else ()
    points = {r.rule: r.points for r in reasons if r.points is not None}
    for rule, value in case.expect.points.items():
        expected, actual = _fixed(value, scheme.scale), points.get(rule)
        # A rule that does not fire gives no points, which may be written as zero.
        if expected != actual and not (actual is None and expected == Fixed(0, scheme.scale)):
            yield differs(f"the points of {rule!r}", expected, actual, "points", rule)
    if "exception" in case.expect.model_fields_set:
        applied = [r.rule for r in reasons if r.kind is ReasonKind.EXCEPTION]
        wanted = [] if case.expect.exception is None else [case.expect.exception]
        if not set(wanted) <= set(applied) or (applied and not wanted):
            shown = ", ".join(applied) or None
            yield differs("the exception", case.expect.exception, shown, "exception")


def case_records(scheme: Scheme, case: CaseShape, tests: Document, n: int) -> list[TestRecord]:
    """The records of the n-th case of a file of tests. Raises GS-SCHEME-030."""
    return [
        _record(scheme, case, m, shape, tests, ("cases", n, "records", m))
        for m, shape in enumerate(case.records)
    ]


def _record(
    scheme: Scheme,
    case: CaseShape,
    m: int,
    shape: RecordShape,
    tests: Document,
    at: tuple[str | int, ...],
) -> TestRecord:
    def bad(problem: str, *more: str) -> GoodStandingError:
        place = tests.place(*at, *more)
        return GoodStandingError(errors.BAD_CASE, place=place, case=case.name, problem=problem)

    item = scheme.population.get(shape.item)
    if item is None:
        raise bad(f"no item {shape.item!r} about the subject kind is in the pack", "item")
    for name in shape.facts:
        if name not in item.facts:
            raise bad(f"the item {item.id!r} has no fact {name!r}", "facts", name)
    return TestRecord(
        leaf=m,
        item=item.id,
        subject=shape.subject,
        subject_kind=scheme.subject_kind,
        authority=shape.authority or item.authorities[0],
        document=shape.document,
        basis=shape.basis or item.basis[0],
        source_key=shape.source_key or f"{m:04}",
        decided_on=shape.decided_on or shape.effective_on,
        effective_on=shape.effective_on,
        published_on=shape.published_on,
        amended_on=shape.amended_on,
        ends_on=shape.ends_on,
        facts={name: _fact(item, name, value, bad) for name, value in shape.facts.items()},
    )


def _fact(item: Item, name: str, value: object, bad: Bad) -> object:
    fact = item.facts[name]
    match value:
        case None:
            return None
        case bool() if fact.type is FactType.BOOLEAN:
            return value
        case str() if fact.type is FactType.TEXT or value in fact.codes:
            return value
        case date() if fact.type is FactType.DATE:
            return value
        case int() | Decimal() if fact.type.is_number and not isinstance(value, bool):
            return _fixed(value, fact.scale)
    raise bad(f"{value!r} is not a {fact.type} of {name!r}", "facts", name)


def _fixed(value: int | Decimal | None, scale: int) -> Fixed | None:
    if value is None:
        return None
    return parse_fixed(f"{value:f}" if isinstance(value, Decimal) else str(value), scale)
