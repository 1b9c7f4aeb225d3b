"""Every refusal is told whole: each place that raises one gives all that its sentence names."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from goodstanding.kernel import GoodStandingError
from goodstanding.kernel.errors import Code, all_codes

SRC = Path(__file__).parent.parent.parent / "src"


def _raised(path: Path) -> Iterator[tuple[ast.Call, Code]]:
    """Each call that makes a refusal of a code known by its name, with that code."""
    module = importlib.import_module(
        ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
    )
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "GoodStandingError":
            found: object = module
            for part in ast.unparse(node.args[0]).split("."):
                found = getattr(found, part, None)
            if isinstance(found, Code):
                yield node, found


def _fields(code: Code) -> set[str]:
    return {
        name
        for text in (code.what, code.remedy)
        for _, name, _, _ in Formatter().parse(text)
        if name
    }


CALLS = [
    pytest.param(call, code, id=f"{path.stem}-{call.lineno}")
    for path in sorted(SRC.rglob("*.py"))
    if "GoodStandingError(" in path.read_text("utf-8")
    for call, code in _raised(path)
]


@pytest.mark.parametrize(("call", "code"), CALLS)
def test_each_refusal_is_given_what_it_names(call: ast.Call, code: Code) -> None:
    given = {keyword.arg for keyword in call.keywords}
    assert None in given or _fields(code) <= given


@pytest.mark.parametrize("code", all_codes(), ids=lambda code: code.id)
def test_each_sentence_is_rendered(code: Code) -> None:
    given: dict[str, Any] = dict.fromkeys(_fields(code), "<it>")
    said = GoodStandingError(code, **given)
    for sentence in (said.what, code.why, said.remedy):
        assert sentence.endswith((".", "?", ")", ":")) or "<it>" in sentence[-6:]
        assert "{{" not in sentence
        assert "  " not in sentence
