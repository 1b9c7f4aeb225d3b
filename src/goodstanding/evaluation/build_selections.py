"""Selections: which records count, with the stated policy for unusable facts written into them."""

from __future__ import annotations

from goodstanding.evaluation import errors
from goodstanding.evaluation.build import Builder
from goodstanding.evaluation.language import (
    BooleanType,
    Compare,
    Name,
    NameKind,
    Node,
    NumberType,
    ParameterRef,
    Scope,
    Unit,
)
from goodstanding.evaluation.language.nodes import Case, IsNull, Logic, Not, Operator, scale_of
from goodstanding.evaluation.language.parse import unknown
from goodstanding.evaluation.model import (
    Distinct,
    FactPolicy,
    Keep,
    Selection,
    Window,
    WindowKind,
)
from goodstanding.evaluation.shapes import (
    DistinctShape,
    FactPolicyShape,
    KeepShape,
    LengthShape,
    SelectionShape,
    UseShape,
    WindowShape,
)
from goodstanding.kernel import GoodStandingError

UNITS = {
    "days": Unit.DAYS,
    "months": Unit.MONTHS,
    "quarters": Unit.QUARTERS,
    "years": Unit.YEARS,
}
EVERY = {"month": Unit.MONTHS, "quarter": Unit.QUARTERS, "year": Unit.YEARS}
_CALENDAR = "calendar_"


def selection(b: Builder, name: str) -> Selection:
    """One selection of the file."""
    shape, at = b.shape.selections[name], ("selections", name)
    _items(b, shape, *at)
    b.article(shape.article, *at, "article")
    if shape.titles:
        b.titles(shape.titles, f"The selection {name!r}", *at, "titles")
    policies, usable = _policies(b, name, shape, *at)
    scope = b.columns(name)
    where = b.condition(shape.where, scope, *at, "where")
    conditions = [*usable, *([where] if where is not None else [])]
    return Selection(
        id=name,
        titles=shape.titles,
        article=shape.article,
        items=tuple(dict.fromkeys(shape.items)),
        where=conjunction(conditions),
        window=window(b, shape.window, *at, "window"),
        keep=_keep(b, shape.keep, scope, *at, "keep"),
        distinct=_distinct(b, shape.distinct, scope, *at, "distinct"),
        policies=policies,
    )


def conjunction(conditions: list[Node]) -> Node | None:
    """All of the conditions as one; None if there is none."""
    parts: list[Node] = []
    for condition in conditions:
        flat = isinstance(condition, Logic) and condition.conjunction
        parts += condition.operands if isinstance(condition, Logic) and flat else [condition]
    return Logic(True, tuple(parts)) if len(parts) > 1 else (parts[0] if parts else None)


def length_given(b: Builder, shape: WindowShape | LengthShape, *at: str | int) -> tuple[str, str]:
    """The one key of a length, and its parameter as written."""
    written = {key: text for key, text in shape.model_dump().items() if text is not None}
    if len(written) != 1:
        problem = f"exactly one of {', '.join(type(shape).model_fields)} is given here"
        raise b.bad(problem, *at)
    return next(iter(written.items()))


def window(b: Builder, shape: WindowShape | LengthShape | None, *at: str | int) -> Window | None:
    """A window, or the life of points."""
    if shape is None:
        return None
    key, text = length_given(b, shape, *at)
    if key == "periods":
        if b.shape.cycle is None:
            raise b.bad("`periods` needs a `cycle`, which says what a period is", *at, key)
        unit = EVERY[b.shape.cycle.every]
        return Window(WindowKind.CYCLE, unit, b.length(text, unit, *at, key))
    unit = UNITS[key.removeprefix(_CALENDAR)]
    kind = WindowKind.CALENDAR if key.startswith(_CALENDAR) else WindowKind.ROLLING
    return Window(kind, unit, b.length(text, unit, *at, key))


def _items(b: Builder, shape: SelectionShape, *at: str | int) -> None:
    for n, item in enumerate(shape.items):
        found = b.known("item", item, b.pack.items, *at, "items", n)
        place = b.place(*at, "items", n)
        if b.shape.subject_kind not in found.subject_kinds:
            raise GoodStandingError(
                errors.FOREIGN_SUBJECTS, place=place, item=item, kind=b.shape.subject_kind
            )
        if found.grades_of is not None:
            owner = _authority_of(b, found.grades_of)
            if owner != b.shape.authority:
                raise GoodStandingError(
                    errors.FOREIGN_GRADES,
                    place=place,
                    item=item,
                    scheme=found.grades_of,
                    other=owner or "nobody",
                    authority=b.shape.authority,
                )


