"""The Spark engine: the same plan, for registers that no one machine can hold.

Invariant: the rows are those of the DuckDB engine, exactly; result files are written by the
same writer and so have the same bytes. Only the working out is spread over machines.

Spark reads the segments where they lie (a shared folder, or object storage) and leaves its
rows as Parquet. ``run`` then puts them in order into the result files; ``write_datasets`` leaves
them as they are, for results that no one machine should hold either.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path

from py4j.protocol import Py4JError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.logger import PySparkLogger
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import expr

from goodstanding.evaluation import errors
from goodstanding.evaluation.compile import EVALUATED, Plan, compile_scheme, empty_relation
from goodstanding.evaluation.compile.spark import CONFIGURATION, to_spark, to_stages
from goodstanding.evaluation.engines.duckdb import beyond_calendar
from goodstanding.evaluation.engines.files import (
    REASONS,
    SCHEME_SQL,
    STANDINGS,
    Progress,
    Relations,
    Result,
    Run,
    by_bound,
    first_line,
    work_folder,
    write_parts,
)
from goodstanding.evaluation.engines.script import script
from goodstanding.evaluation.language.sql_dates import refused_day
from goodstanding.evaluation.model import Scheme
from goodstanding.evaluation.records import entries_of
from goodstanding.evaluation.reference import too_large
from goodstanding.kernel import GoodStandingError, instant_text

#: Files of each item, as paths or as addresses of a file system that Spark knows (s3a://...).
Places = Mapping[str, Sequence[Path | str]]

_MEMORY = re.compile(r"(?P<number>[1-9][0-9]*) ?(?P<unit>[MG])i?B?", re.IGNORECASE)
#: Of Spark's own error conditions, those that say that a number does not fit.
_TOO_LARGE = ("OUT_OF_RANGE", "OVERFLOW", "NUMERIC_OUT_OF_SUPPORTED_RANGE")
#: Whatever Spark has to say about a failure stands in the exception too.
_QUIET = """\
status = error
appender.none.type = Null
appender.none.name = none
rootLogger.level = off
rootLogger.appenderRef.none.ref = none
"""
_GLOB = re.compile(r"([\\\[\]{}*?])")


def run(
    scheme: Scheme,
    relations: Relations,
    *,
    as_of: date,
    known_at: datetime | None,
    out: Path,
    history: bool = False,
    draft: bool = False,
    threads: int | None = None,
    memory_limit: str = "2GiB",
    temp: Path | None = None,
    root: Path | None = None,
    progress: Progress | None = None,
    spark: SparkSession | None = None,
    master: str | None = None,
) -> Result:
    """Evaluate every subject and write the three result files, as every engine does.

    ``spark`` is a session to run in; without one, a session of its own is started on
    ``master`` (this machine, with ``threads``) and stopped afterwards. Its executors must see
    ``relations`` and ``out`` under the same paths. Raises GS-SCHEME-020 to 022, 040 to 043, 071,
    and GS-KERNEL-007.
    """
    plan = compile_scheme(scheme, as_of=as_of, known_at=known_at, history=history, draft=draft)
    tell = progress or (lambda step, share: None)
    with work_folder(out) as work:
        tell("starting Spark", 0.0)
        with _session(spark, master, threads, memory_limit, temp or work) as session:
            tell("evaluating", 0.1)
            parts = {name: work / f"rows-{name}" for name in (STANDINGS, REASONS)}
            with _refusing(scheme):
                _leave(session, plan, relations, {n: _address(p) for n, p in parts.items()})
        tell("writing", 0.8)
        counts = write_parts(plan, parts, work, memory_limit=memory_limit)
        (work / SCHEME_SQL).write_text(script(plan, relations, root), "utf-8")
    tell("done", 1.0)
    return Result(*counts, out)


def on(spark: SparkSession) -> Run:
    """This engine in a session that is already there."""
    return partial(run, spark=spark)


def write_datasets(
    spark: SparkSession,
    scheme: Scheme,
    relations: Places,
    *,
    as_of: date,
    known_at: datetime | None,
    out: str,
    history: bool = False,
    draft: bool = False,
) -> None:
    """Write ``<out>/standings`` and ``<out>/reasons`` as Parquet datasets, in no order, and never
    bring a row to this machine. Both are replaced. Raises GS-SCHEME-020 to 022, 040 and
    GS-KERNEL-007."""
    plan = compile_scheme(scheme, as_of=as_of, known_at=known_at, history=history, draft=draft)
    targets = {STANDINGS: f"{out}/standings", REASONS: f"{out}/reasons"}
    with _refusing(scheme):
        _leave(configured(spark), plan, relations, targets)


def _leave(spark: SparkSession, plan: Plan, relations: Places, targets: Mapping[str, str]) -> None:
    for item in plan.items:
        empty = spark.sql(to_spark(empty_relation(item)))
        found = entries(spark, relations.get(item.id, ()), empty)
        found.createOrReplaceTempView(entries_of(item.id))
    evaluated = evaluated_of(spark, plan).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        evaluated.createOrReplaceTempView(EVALUATED)
        for name, query in ((STANDINGS, plan.standings), (REASONS, plan.reasons)):
            spark.sql(to_spark(query)).write.mode("overwrite").parquet(targets[name])
    finally:
        evaluated.unpersist()


def entries(spark: SparkSession, places: Sequence[Path | str], empty: DataFrame) -> DataFrame:
    """The entries in these segments, known as ``files.known_sources`` says; in no order.

    Beside a segment that is named by an address nothing is looked up: of a log whose clock was
    set back, give paths.
    """
    found = empty
    local = [place for place in places if isinstance(place, Path)]
    by_address: dict[datetime | None, list[Path]] = by_bound(local)
    groups = [(bound, [_address(file) for file in own]) for bound, own in by_address.items()]
    if others := [place for place in places if isinstance(place, str)]:
        groups.append((None, others))
    for bound, addresses in groups:
        read = spark.read.schema(empty.schema).parquet(*addresses)
        if bound is not None:
            instant = f"TIMESTAMP_NTZ '{instant_text(bound).rstrip('Z')}'"
            known = f"least(known_at, CAST({instant} AS {_type_of(empty, 'known_at')}))"
            read = read.withColumn("known_at", expr(known))
        found = read if found is empty else found.unionByName(read)
    return found


def _type_of(frame: DataFrame, column: str) -> str:
    return str(frame.schema[column].dataType.simpleString())


def evaluated_of(spark: SparkSession, plan: Plan) -> DataFrame:
    """The rows of a plan's steps, from views ``entries_<item>`` of this session."""
    stages, query = to_stages(plan.evaluated)
    for name, stage in stages:
        # Worked out when first read, and then kept on the executors' disks.
        spark.sql(stage).localCheckpoint(eager=False).createOrReplaceTempView(name)
    return spark.sql(query)


