"""Exceptions that stand in the shadow of another.

Invariant: an exception is said to be pointless only if every grade, on every day and for every
subject, is the same without it; where its form does not show that, nothing is said.
"""

from __future__ import annotations

from goodstanding.evaluation.implied import implies
from goodstanding.evaluation.language import Node
from goodstanding.evaluation.language.nodes import IsNull, Logic, Not
from goodstanding.evaluation.model import GradeException, Scheme
from goodstanding.kernel import Period


def pointless(scheme: Scheme, n: int) -> str | None:
    """Why the grade is always the same without the n-th exception; None if that is not certain.

    Exceptions that give a grade come first, wherever they stand, then those that change one.
    """
    exceptions = scheme.grades.exceptions
    own = exceptions[n]
    before = [e for e in exceptions[:n] if e.gives or not own.gives]
    after = [e for e in exceptions[n + 1 :] if e.gives and not own.gives]
    for earlier in (*before, *after):
        if _shadows(scheme, earlier, own):
            does = "before it holds" if earlier in before else "gives the grade"
            return f"whenever its condition is true, {earlier.id!r} {does}"
    giving = [e for e in (*before, *after) if e.gives and _covers(e.in_force, own.in_force)]
    if len(giving) > 1 and implies(scheme, _holds(own), Logic(False, tuple(map(_holds, giving)))):
        return "whenever its condition is true, another one gives the grade"
    for later in exceptions[n + 1 :]:
        if _undoes(scheme, own, later):
            return f"whenever its condition is true, {later.id!r} after it goes further"
    return None


def _holds(exception: GradeException) -> Node:
    """When it holds: a grade that is carried must be there."""
    if exception.carry is None:
        return exception.when
    return Logic(True, (exception.when, Not(IsNull(exception.carry))))


def _shadows(scheme: Scheme, earlier: GradeException, later: GradeException) -> bool:
    """Whether the earlier one leaves nothing to do to the later one, whenever that one holds."""
    if not _covers(earlier.in_force, later.in_force):
        return False
    if not (earlier.gives or _as_far(scheme, earlier, later)):
        return False
    return implies(scheme, _holds(later), _holds(earlier))


def _as_far(scheme: Scheme, earlier: GradeException, later: GradeException) -> bool:
    """Whether the earlier one limits the grade as much, and nothing between may undo that."""
    if any(_kind(e) != _kind(earlier) for e in _changes_between(scheme, earlier, later)):
        return False
    order = scheme.grades.order
    if earlier.at_best is not None and later.at_best is not None:
        return order.index(later.at_best) <= order.index(earlier.at_best)
    if earlier.at_worst is not None and later.at_worst is not None:
        return order.index(later.at_worst) >= order.index(earlier.at_worst)
    return False


def _undoes(scheme: Scheme, earlier: GradeException, later: GradeException) -> bool:
    """Whether the later one goes further in the same direction whenever the earlier one holds."""
    if not _covers(later.in_force, earlier.in_force):
        return False
    # Two limits in a row are one, whatever other limit stands between; a step is no limit.
    if any(e.down is not None for e in _changes_between(scheme, earlier, later)):
        return False
    order = scheme.grades.order
    if earlier.at_best is not None and later.at_best is not None:
        further = order.index(later.at_best) > order.index(earlier.at_best)
    elif earlier.at_worst is not None and later.at_worst is not None:
        further = order.index(later.at_worst) < order.index(earlier.at_worst)
    else:
        return False
    return further and implies(scheme, earlier.when, later.when)


def _changes_between(
    scheme: Scheme, earlier: GradeException, later: GradeException
) -> list[GradeException]:
    exceptions = scheme.grades.exceptions
    between = exceptions[exceptions.index(earlier) + 1 : exceptions.index(later)]
    return [e for e in between if not e.gives]


def _kind(exception: GradeException) -> tuple[bool, bool]:
    return exception.at_best is not None, exception.at_worst is not None


def _covers(earlier: Period | None, later: Period | None) -> bool:
    """Whether the first holds on all days of the second."""
    if earlier is None:
        return True
    if later is None or later.start < earlier.start:
        return False
    return earlier.end is None or (later.end is not None and later.end <= earlier.end)