def _authority_of(b: Builder, scheme: str) -> str | None:
    """Whose scheme it is, as its file says; itself if it is the one being read."""
    if scheme == b.shape.id:
        return b.shape.authority
    file = b.pack.schemes.get(scheme)
    data = None if file is None else file.document.data
    return str(data.get("authority")) if isinstance(data, dict) else None


def _keep(b: Builder, shape: KeepShape | None, scope: Scope, *at: str | int) -> Keep | None:
    if shape is None:
        return None
    if (shape.latest is None) == (shape.first is None):
        raise b.bad("exactly one of `latest` and `first` is kept", *at)
    by = _column(b, shape.by, scope, *at, "by")
    of = None if shape.of == "record" else _column(b, shape.of, scope, *at, "of")
    return Keep(shape.latest or shape.first or 1, by, of, shape.latest is None)


def _distinct(
    b: Builder, shape: DistinctShape | None, scope: Scope, *at: str | int
) -> Distinct | None:
    if shape is None:
        return None
    columns = []
    for n, name in enumerate(shape.columns):
        found = b.known("column", name, scope.names, *at, "columns", n)
        if found.kind not in (NameKind.RECORD, NameKind.FACT):
            raise b.mismatch(name, "this is not a column of a record", *at, "columns", n)
        columns.append(found)
    by = _column(b, shape.by, scope, *at, "by")
    return Distinct(tuple(dict.fromkeys(columns)), by, shape.take == "first")


def _column(b: Builder, name: str, scope: Scope, *at: str | int) -> Name:
    found = b.known("column", name, scope.names, *at)
    ordered = not isinstance(found.type, BooleanType)
    if found.kind not in (NameKind.RECORD, NameKind.FACT) or not ordered:
        raise b.mismatch(name, "records cannot be ordered by this", *at)
    return found


def _policies(
    b: Builder, name: str, shape: SelectionShape, *at: str | int
) -> tuple[tuple[FactPolicy, ...], list[Node]]:
    """The stated policies, and the conditions of those that leave a record out."""
    policies: list[FactPolicy] = []
    conditions: list[Node] = []
    replaced: dict[str, Node] = {}
    for n, part in enumerate(shape.unusable):
        policy, usable = _policy(b, name, part, *at, "unusable", n)
        if policy.fact.name in [p.fact.name for p in policies]:
            raise b.bad("a fact has one policy", *at, "unusable", n, "fact")
        policies.append(policy)
        if policy.use is None:
            conditions.append(b.note(usable))
        else:
            stand_in = _parameter(b, policy.use)
            scale = max(scale_of(policy.fact), stand_in.type.scale)
            replaced[policy.fact.name] = b.note(
                Case(((usable, policy.fact),), stand_in, NumberType(scale))
            )
    b.replaced[name] = replaced
    return tuple(policies), conditions


def _policy(
    b: Builder, selection: str, shape: FactPolicyShape, *at: str | int
) -> tuple[FactPolicy, Node]:
    names = b.columns(selection).names
    facts = {name: found for name, found in names.items() if found.kind is NameKind.FACT}
    if shape.fact not in facts:
        raise unknown("fact", shape.fact, facts, b.place(*at, "fact"))
    fact = facts[shape.fact]
    b.article(shape.article, *at, "article")
    use = b.reference(shape.then.use, *at, "then") if isinstance(shape.then, UseShape) else None
    minimum = b.reference(shape.min, *at, "min")
    maximum = b.reference(shape.max, *at, "max")
    number = isinstance(fact.type, NumberType)
    if not number and (use or minimum or maximum):
        raise b.mismatch(shape.fact, "only numbers have bounds and a number in their place", *at)
    conditions: list[Node] = [Not(IsNull(fact))]
    if minimum is not None:
        conditions.append(Compare(Operator.GE, fact, _parameter(b, minimum)))
    if maximum is not None:
        conditions.append(Compare(Operator.LE, fact, _parameter(b, maximum)))
    usable = conjunction(conditions)
    if usable is None:
        raise AssertionError("there is always the condition that the fact has a value")
    return FactPolicy(fact, minimum, maximum, use, shape.article), usable


def _parameter(b: Builder, name: str) -> ParameterRef:
    return ParameterRef(name, NumberType(b.pack.parameters[name].scale))