def _address(place: Path | str) -> str:
    """A place as Spark reads it; the characters of a pattern mean themselves in a path."""
    if isinstance(place, str):
        return place
    return "file:" + _GLOB.sub(r"\\\1", str(place.absolute()))


@contextmanager
def _session(
    spark: SparkSession | None,
    master: str | None,
    threads: int | None,
    memory_limit: str,
    folder: Path,
) -> Iterator[SparkSession]:
    if spark is not None:
        yield configured(spark)
        return
    with local_session(folder, master=master, threads=threads, memory_limit=memory_limit) as own:
        yield configured(own)


def configured(spark: SparkSession) -> SparkSession:
    """A session beside the given one, whose settings and views stay as they are."""
    session = spark.newSession()
    for name, value in CONFIGURATION.items():
        session.conf.set(name, value)
    return session


@contextmanager
def local_session(
    folder: Path,
    *,
    master: str | None = None,
    threads: int | None = None,
    memory_limit: str = "2GiB",
    settings: Mapping[str, str] | None = None,
) -> Iterator[SparkSession]:
    """A Spark of this process, which keeps its files under ``folder`` and listens to nobody
    else; stopped at the end. Raises GS-SCHEME-043 and 071."""
    _need_java()
    cores = threads or os.cpu_count() or 1
    quiet = folder / "spark-log4j2.properties"
    quiet.write_text(_QUIET, "utf-8")
    all_settings: dict[str, bool | float | int | str | None] = {
        "spark.driver.memory": _megabytes(memory_limit),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet.as_uri()}",
        "spark.local.dir": str(folder),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.shuffle.partitions": str(4 * cores),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        **(settings or {}),
    }
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master(master or f"local[{cores}]").appName("goodstanding")
    try:
        spark = builder.config(map=all_settings).getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        problem = first_line(error)
        raise GoodStandingError(errors.NO_SPARK, problem=problem) from error
    try:
        yield spark
    finally:
        spark.stop()


def _need_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not (home and (Path(home) / "bin" / "java").exists()) and shutil.which("java") is None:
        raise GoodStandingError(errors.NO_JAVA)


def _megabytes(memory_limit: str) -> str:
    found = _MEMORY.fullmatch(memory_limit.strip())
    if found is None:
        problem = f"memory {memory_limit!r} is not a number of MB or GB"
        raise GoodStandingError(errors.BAD_LIMIT, problem=problem)
    return found["number"] + found["unit"].lower()


@contextmanager
def _refusing(scheme: Scheme) -> Iterator[None]:
    """What Spark says, as what it means here; and not said twice."""
    # Spark's own class of logger: a plain one of this name would refuse what it is told.
    told = PySparkLogger.getLogger("SQLQueryContextLogger")
    level = told.level
    told.setLevel("CRITICAL")
    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise refusal(scheme, error) from error
    finally:
        told.setLevel(level)


def refusal(scheme: Scheme, error: PySparkException | Py4JError) -> GoodStandingError:
    """What an error of Spark while evaluating says about the scheme or the data."""
    condition = error.getCondition() if isinstance(error, PySparkException) else None
    if any(word in (condition or str(error)) for word in _TOO_LARGE):
        return too_large(scheme)
    if (refused := refused_day(str(error))) is not None:
        return beyond_calendar(*refused)
    return GoodStandingError(errors.UNREADABLE, problem=first_line(error))
