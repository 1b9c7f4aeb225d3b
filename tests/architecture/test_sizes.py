"""A file is a screen or three, a function is read at a glance (DESIGN section 4).

The lists of exceptions are empty, and may only shrink.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "goodstanding"
FILES = sorted(SRC.rglob("*.py"))
MOST_LINES_A_FILE, MOST_LINES_A_FUNCTION = 500, 80


def _name(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_file_is_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES_A_FILE


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_function_is_short(path: Path) -> None:
    long = [
        f"{node.name}: {length} lines"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_A_FUNCTION
    ]
    assert not long


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_only_the_kernels_clock_reads_the_time(path: Path) -> None:
    if _name(path) == "kernel/clock.py":
        return
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow", "today")
        and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date", "time")
    ]
    assert not calls
