"""What results rest on: enough to compute them again and compare the bytes."""

from __future__ import annotations

import json
from datetime import date, datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path

from goodstanding import __version__
from goodstanding.evaluation.model import Scheme
from goodstanding.kernel import instant_text
from goodstanding.register import Checkpoint

MANIFEST = "manifest.json"
_RESULTS = ("standings.parquet", "reasons.parquet", "scheme.sql")
#: What each engine stands on; all result files are written by DuckDB.
_SOFTWARE = {"duckdb": ("duckdb",), "reference": ("duckdb",), "spark": ("duckdb", "pyspark")}


def write_manifest(
    folder: Path,
    scheme: Scheme,
    checkpoint: Checkpoint,
    as_of: date,
    known_at: datetime | None,
    *,
    history: bool,
    draft: bool,
    engine: str = "duckdb",
) -> dict[str, object]:
    """Write manifest.json beside the results and return it.

    ``known_at`` is null where everything the log holds was taken into account; ``draft`` says
    that the scheme was not in force, so that the results bind nobody. ``engine`` worked out the
    rows; the bytes of the results are the same whichever it was.
    """
    manifest: dict[str, object] = {
        "scheme": scheme.name,
        "version": scheme.version,
        "pack_digest": scheme.pack.digest,
        "as_of": as_of.isoformat(),
        "known_at": instant_text(known_at) if known_at else None,
        "history": history,
        "draft": draft,
        "origin": checkpoint.origin,
        "log_size": checkpoint.head.size,
        "root": checkpoint.head.root.hex(),
        "engine": engine,
        "software": {"goodstanding": __version__} | {n: version(n) for n in _SOFTWARE[engine]},
        "sha256": {name: _sha256(folder / name) for name in _RESULTS},
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, "utf-8")
    return manifest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
