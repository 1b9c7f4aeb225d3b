"""What the bands ask for a better grade, and what is enough for a worse one.

Invariant: as long as the same exceptions hold (but those said to be lifted) and the same figures
have a value, a subject has the better grade (or one better still) if and only if all that is asked
is met, and the worse one (or one worse still) whenever what follows is. Said is only what the
scheme can reach as far as its form shows it: totals move in steps of its points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from goodstanding.evaluation.explain.base import Base
from goodstanding.evaluation.explanation import Need, NeededFigure
from goodstanding.evaluation.language import Name, NameKind, Value, rescale, scale_of, walk
from goodstanding.evaluation.lattice import Lattice, figure_bands, limit
from goodstanding.evaluation.model import Band, GradeException
from goodstanding.evaluation.reference.grades import changed_by
from goodstanding.kernel import decimal_text


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a bound of a figure: the values below ``start``, or those from it on."""

    start: int
    below: bool

    def holds(self, value: int) -> bool:
        """Whether a value is on this side."""
        return (value < self.start) is self.below

    def other(self) -> _Side:
        """The other side."""
        return _Side(self.start, not self.below)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure with bands: its value in units of ``scale``, where it can stand, where its bands
    start, and the rank of each one's grade."""

    name: str
    title: str
    value: int
    scale: int
    lattice: Lattice
    starts: tuple[int | None, ...]
    ranks: tuple[int, ...]

    def at_most_rank(self, rank: int) -> _Side | bool:
        """Where its band is of this rank or a better one; True everywhere, False nowhere."""
        fits = [own <= rank for own in self.ranks]
        if all(fits) or not any(fits):
            return all(fits)
        # Bands become worse one after another, or better: there is one place where it turns.
        turn = next(n for n in range(1, len(fits)) if fits[n] is not fits[0])
        return _Side(self.starts[turn] or 0, below=fits[0])

    def rank_beside(self, side: _Side) -> int:
        """The rank of the band just on this side of a bound."""
        n = self.starts.index(side.start)
        return self.ranks[n - 1 if side.below else n]

    def reachable(self, side: _Side) -> bool:
        """Whether the scheme can bring it there."""
        bounds = (None, side.start) if side.below else (side.start, None)
        return self.lattice.reaches(*bounds)

    def needed(self, side: _Side) -> NeededFigure:
        """The side in numbers, as steps of the figure reach it."""
        first = self.lattice.first_from(side.start)
        bound = first - self.lattice.step if side.below else first
        return NeededFigure(
            figure=self.name,
            title=self.title,
            now=decimal_text(self.value, self.scale),
            bound=decimal_text(bound, self.scale),
            at_most=side.below,
            met=side.holds(self.value),
            distance=decimal_text(abs(bound - self.value), self.scale),
        )


def needs(b: Base) -> Iterator[Need]:
    """For the next better grade and the next worse one; nothing where no band decides, nor where
    an exception looks at the total, whose hold would change with it."""
    grades, grade = b.scheme.grades, b.found.standing.grade
    in_force = [e for e in grades.exceptions if e.in_force is None or e.in_force.contains(b.as_of)]
    held = [e for e in in_force if _holds(b, e)]
    given = any(_gives(b, e) for e in held)
    if b.found.absent or given or grade not in grades.order or any(map(_of_total, in_force)):
        return
    bands = _Bands(b, tuple(_figures(b)), tuple(e for e in held if not e.gives))
    yield from bands.better(grades.order.index(grade))
    yield from bands.worse(grades.order.index(grade))


