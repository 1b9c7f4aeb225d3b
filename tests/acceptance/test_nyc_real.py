"""The main job on real input: the city's file, all the way to its published letters."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from goodstanding.cli.main import app

pytestmark = pytest.mark.real

ROOT = Path(__file__).parent.parent.parent
#: Of the letters published on inspections other than re-openings, per mille.
BAR = 999

Run = Callable[..., str]


@pytest.fixture(scope="module")
def violations(shared_data: Path) -> Path:
    """The city's file of restaurant inspections."""
    return shared_data / "nyc_dohmh_mdsr" / "Violations.parquet"


@pytest.fixture(scope="module")
def run() -> Run:
    """Run one command as a user does; it must succeed."""

    def run(*words: str | Path) -> str:
        result = CliRunner().invoke(app, [str(word) for word in words])
        assert result.exit_code == 0, result.output or repr(result.exception)
        return result.output

    return run


@pytest.fixture(scope="module")
def node(violations: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node that has taken the city's file."""
    folder = tmp_path_factory.mktemp("nyc") / "node"
    run("init", folder, "--pack", "us_nyc")
    run("ingest", "--node", folder, "--source", "dohmh_inspections", violations)
    return folder


@pytest.fixture(scope="module")
def out(node: Path, run: Run) -> Path:
    """The history of every restaurant's standing up to the day of the file."""
    folder = node.parent / "out"
    words = ("us_nyc/letter_grade", "--as-of", "2016-01-06", "--history", "--out")
    run("evaluate", "--node", node, *words, folder)
    return folder


@pytest.fixture(scope="module")
def tool() -> Iterator[ModuleType]:
    """tools/nyc_evidence.py, which is no part of the package."""
    spec = importlib.util.spec_from_file_location(
        "nyc_evidence", ROOT / "tools" / "nyc_evidence.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_the_main_job(tool: ModuleType, node: Path, out: Path, violations: Path, run: Run) -> None:
    evidence = tool.gather(node, out, violations)

    counts = evidence.counts
    assert counts.read == 480_621
    assert counts.accepted + counts.rejected == counts.read

    assert evidence.letters == 90_151
    assert evidence.reproduced + len(evidence.mismatches) == evidence.letters
    assert 1000 * evidence.reproduced >= BAR * evidence.letters
    assert all(m.why != tool.OTHER for m in evidence.mismatches)

    assert tool.PAGE.read_text("utf-8") == tool.page(evidence), (
        "docs/evidence/nyc.md is not current; write it with tools/nyc_evidence.py"
    )

    # Whoever reads the explanation of one restaurant finds its letter and the article.
    told = run(
        "explain",
        *("--node", node, "us-nyc-camis:30075445", "--scheme", "us_nyc/letter_grade"),
        *("--as-of", "2016-01-06"),
    )
    assert "Grade A" in told
    assert "23-03" in told
