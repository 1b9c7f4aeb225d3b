"""Polars: the same scheme as lazy frames on its streaming engine.

Points are whole tenths and money whole cents, which is exact and quicker than decimals.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from benchmarks.evaluating.peers import REASONS_GIVEN, timed
from benchmarks.place import AS_OF, KNOWN_AT, REASONS, STANDINGS, Place, Timed, Watch, settle

_INSPECTED_FROM, _PENALISED_FROM = date(2021, 7, 2), date(2020, 7, 2)
_KNOWN = KNOWN_AT.replace(tzinfo=None)
_FAILED = pl.col("f_result").is_in(["fail", "closed"])


def run(place: Place) -> Timed:
    """Evaluate lazily and write both files."""
    out = place.results("polars")
    settle()
    watch = Watch()
    with watch.running():
        both = _inspected(place).join(_penalised(place), on="subject", how="full", coalesce=True)
        classed = _graded(_pointed(both)).sort("subject").collect(engine="streaming")
        _standings(classed).write_parquet(out / STANDINGS, compression="zstd")
        _reasons(classed).write_parquet(out / REASONS, compression="zstd")
    return timed(place, watch.seconds, out)


def _live(place: Place, item: str) -> pl.LazyFrame:
    entries = pl.scan_parquet(place.segments(item)).filter(pl.col("known_at") <= _KNOWN)
    gone = entries.filter(pl.col("supersedes").is_not_null()).select(leaf="supersedes")
    return entries.join(gone, on="leaf", how="anti").filter(
        (pl.col("act") != "withdrawal")
        & (pl.col("subject_kind") == "business")
        & (pl.col("ends_on").is_null() | (pl.col("ends_on") > AS_OF))
    )


def _days(prefix: str, counted_from: date, months: int) -> dict[str, pl.Expr]:
    """Whether a record is live, and the first day on which one leaves its window, ends, begins."""
    live = pl.col("effective_on") <= AS_OF
    counted = pl.col("effective_on").filter(live & (pl.col("effective_on") >= counted_from))
    return {
        f"{prefix}_live": live.any(),
        f"{prefix}_leaves": counted.min().dt.offset_by(f"{months}mo"),
        f"{prefix}_ends": pl.col("ends_on").filter(live).min(),
        f"{prefix}_begins": pl.col("effective_on").filter(~live).min(),
    }


def _inspected(place: Place) -> pl.LazyFrame:
    counts = pl.col("effective_on").is_between(_INSPECTED_FROM, AS_OF)
    order = pl.struct("effective_on", "source", "source_key")
    return (
        _live(place, "inspection")
        .group_by("subject")
        .agg(
            inspections=counts.sum().cast(pl.Int64),
            failed=(counts & _FAILED).sum().cast(pl.Int64),
            worst=pl.col("f_findings").filter(counts).max(),
            last_result=pl.col("f_result").filter(counts).max_by(order.filter(counts)),
            **_days("i", _INSPECTED_FROM, 48),
        )
    )


def _penalised(place: Place) -> pl.LazyFrame:
    counts = pl.col("effective_on").is_between(_PENALISED_FROM, AS_OF) & (
        pl.col("f_kind") != "formal"
    )
    cents = (pl.col("f_amount") * 100).cast(pl.Int64)
    return (
        _live(place, "penalty")
        .group_by("subject")
        .agg(
            penalties=counts.sum().cast(pl.Int64),
            cents=pl.when(counts.any()).then(cents.filter(counts).sum()),
            **_days("p", _PENALISED_FROM, 60),
        )
    )


def _pointed(both: pl.LazyFrame) -> pl.LazyFrame:
    inspections, failed = pl.col("inspections"), pl.col("failed")
    share = (failed * 20_000 + inspections) // (2 * inspections)
    conduct = pl.sum_horizontal("p_failures", "p_findings", "p_last_failed")
    some = pl.col("penalties") > 0
    return (
        both.filter(pl.col("i_live").fill_null(False) | pl.col("p_live").fill_null(False))
        .with_columns(
            next_change_on=pl.min_horizontal(
                f"{item}_{what}" for item in "ip" for what in ("leaves", "ends", "begins")
            ),
            p_base=pl.lit(50, pl.Int64),
            p_penalties=pl.when(some).then(pl.min_horizontal(pl.col("penalties") * 25, 200)),
            p_fines=pl.when(some).then(
                pl.min_horizontal((pl.col("cents") * 12 + 50_000) // 100_000, 300)
            ),
            p_failures=pl.when(inspections > 0).then(
                pl.when(share >= 5000).then(145).when(share >= 2000).then(60).otherwise(0)
            ),
            p_findings=pl.when(inspections > 0).then(pl.min_horizontal(pl.col("worst") * 4, 80)),
            p_last_failed=pl.when(pl.col("last_result").is_in(["fail", "closed"])).then(75),
        )
        .with_columns(p_conduct=pl.when(conduct > 220).then(220 - conduct))
        .with_columns(
            tenths=pl.sum_horizontal(
                f"p_{rule}" for _, _, rule, _, has_points in REASONS_GIVEN if has_points
            )
        )
    )


def _graded(pointed: pl.LazyFrame) -> pl.LazyFrame:
    tenths, absent = pl.col("tenths"), pl.col("last_result").is_null()
    closed = (pl.col("last_result") == "closed").fill_null(False)
    heavy = (pl.col("cents") >= 250_000).fill_null(False)
    barred = heavy & ~closed & ~absent & (tenths < 120)
    grade = (
        pl.when(closed | (~absent & (tenths >= 450)))
        .then(pl.lit("D"))
        .when(absent)
        .then(pl.lit("N"))
        .when(tenths >= 250)
        .then(pl.lit("C"))
        .when((tenths >= 120) | heavy)
        .then(pl.lit("B"))
        .otherwise(pl.lit("A"))
    )
    records = {
        "base": pl.lit(0, pl.Int64),
        "penalties": pl.col("penalties"),
        "fines": pl.col("penalties"),
        "failures": pl.col("failed") + pl.col("inspections"),
        "findings": pl.col("inspections"),
        "last_failed": pl.col("inspections"),
        "conduct": pl.lit(0, pl.Int64),
    }
    given = {
        f"n_{rule}": pl.when(~absent & pl.col(f"p_{rule}").is_not_null()).then(count)
        for rule, count in records.items()
    }
    return pointed.with_columns(
        **given,
        grade=grade,
        total=pl.when(~absent).then(tenths),
        n_closed=pl.when(closed).then(pl.col("inspections")),
        n_heavy_fines=pl.when(barred).then(pl.col("penalties")),
        n_absence=pl.when(absent & ~closed).then(pl.lit(0, pl.Int64)),
    )


def _decimal(tenths: pl.Expr) -> pl.Expr:
    return (tenths.cast(pl.Decimal(18, 1)) / 10).cast(pl.Decimal(18, 1))


def _standings(classed: pl.DataFrame) -> pl.DataFrame:
    return classed.select(
        "subject",
        "grade",
        _decimal(pl.col("total")).alias("total"),
        "next_change_on",
        as_of=pl.lit(AS_OF),
        known_at=pl.lit(_KNOWN),
        scheme=pl.lit("tarn/conduct"),
        version=pl.lit(1, pl.Int32),
        draft=pl.lit(False),
    )


def _reasons(classed: pl.DataFrame) -> pl.DataFrame:
    parts = [
        classed.lazy()
        .filter(pl.col(f"n_{rule}").is_not_null())
        .select(
            "subject",
            as_of=pl.lit(AS_OF),
            position=pl.lit(position, pl.Int32),
            kind=pl.lit(kind),
            rule=pl.lit(rule),
            points=_decimal(pl.col(f"p_{rule}")) if has_points else pl.lit(None, pl.Decimal(18, 1)),
            records=pl.col(f"n_{rule}"),
            article=pl.lit(article),
        )
        for position, kind, rule, article, has_points in REASONS_GIVEN
    ]
    return pl.concat(parts).sort("subject", "position").collect(engine="streaming")