@dataclass(frozen=True, slots=True)
class _Bands:
    """The banded figures of one standing, and the exceptions that change its grade."""

    b: Base
    figures: tuple[_Figure, ...]
    held: tuple[GradeException, ...]

    def better(self, rank: int) -> Iterator[Need]:
        """The nearest better grade that can be reached with the exceptions as they are, and the
        nearest one without those that stand in the way."""
        as_is = self._nearest(rank, self.held)
        free = tuple(e for e in self.held if e.at_worst is not None)
        lifted = None if len(free) == len(self.held) else self._nearest(rank, free)
        if as_is is not None:
            yield as_is
        if lifted is not None and (as_is is None or lifted.figures != as_is.figures):
            yield lifted

    def _nearest(self, rank: int, held: Sequence[GradeException]) -> Need | None:
        for wished in range(rank - 1, -1, -1):
            most = self._worst_band(wished, held)
            if most is None:
                continue
            sides = [(figure, figure.at_most_rank(most)) for figure in self.figures]
            bounded = [(f, s) for f, s in sides if isinstance(s, _Side)]
            if all(s is not False for _, s in sides) and all(f.reachable(s) for f, s in bounded):
                # What is missing first, then what must stay as it is.
                needed = tuple(sorted((f.needed(s) for f, s in bounded), key=lambda n: n.met))
                lifted = [e for e in self.held if e not in held]
                bearing = [e for e in held if self._bears(e, wished, held)]
                return self._need(wished, needed, bearing, lifted)
        return None

    def worse(self, rank: int) -> Iterator[Need]:
        """For each figure, where it alone makes the grade worse."""
        most = self._worst_band(rank, self.held)
        order = self.b.scheme.grades.order
        if most is None or most >= len(order) - 1:
            return
        for figure in self.figures:
            side = figure.at_most_rank(most)
            if isinstance(side, _Side) and figure.reachable(side.other()):
                band = figure.rank_beside(side.other())
                reached = self._final(band, self.held)
                bearing = [
                    e
                    for e in self.held
                    if self._bears(e, rank, self.held)
                    or self._final(band, _without(e, self.held)) < reached
                ]
                needed = (figure.needed(side.other()),)
                yield self._need(reached, needed, bearing, (), worse=True)

    def _bears(self, one: GradeException, wished: int, held: Sequence[GradeException]) -> bool:
        """Whether more bands would do for the rank without this exception."""
        without = self._worst_band(wished, _without(one, held))
        return one.at_worst is None and without != self._worst_band(wished, held)

    def _worst_band(self, wished: int, held: Iterable[GradeException]) -> int | None:
        """The rank of the worst band from which the exceptions still leave this rank."""
        exceptions = tuple(held)
        ranks = range(len(self.b.scheme.grades.order))
        fitting = [rank for rank in ranks if self._final(rank, exceptions) <= wished]
        return max(fitting, default=None)

    def _final(self, rank: int, held: Iterable[GradeException]) -> int:
        order = self.b.scheme.grades.order
        grade = order[rank]
        for exception in held:
            grade = changed_by(self.b.question, exception, grade)
        return order.index(grade)

    # -- in words --------------------------------------------------------------------

    def _need(
        self,
        rank: int,
        needed: tuple[NeededFigure, ...],
        held: Sequence[GradeException],
        lifted: Sequence[GradeException],
        *,
        worse: bool = False,
    ) -> Need:
        b, grade = self.b, self.b.scheme.grades.order[rank]
        parts = [_words(b, figure) for figure in needed]
        missing = [figure for figure in needed if not figure.met]
        if lifted and not missing:
            parts.insert(0, _lifted(b, lifted))
        said = _while(b, held)
        said += b.say("once", lifted=_lifted(b, lifted)) if lifted and missing else ""
        figures = b.phrases.listed(parts, "and")
        key = "follows_worse" if worse else "needs_better"
        return Need(
            grade=grade,
            grade_title=b.grade(grade),
            better=not worse,
            figures=needed,
            holding=tuple(e.id for e in held),
            lifted=tuple(e.id for e in lifted),
            words=b.say(key, grade=b.grade(grade), figures=figures, exceptions=said),
        )


def _without(one: GradeException, held: Iterable[GradeException]) -> list[GradeException]:
    return [e for e in held if e is not one]


def _words(b: Base, needed: NeededFigure) -> str:
    kind = "total" if needed.figure == str(NameKind.TOTAL) else "figure"
    key = f"{kind}_at_most" if needed.at_most else f"{kind}_at_least"
    key += "_still" if needed.met else ""
    unit = b.phrases.of_number(b.phrases.unit(b.scheme.unit), needed.distance)
    said = {"title": needed.title, "bound": needed.bound, "now": needed.now}
    return b.say(key, distance=needed.distance, unit=unit, **said)


def _while(b: Base, held: Sequence[GradeException]) -> str:
    if not held:
        return ""
    key = "holding_one" if len(held) == 1 else "holding_many"
    return b.say("while", holding=b.say(key, titles=_titles(b, held)))


def _lifted(b: Base, lifted: Sequence[GradeException]) -> str:
    return b.say("lifted_one" if len(lifted) == 1 else "lifted_many", titles=_titles(b, lifted))


def _titles(b: Base, exceptions: Sequence[GradeException]) -> str:
    quoted = [b.say("quoted", text=b.title(e.titles)) for e in exceptions]
    return b.phrases.listed(quoted, "and")


# -- what is looked at ----------------------------------------------------------------------


def _figures(b: Base) -> Iterator[_Figure]:
    """The total, and the figure of every joint bound that has a value."""
    scheme = b.scheme
    lattice = Lattice.of(scheme, b.as_of)
    bands = scheme.grades.bands
    starts = tuple(None if n.start is None else limit(scheme, n.start, b.as_of) for n in bands)
    name = str(NameKind.TOTAL)
    title, total = b.say("total"), b.found.raw_total
    yield _Figure(name, title, total, scheme.scale, lattice, starts, _ranks(b, bands))
    for joint in scheme.grades.joint:
        value = b.value(joint.of)
        if isinstance(value, int):
            lattice, found = figure_bands(scheme, joint, b.as_of)
            used = [band.start for band in joint.bands if band.start is not None]
            own = scale_of(joint.of)
            scale = max([own, *(scheme.parameters[name].scale for name in used)])
            yield _Figure(
                joint.of.name, b.figure(joint.of), rescale(value, own, scale), scale, lattice,
                tuple(found), _ranks(b, joint.bands),
            )  # fmt: skip


def _ranks(b: Base, bands: Iterable[Band]) -> tuple[int, ...]:
    return tuple(b.scheme.grades.order.index(band.grade) for band in bands)


def _holds(b: Base, exception: GradeException) -> bool:
    names: dict[str, Value] = {
        **b.question.dates(), **b.found.indicators, **b.found.derived, "total": b.found.raw_total,
    }  # fmt: skip
    return b.question.value(exception.when, lambda name: names[name.name]) is True


def _gives(b: Base, exception: GradeException) -> bool:
    return exception.grade is not None or (
        exception.carry is not None and isinstance(b.value(exception.carry), str)
    )


def _of_total(exception: GradeException) -> bool:
    names = (part for part in walk(exception.when) if isinstance(part, Name))
    return any(name.kind is NameKind.TOTAL for name in names)
