"""Every bound of a scheme, moved by one step up and down. Pure: a scheme in, schemes out.

Invariant: one number changes and nothing else. A step is a hundredth of the number, rounded half
up to its last place, and at least one unit of that place. A bound is not moved past its
neighbour: then there would be no band left to fall into.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from goodstanding.catalogue import Parameter, title
from goodstanding.evaluation.backtest.model import Probe
from goodstanding.evaluation.language import Node, rescale, walk
from goodstanding.evaluation.language.nodes import Compare, ParameterRef
from goodstanding.evaluation.model import Bands, Points, Scheme
from goodstanding.kernel import Fixed, ratio_half_up

_PARTS = 100


def probes(scheme: Scheme, day: date) -> list[Probe]:
    """Two probes for each bound, in order of the scheme: one step up, one step down."""
    roles: dict[str, list[str]] = {}
    for parameter, role in _bounds(scheme):
        if role not in roles.setdefault(parameter, []):
            roles[parameter].append(role)
    return [
        _probe(scheme, scheme.parameters[name], tuple(said), day, up=up)
        for name, said in roles.items()
        for up in (True, False)
    ]


def _probe(
    scheme: Scheme, parameter: Parameter, roles: tuple[str, ...], day: date, *, up: bool
) -> Probe:
    now = Fixed(scheme.values(day)[parameter.id], parameter.scale)
    step = max(1, ratio_half_up(abs(now.units), _PARTS, 0).units)
    change = step if up else -step
    values = tuple(
        replace(value, value=Fixed(value.value.units + change, parameter.scale))
        for value in parameter.values
    )
    moved = replace(parameter, values=values)
    changed = replace(scheme, parameters={**scheme.parameters, parameter.id: moved})
    return Probe(
        parameter=parameter.id,
        title=title(parameter.titles),
        roles=roles,
        unit=parameter.unit,
        value=str(now),
        step=str(Fixed(step, parameter.scale)),
        moved=str(Fixed(now.units + change, parameter.scale)),
        up=up,
        scheme=changed if _is_in_order(changed, day) else None,
    )


# -- which numbers are bounds ----------------------------------------------------------


def _bounds(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Each parameter that bounds something, and what it bounds."""
    for band in scheme.grades.bands:
        if band.start is not None:
            yield band.start, f"grade {band.grade} from"
    yield from _bounds_of_joints(scheme)
    yield from _bounds_of_rules(scheme)
    for exception in scheme.grades.exceptions:
        yield from _compared(exception.when, title(exception.titles))
    for selection in scheme.selections.values():
        named = _named(selection.titles, selection.id)
        if selection.window is not None:
            yield selection.window.parameter, f"how long {named} count"
        yield from _compared(selection.where, named)
    for indicator in scheme.indicators.values():
        yield from _compared(indicator.value, _named(indicator.titles, indicator.id))
    for derived in scheme.derived.values():
        yield from _compared(derived.value, _named(derived.titles, derived.id))
    if scheme.absence is not None:
        yield from _compared(scheme.absence.when, title(scheme.absence.titles))


def _bounds_of_joints(scheme: Scheme) -> Iterator[tuple[str, str]]:
    for joint in scheme.grades.joint:
        for band in joint.bands:
            if band.start is not None:
                yield band.start, f"grade {band.grade} of {title(joint.titles)} from"


def _bounds_of_rules(scheme: Scheme) -> Iterator[tuple[str, str]]:
    for rule in scheme.rules.values():
        named = title(rule.titles)
        if isinstance(rule.points, Bands):
            for step in rule.points.steps:
                if step.start is not None:
                    yield step.start, f"a step of {named}"
        elif isinstance(rule.points, Points):
            yield from _compared(rule.points.value, named)
        yield from _compared(rule.when, named)
        yield from _limits(named, rule.cap, rule.floor)
    for group in scheme.groups.values():
        yield from _limits(title(group.titles), group.cap, group.floor)


def _limits(named: str, cap: str | None, floor: str | None) -> Iterator[tuple[str, str]]:
    if cap is not None:
        yield cap, f"at most, {named}"
    if floor is not None:
        yield floor, f"at least, {named}"


def _compared(node: Node | None, named: str) -> Iterator[tuple[str, str]]:
    for part in () if node is None else walk(node):
        if isinstance(part, Compare):
            for side in (part.left, part.right):
                if isinstance(side, ParameterRef):
                    yield side.name, f"compared in {named}"


def _named(titles: dict[str, str], id: str) -> str:
    return title(titles) if titles else id.replace("_", " ")


# -- whether bands still follow each other ---------------------------------------------


def _is_in_order(scheme: Scheme, day: date) -> bool:
    values = scheme.values(day)
    rows = [[band.start for band in scheme.grades.bands]]
    rows += [[band.start for band in joint.bands] for joint in scheme.grades.joint]
    rows += [
        [step.start for step in rule.points.steps]
        for rule in scheme.rules.values()
        if isinstance(rule.points, Bands)
    ]
    windows = [s.window.parameter for s in scheme.selections.values() if s.window is not None]
    return all(_ascends(scheme, row, values) for row in rows) and all(
        values[name] > 0 for name in windows
    )


def _ascends(scheme: Scheme, starts: Sequence[str | None], values: dict[str, int]) -> bool:
    given = [start for start in starts if start is not None]
    finest = max((scheme.parameters[start].scale for start in given), default=0)
    bounds = [rescale(values[start], scheme.parameters[start].scale, finest) for start in given]
    return all(lower < upper for lower, upper in pairwise(bounds))
