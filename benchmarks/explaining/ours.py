"""What `explain` takes for one subject: its work alone, and the command with its start.

The work is what the command does once node, pack and scheme are open, as a service keeps them:
reading all versions of the subject's records, evaluating and explaining them, and proving that
each lies in the log. Subjects are spread over all; none is asked about twice.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from benchmarks.ingesting.ours import NOTED
from benchmarks.place import AS_OF, ITEMS, PACK, SCHEME, Place, Timed, settle
from goodstanding.catalogue import load_pack
from goodstanding.cli.proofs import prove
from goodstanding.evaluation import explain
from goodstanding.evaluation.load import load_scheme
from goodstanding.ingest.versions import told_with
from goodstanding.register import Node

_SUBJECTS, _COMMANDS = 60, 5
_MAIN = "import sys; from goodstanding.cli.entry import main; main()"


def middle(place: Place) -> Timed:
    """The median over all subjects."""
    scheme = load_scheme(load_pack(PACK), SCHEME)
    node = Node.open(place.node)
    node.index.consume()
    subjects = _subjects(place)
    settle()
    found = []
    for subject in subjects:
        start = time.perf_counter()
        records = node.records_of(subject, noted=NOTED)
        told = told_with(node.log.segments(), records)
        explanation = explain(
            scheme, records, subject=subject, as_of=AS_OF, known_at=None, language="en", told=told
        )
        leaves = {record.leaf for part in explanation.parts for record in part.records}
        proofs = prove(node.log, [record for record in records if record.leaf in leaves])
        found.append(time.perf_counter() - start)
        if not all(proof.verified for proof in proofs):
            raise AssertionError("a proof does not hold")
    (place.folder / "explained.json").write_text(json.dumps(sorted(found)))
    return Timed(statistics.median(found), 1, 1)


def slowest(place: Place) -> Timed:
    """The slowest subject of the run that ``middle`` made just before."""
    found: list[float] = json.loads((place.folder / "explained.json").read_text())
    return Timed(found[-1], 1, 1)


def command(place: Place) -> Timed:
    """`goodstanding explain` from the shell: interpreter, imports, pack and node included."""
    found = []
    for subject in _subjects(place)[:_COMMANDS]:
        arguments = ["explain", subject, "--node", str(place.node), "--scheme", f"tarn/{SCHEME}"]
        asked = [*arguments, "--as-of", AS_OF.isoformat(), "--by", "auditor"]
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _MAIN, *asked],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        found.append(time.perf_counter() - start)
        if done.returncode != 0:
            raise AssertionError(f"explain ended with {done.returncode}: {done.stderr[-500:]}")
    return Timed(statistics.median(found), 1, 1)


def _subjects(place: Place) -> list[str]:
    """Some with a live record, by their hash: of every age and with few records or many."""
    files: list[Path] = place.segments(ITEMS[0])
    with duckdb.connect() as con:
        rows = con.execute(
            f"SELECT DISTINCT subject FROM read_parquet({[str(file) for file in files[:3]]}) "
            f"WHERE effective_on <= DATE '{AS_OF}' "
            f"ORDER BY hash(subject), subject LIMIT {_SUBJECTS}"
        ).fetchall()
    return [str(row[0]) for row in rows]
