"""A command imports what it needs: each is run in a process of its own, which then says what it
has imported. Nothing here looks at a clock."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from goodstanding.cli.commands import ENTRIES, OnUse
from goodstanding.cli.main import app, run
from goodstanding.demo import generate

#: Runs the words it is given, then names every module there is, on the last line.
SAYING = """
import sys
from goodstanding.cli.main import run
code = run(sys.argv[1:])
print()
print(*sys.modules)
sys.exit(code)
"""
TABLES = {"duckdb", "pyarrow", "sqlglot", "sqlalchemy", "cryptography", "yaml", "pydantic"}
#: What only some commands need, by what they need it for.
CALENDARS = {"holidays", "chinese_calendar"}
CHARTS = {"altair", "vl_convert"}
CLUSTER = {"pyspark", "py4j"}
HTTP = {"http.client", "urllib.request", "waitress"}
SPECIAL = CALENDARS | CHARTS | CLUSTER | HTTP
OURS = {
    f"goodstanding.{name}"
    for name in ("audit", "catalogue", "demo", "evaluation", "ingest", "register")
}
CHECKING = {"goodstanding.register.fsck", "goodstanding.register.witness.client"}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("imports")
    found = generate(folder / "files", businesses=300, bodies=12, records=4_000)
    file = next(each.path for each in found if each.source == "tax_office")
    assert run(["init", str(folder / "node"), "--pack", "template", "--by", "tester"]) == 0
    shutil.copy(file, folder / "file.csv")
    return folder


def imported(node: Path, words: str) -> set[str]:
    """Every module after the command, and every package that one of them lies in."""
    done = subprocess.run(
        [sys.executable, "-c", SAYING, *words.format(node / "node", node / "file.csv").split()],
        capture_output=True,
        text=True,
        check=True,
    )
    names = done.stdout.splitlines()[-1].split()
    return {".".join(name.split(".")[:n]) for name in names for n in range(1, name.count(".") + 2)}


@pytest.mark.parametrize(
    ("words", "not_needed"),
    [
        ("--help", TABLES | SPECIAL | OURS | {"rich.progress"}),
        ("ingest --help", SPECIAL | CHECKING | {"goodstanding.demo", "goodstanding.evaluation"}),
        (
            "ingest -s tax_office {1} --node {0} --by tester",
            SPECIAL
            | CHECKING
            | {
                "goodstanding.demo",
                "goodstanding.evaluation",
                "goodstanding.register.proofs.verify",
            },
        ),
        (
            "quarantine --node {0} --by tester",
            SPECIAL | CHECKING | {"goodstanding.demo", "goodstanding.evaluation"},
        ),
        (
            "verify --node {0}",
            SPECIAL
            | {"sqlglot", "goodstanding.demo", "goodstanding.evaluation", "goodstanding.ingest"},
        ),
        (
            "access list --node {0} --by tester",
            SPECIAL
            | CHECKING
            | {"sqlglot", "goodstanding.demo", "goodstanding.evaluation", "goodstanding.ingest"},
        ),
        ("pack show template", CHARTS | CLUSTER | HTTP | {"goodstanding.demo"}),
        ("pack lint template", CHARTS | CLUSTER | HTTP | {"goodstanding.demo"}),
    ],
)
def test_a_command_imports_what_it_needs(node: Path, words: str, not_needed: set[str]) -> None:
    assert imported(node, words) & not_needed == set()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_list_says_what_the_command_says_of_itself(entry: object) -> None:
    from typer.main import get_command

    root = get_command(app)
    assert isinstance(root, OnUse)
    shown = next(each for each in ENTRIES if each is entry)
    own = str(root.commands[shown.name].help).split("\n\n")[0]
    assert shown.line == " ".join(own.split())


@pytest.mark.parametrize(
    "words",
    ["ingest -s tax_office {1} --node {0} --by tester", "log prove 0 --node {0} --by tester"],
)
def test_a_command_opens_each_log_once(node: Path, words: str) -> None:
    """To open a log is to look whether a crash left something: once is enough."""
    counting = (
        "from goodstanding.register import Log\n"
        "found, own = [], Log.open.__func__\n"
        "def counted(cls, folder, **settings):\n"
        "    found.append(folder.name)\n"
        "    return own(cls, folder, **settings)\n"
        "Log.open = classmethod(counted)\n"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{counting}{SAYING}".replace("print(*sys.modules)", "print(*found)"),
            *words.format(node / "node", node / "file.csv").split(),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert sorted(done.stdout.splitlines()[-1].split()) == ["access", "node"]
