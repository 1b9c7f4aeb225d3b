"""pandas: the same scheme as data frames, read through Arrow with only the columns it needs.

Points are whole tenths and money whole cents. Subjects are categories, which is the quickest
way to group by them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.evaluating.peers import REASONS_GIVEN, timed
from benchmarks.place import AS_OF, KNOWN_AT, REASONS, STANDINGS, Place, Timed, Watch, settle

_CENTS = pa.scalar(100, pa.decimal128(3, 0))
_TENTH = pa.scalar("0.1", pa.string()).cast(pa.decimal128(2, 1))
_POINTS = pa.decimal128(18, 1)
_NOW = pd.Timestamp(AS_OF)
_EVERY_ITEM = ("leaf", "act", "supersedes", "subject", "subject_kind", "known_at")
_DATES = ("effective_on", "ends_on")


def run(place: Place) -> Timed:
    """Evaluate in memory and write both files."""
    out = place.results("pandas")
    settle()
    watch = Watch()
    with watch.running():
        classed = _graded(_pointed(_inspected(place).join(_penalised(place), how="outer")))
        classed = classed.sort_index()
        pq.write_table(_standings(classed), out / STANDINGS, compression="zstd")
        pq.write_table(_reasons(classed), out / REASONS, compression="zstd")
    return timed(place, watch.seconds, out)


def _live(place: Place, item: str, *columns: str) -> pd.DataFrame:
    wanted = [*_EVERY_ITEM, *_DATES, *columns]
    table = pq.read_table(
        place.segments(item),
        columns=wanted,
        read_dictionary=["act", "subject", "subject_kind", "source", "f_result", "f_kind"],
    )
    if "f_amount" in columns:
        cents = pc.cast(pc.multiply(table["f_amount"], _CENTS), pa.int64())
        table = table.drop_columns("f_amount").append_column("cents", cents)
    for name in _DATES:
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table[name].cast(pa.timestamp("s")))
    frame = table.to_pandas()
    del table
    known = frame["known_at"] <= pd.Timestamp(KNOWN_AT.replace(tzinfo=None))
    gone = frame.loc[known, "supersedes"].dropna()
    live = (
        known
        & ~frame["leaf"].isin(gone)
        & (frame["act"] != "withdrawal")
        & (frame["subject_kind"] == "business")
        & (frame["ends_on"].isna() | (frame["ends_on"] > _NOW))
    )
    return frame.loc[live, ["subject", *_DATES, *(c for c in frame if c in _KEPT)]]


_KEPT = {"source", "source_key", "f_result", "f_findings", "f_kind", "cents"}


def _inspected(place: Place) -> pd.DataFrame:
    live = _live(place, "inspection", "source", "source_key", "f_result", "f_findings")
    recent = live[live["effective_on"].between(pd.Timestamp(2021, 7, 2), _NOW)]
    recent = recent.sort_values(["effective_on", "source", "source_key"])
    recent["failed"] = recent["f_result"].isin(["fail", "closed"])
    groups = recent.groupby("subject", observed=True, sort=False)
    found = groups.agg(
        inspections=("failed", "size"), failed=("failed", "sum"), worst=("f_findings", "max")
    )
    last = recent.drop_duplicates("subject", keep="last").set_index("subject")["f_result"]
    found["last_result"] = last.astype(object)
    return _for_all(found, live).join(_days("i", live, pd.Timestamp(2021, 7, 2), 48))


def _penalised(place: Place) -> pd.DataFrame:
    live = _live(place, "penalty", "f_kind", "f_amount")
    counts = live["effective_on"].between(pd.Timestamp(2020, 7, 2), _NOW)
    counts &= live["f_kind"] != "formal"
    groups = live[counts].groupby("subject", observed=True, sort=False)
    found = _for_all(groups.agg(penalties=("cents", "size"), cents=("cents", "sum")), live)
    return found.join(_days("p", live, pd.Timestamp(2020, 7, 2), 60))


def _days(
    prefix: str, records: pd.DataFrame, counted_from: pd.Timestamp, months: int
) -> pd.DataFrame:
    """Whether a record is live, and the first day on which one leaves its window, ends, begins."""
    begun = records["effective_on"] <= _NOW
    counted = begun & (records["effective_on"] >= counted_from)

    def first(column: str, which: pd.Series) -> pd.Series:
        found = records[which].groupby("subject", observed=True, sort=False)[column].min()
        found.index = found.index.astype(object)
        return found

    leaves = first("effective_on", counted) + pd.DateOffset(months=months)
    return pd.DataFrame(
        {
            f"{prefix}_live": first("effective_on", begun).notna(),
            f"{prefix}_leaves": leaves.astype("datetime64[s]"),
            f"{prefix}_ends": first("ends_on", begun),
            f"{prefix}_begins": first("effective_on", ~begun),
        }
    )


def _for_all(found: pd.DataFrame, live: pd.DataFrame) -> pd.DataFrame:
    """A row for every subject with a live record, whether it counts or not."""
    found.index = found.index.astype(object)
    return found.reindex(live["subject"].cat.remove_unused_categories().cat.categories)


def _pointed(both: pd.DataFrame) -> pd.DataFrame:
    """Tenths of points as floats, which hold whole numbers exactly and know "none"."""
    live = both["i_live"].eq(True) | both["p_live"].eq(True)
    both = both[live].copy()
    inspections, failed = both["inspections"], both["failed"]
    share = (failed * 20_000 + inspections) // (2 * inspections)
    banded = np.select([share >= 5000, share >= 2000], [145.0, 60.0], 0.0)
    both["p_base"] = 50.0
    both["p_penalties"] = (both["penalties"] * 25).clip(upper=200)
    both["p_fines"] = ((both["cents"] * 12 + 50_000) // 100_000).clip(upper=300)
    both["p_failures"] = pd.Series(banded, both.index).where(inspections.notna())
    both["p_findings"] = (both["worst"] * 4).clip(upper=80)
    both["p_last_failed"] = np.where(both["last_result"].isin(["fail", "closed"]), 75.0, np.nan)
    conduct = both[["p_failures", "p_findings", "p_last_failed"]].sum(axis=1)
    both["p_conduct"] = (220 - conduct).where(conduct > 220)
    with_points = [f"p_{rule}" for _, _, rule, _, has_points in REASONS_GIVEN if has_points]
    both["tenths"] = both[with_points].sum(axis=1)
    return both


def _graded(frame: pd.DataFrame) -> pd.DataFrame:
    tenths, absent = frame["tenths"], frame["last_result"].isna()
    closed, heavy = frame["last_result"] == "closed", frame["cents"] >= 250_000
    barred = heavy & ~closed & ~absent & (tenths < 120)
    frame["grade"] = np.select(
        [closed, absent, tenths >= 450, tenths >= 250, (tenths >= 120) | heavy],
        ["D", "N", "D", "C", "B"],
        "A",
    )
    frame["total"] = tenths.where(~absent)
    records = {
        "base": pd.Series(0.0, frame.index),
        "penalties": frame["penalties"],
        "fines": frame["penalties"],
        "failures": frame["failed"] + frame["inspections"],
        "findings": frame["inspections"],
        "last_failed": frame["inspections"],
        "conduct": pd.Series(0.0, frame.index),
    }
    for rule, count in records.items():
        frame[f"n_{rule}"] = count.where(~absent & frame[f"p_{rule}"].notna())
    frame["n_closed"] = frame["inspections"].where(closed)
    frame["n_heavy_fines"] = frame["penalties"].where(barred)
    frame["n_absence"] = pd.Series(0.0, frame.index).where(absent & ~closed)
    return frame


def _decimals(tenths: pd.Series) -> pa.Array:
    whole = pa.Array.from_pandas(tenths.astype("Int32"))
    return pc.multiply(whole.cast(pa.decimal128(10, 0)), _TENTH).cast(_POINTS)


def _standings(classed: pd.DataFrame) -> pa.Table:
    n = len(classed)
    return pa.table(
        {
            "subject": pa.array(classed.index, pa.string()),
            "grade": pa.array(classed["grade"], pa.string()),
            "total": _decimals(classed["total"]),
            "next_change_on": pa.array(_next(classed), pa.timestamp("s")).cast(pa.date32()),
            "as_of": pa.repeat(pa.scalar(AS_OF), n),
            "known_at": pa.repeat(pa.scalar(KNOWN_AT.replace(tzinfo=None), pa.timestamp("us")), n),
            "scheme": pa.repeat("tarn/conduct", n),
            "version": pa.repeat(pa.scalar(1, pa.int32()), n),
            "draft": pa.repeat(False, n),
        }
    )


def _next(classed: pd.DataFrame) -> pd.Series:
    days = [f"{item}_{what}" for item in "ip" for what in ("leaves", "ends", "begins")]
    return classed[days].min(axis=1)


def _reasons(classed: pd.DataFrame) -> pa.Table:
    parts = []
    for position, kind, rule, article, has_points in REASONS_GIVEN:
        given = classed[classed[f"n_{rule}"].notna()]
        n = len(given)
        points = _decimals(given[f"p_{rule}"]) if has_points else pa.nulls(n, _POINTS)
        columns = {
            "subject": pa.array(given.index, pa.string()),
            "as_of": pa.repeat(pa.scalar(AS_OF), n),
            "position": pa.repeat(pa.scalar(position, pa.int32()), n),
            "kind": pa.repeat(kind, n),
            "rule": pa.repeat(rule, n),
            "points": points,
            "records": pa.array(given[f"n_{rule}"].astype("int64")),
            "article": pa.repeat(article, n),
        }
        parts.append(pa.table(columns))
    order = [("subject", "ascending"), ("position", "ascending")]
    return pa.concat_tables(parts).sort_by(order)
