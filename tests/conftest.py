"""Standing fixtures: the Port of Lumen, a pack as small as a pack can be."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from pyspark.sql import SparkSession

from goodstanding.catalogue import Pack, load_pack
from goodstanding.evaluation.engines.spark import local_session

ROOT = Path(__file__).parent.parent
#: The registers of tests are small: one partition, and no Java is made of plans run once.
SMALL = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
}
HARBOUR = ROOT / "tests" / "fixtures" / "packs" / "harbour"

# No property is timed, and one that fails, fails again.
settings.register_profile("goodstanding", deadline=None, derandomize=True)
settings.load_profile("goodstanding")


@pytest.fixture(scope="session")
def harbour() -> Pack:
    """The pack of the Port of Lumen: two authorities, two items, two sources."""
    return load_pack(HARBOUR)


@pytest.fixture
def harbour_folder(tmp_path: Path) -> Path:
    """A copy of that pack to break."""
    return Path(shutil.copytree(HARBOUR, tmp_path / "harbour"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The public data sets beside the project; the test is skipped where they are absent."""
    folder = Path(os.environ.get("GS_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"REAL DATA ABSENT: no folder {folder}; set GS_SHARED to run this test")
    return folder


@pytest.fixture(scope="session")
def spark_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """Spark on this machine, one for all tests of a worker; GS-SCHEME-071 without Java."""
    folder = tmp_path_factory.mktemp("spark")
    with local_session(folder, threads=1, memory_limit="1GB", settings=SMALL) as session:
        yield session
