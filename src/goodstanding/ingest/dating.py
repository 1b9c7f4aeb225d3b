"""The day a delivery is of, and the earlier ones with which it is compared.

Invariant: a file never undoes what a newer one said. Newer is told by the day that the file is
of, never by the order in which files come in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
from sqlglot import exp

from goodstanding.catalogue import Label, Pack, Source
from goodstanding.ingest import errors
from goodstanding.ingest.functions import as_macros
from goodstanding.ingest.model import Delivery, Handover
from goodstanding.ingest.sql import name, run, text
from goodstanding.kernel import Code, GoodStandingError, Place
from goodstanding.register.index import Delivery as TakenDelivery


@dataclass(frozen=True, slots=True)
class Earlier:
    """A delivery that was taken before: its entry in the log, its day, how many rows it had.

    ``part`` says that it held mended rows of another delivery, so it was no list of its own.
    """

    entry: int
    as_of: date
    sha256: str
    read: int
    part: bool


@dataclass(frozen=True, slots=True)
class Dated:
    """A delivery in time: its day, its series, and what of the series was taken before it."""

    as_of: date
    series: str | None
    before: tuple[Earlier, ...]
    #: The very file was taken before, and another of this day since.
    is_repeated: bool = False

    @property
    def last(self) -> Earlier | None:
        """The last whole file of the series."""
        return next((earlier for earlier in reversed(self.before) if not earlier.part), None)

    @property
    def newest(self) -> Earlier | None:
        """The one of the latest day; of several of one day, the last."""
        return max(self.before, key=lambda e: (e.as_of, e.entry), default=None)

    @property
    def is_older(self) -> bool:
        """Whether a newer one has been taken already."""
        newest = self.newest
        return self.is_repeated or (newest is not None and newest.as_of > self.as_of)

    @property
    def next_day(self) -> date | None:
        """The day of the whole file that follows this one, None if this is the newest."""
        later = [e.as_of for e in self.before if e.as_of > self.as_of and not e.part]
        return min(later, default=None)


def date_delivery(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    pack: Pack,
    delivery: Delivery,
    handover: Handover,
    taken: Sequence[TakenDelivery],
    today: date,
) -> Dated:
    """Tell the day of the file in `delivered` and what it is compared with.

    ``taken`` are the deliveries of the source so far. Raises GS-INGEST-030 to 036 and 038.
    """
    # Mended rows are of the day and the series of the delivery that they were rejected from.
    whole = next((t for t in taken if t.sha256 == delivery.part_of), None)
    series = _series_of(whole) if whole else _series(con, source, delivery)
    before = tuple(_earlier(t) for t in taken if source.series is None or _series_of(t) == series)
    same = next((e for e in before if e.sha256 == delivery.sha256), None)
    as_of = _earlier(whole).as_of if whole else _day(con, source, delivery, handover)
    if whole and handover.as_of not in (None, as_of):
        raise _differs(delivery, handover, as_of)
    if as_of is None:
        if source.snapshot:
            place, file = Place(delivery.file_name), delivery.file_name
            raise GoodStandingError(errors.NO_DATE, place=place, file=file, source=source.id)
        # A file without a date of its own is of the day it comes in; the same bytes again are
        # of the day they first came in.
        as_of = same.as_of if same else today
    _check_day(as_of, source, pack, delivery, today)
    last = next((earlier for earlier in reversed(before) if not earlier.part), None)
    repeated = (
        whole is None
        and same is not None
        and same.as_of == as_of
        and last is not None
        and last.sha256 != delivery.sha256
    )
    dated = Dated(as_of, series, before, repeated)
    if dated.is_older and not handover.again:
        raise _older(dated, source, delivery, same)
    return dated


def _series_of(taken: TakenDelivery) -> str | None:
    said = taken.payload.get("series")
    return None if said is None else str(said)


def _earlier(taken: TakenDelivery) -> Earlier:
    said = taken.payload
    day = date.fromisoformat(str(said.get("as_of") or str(said["known_at"])[:10]))
    if taken.known_by is not None:
        # No file is of a day after it came in; under a clock that was ahead it was dated so.
        day = min(day, taken.known_by.date())
    part = said.get("part_of") is not None
    return Earlier(taken.leaf, day, taken.sha256, int(str(said["read"])), part)


def _check_day(as_of: date, source: Source, pack: Pack, delivery: Delivery, today: date) -> None:
    place = Place(delivery.file_name)
    if as_of > today:
        raise GoodStandingError(errors.FUTURE_DELIVERY, place=place, as_of=as_of, today=today)
    start = min(pack.items[item].in_force.start for item in source.items)
    if as_of < start:
        raise GoodStandingError(
            errors.BEFORE_PACK, place=place, as_of=as_of, start=start, source=source.id
        )


def _older(
    dated: Dated, source: Source, delivery: Delivery, same: Earlier | None
) -> GoodStandingError:
    place, file, newest = Place(delivery.file_name), delivery.file_name, dated.newest
    if same is not None:
        return GoodStandingError(
            errors.TAKEN_BEFORE, place=place, file=file, as_of=same.as_of, entry=same.entry
        )
    assert newest is not None
    what = f"the source {source.id!r}"
    if dated.series is not None:
        what = f"{dated.series!r} of {what}"
    return GoodStandingError(
        errors.OLDER_DELIVERY,
        place=place,
        file=file,
        as_of=dated.as_of,
        what=what,
        newest=newest.as_of,
        entry=newest.entry,
    )


def _day(
    con: duckdb.DuckDBPyConnection, source: Source, delivery: Delivery, handover: Handover
) -> date | None:
    """The day as the file says it, or as it was given; both must be the same."""
    asked, label = handover.as_of, source.dated_by
    if label is None:
        return asked
    try:
        found = _said(con, label, delivery)
    except _UnsaidError as error:
        if asked is not None:
            return asked
        raise _unsaid(errors.NO_DATE_FOUND, delivery, error) from None
    written = as_macros(
        exp.func("iso_date", exp.Literal.string(found), exp.Literal.string(label.format))
    )
    ((day,),) = run(con, f"SELECT try_cast({written.sql(dialect='duckdb')} AS DATE)")
    if not isinstance(day, date):
        problem = _UnsaidError(f"{found!r} is no date of the form {label.format}")
        raise _unsaid(errors.NO_DATE_FOUND, delivery, problem)
    if asked is not None and asked != day:
        raise _differs(delivery, handover, day)
    return day


def _differs(delivery: Delivery, handover: Handover, found: date | None) -> GoodStandingError:
    return GoodStandingError(
        errors.DATES_DIFFER,
        place=Place(delivery.file_name),
        asked=handover.as_of,
        file=delivery.file_name,
        found=found,
    )


def _series(con: duckdb.DuckDBPyConnection, source: Source, delivery: Delivery) -> str | None:
    if source.series is None:
        return None
    try:
        return _said(con, source.series, delivery)
    except _UnsaidError as error:
        raise _unsaid(errors.NO_SERIES_FOUND, delivery, error) from None


class _UnsaidError(Exception):
    """The file does not say what the contract looks for; the message says how so."""


def _said(con: duckdb.DuckDBPyConnection, label: Label, delivery: Delivery) -> str:
    """What the file's name or its column says. Raises _UnsaidError."""
    if label.file_name is not None:
        # Whole: RE2 extracts from a part of a text too.
        pattern = text(f"^(?:{label.file_name})$")
        ((said,),) = run(con, f"SELECT regexp_extract({text(delivery.file_name)}, {pattern}, 1)")
        if not said:
            raise _UnsaidError(f"its name is not of the form {label.file_name}")
        return str(said)
    column = str(label.column)
    said = f"nullif(trim(CAST({name(column)} AS VARCHAR)), '')"
    values = run(con, f"SELECT DISTINCT {said} AS said FROM delivered ORDER BY said LIMIT 3")
    found = [str(value) for (value,) in values if value is not None]
    if len(values) != 1 or not found:
        several = " and ".join(map(repr, found[:2])) if found else "nothing"
        raise _UnsaidError(f"the column {column!r} says {several}, where every row says the same")
    return found[0]


def _unsaid(code: Code, delivery: Delivery, error: _UnsaidError) -> GoodStandingError:
    return GoodStandingError(
        code, place=Place(delivery.file_name), file=delivery.file_name, problem=str(error)
    )
