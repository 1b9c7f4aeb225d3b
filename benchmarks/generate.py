"""Write the agency's file: the same rows for the same size, on every machine."""

from __future__ import annotations

import duckdb

from benchmarks.place import HERE, Place

#: Records for each business, on average.
RECORDS_A_SUBJECT = 10
_ROW_GROUP = 122_880


def generate(place: Place, hashed_rows: int) -> None:
    """Write the delivery, and its first ``hashed_rows`` rows as lines of canonical JSON."""
    place.folder.mkdir(parents=True, exist_ok=True)
    businesses = max(1, place.records // RECORDS_A_SUBJECT)
    with duckdb.connect() as con:
        con.execute((HERE / "sql" / "generate.sql").read_text("utf-8")).fetchall()
        con.execute(
            f"COPY (FROM tarn_rows({place.records}, {businesses})) TO '{place.delivery}' "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
        ).fetchall()
        described = con.execute(f"DESCRIBE FROM '{place.delivery}'").fetchall()
        # Members in order of their names, as RFC 8785 has them.
        members = ", ".join(f"{column} := {column}" for column in sorted(r[0] for r in described))
        con.execute(
            f"COPY (SELECT to_json(struct_pack({members})) FROM "
            f"(FROM '{place.delivery}' LIMIT {hashed_rows})) TO '{place.lines}' "
            "(FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
        ).fetchall()
