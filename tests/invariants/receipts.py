"""Which functions of the source write to a register or read its payload, found in its text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SRC = Path(__file__).parents[2] / "src" / "goodstanding"

#: What touches the files of a register, by the names it is called by.
PRIMITIVES = {
    "advance", "commitments", "put", "read_events", "read_records", "read_subjects",
    "read_superseded",
    "rewrite_without", "write_events", "write_records", "write_segments",
}  # fmt: skip

#: Where no receipt is asked for, and why.
BENEATH = {
    "register.segments": "the files themselves; what calls them is looked at",
    "register.state": "only the sequencer reaches it",
    "register.batch": "only the sequencer reaches it",
    "register.sequencer": "only the log reaches it, and the log demands a receipt",
    "register.published": "reads events about keys; only the log and the sequencer reach it",
    "register.index": "keeps identifiers, names and places; shows no record",
    "register.fsck": "compares hashes, shows nothing",
    "audit": "makes receipts; what reads the access log demands one all the same (below)",
    "cli": "asks for receipts; part (d) looks at each command",
}

#: Functions that read the segments they are given. They count as primitives themselves, so
#: whoever calls them needs a receipt.
FILE_READERS = {
    "evaluation.engines.incremental.cache.open_cache",
    "evaluation.engines.incremental.earlier.erased_since",
    "evaluation.engines.incremental.earlier.why_whole",
    "evaluation.publishing.publications",
    "evaluation.publishing.published_as",
    "ingest.versions.erasure_of",
    "ingest.versions.record_at",
    "ingest.versions.told_with",
    "ingest.versions.versions_of",
    "register.erase.erasure_events",
    "register.erase.erasures",
    "register.restored.has_gone_on",
}

#: Functions that go on with an act whose receipt was demanded when it began.
CONTINUING = {
    "ingest.restored.look_up": "compares erasures with the ledger, shows nothing; then it is noted",
    "ingest.erase.finish_erasures": "carries out erasures that are sealed already",
    "ingest.erase.tidy_workplace": "the same, at the start of whatever needs the workplace",
}


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the source: its place, its body, whether it demands a receipt."""

    module: str
    name: str
    node: ast.FunctionDef

    @property
    def place(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def public(self) -> bool:
        return not any(part.startswith("_") for part in self.name.split("."))

    @property
    def takes_receipt(self) -> bool:
        """Whether it has a parameter ``noted`` of any kind."""
        arguments = self.node.args
        return "noted" in {argument.arg for argument in (*arguments.args, *arguments.kwonlyargs)}

    @property
    def demands_receipt(self) -> bool:
        """Whether ``noted: Noted`` is required, and given by its name only."""
        arguments = self.node.args
        return any(
            argument.arg == "noted"
            and isinstance(argument.annotation, ast.Name)
            and argument.annotation.id == "Noted"
            and default is None
            for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        )

    def call(self, *, receipt: bool) -> str:
        """A call with all that is required, each an ``Any``; with or without its receipt."""
        arguments = self.node.args
        required = arguments.args[: len(arguments.args) - len(arguments.defaults)]
        words = ["any" for argument in required if argument.arg != "cls"]
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            if argument.arg == "noted":
                words += ["noted=receipt"] if receipt else []
            elif default is None:
                words.append(f"{argument.arg}=any")
        return f"goodstanding.{self.place}({', '.join(words)})"

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        for node in ast.walk(self.node):
            if isinstance(node, ast.Call):
                called = node.func
                if isinstance(called, ast.Attribute):
                    yield called.attr, node
                elif isinstance(called, ast.Name):
                    yield called.id, node


@cache
def functions() -> list[Function]:
    """Every function and method of the source; what stands in a function belongs to it."""
    found = []
    for path in sorted(SRC.rglob("*.py")):
        module = path.relative_to(SRC).with_suffix("").as_posix().replace("/", ".")
        module = module.removesuffix(".__init__")
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                found.append(Function(module, node.name, node))
            elif isinstance(node, ast.ClassDef):
                found += [
                    Function(module, f"{node.name}.{method.name}", method)
                    for method in node.body
                    if isinstance(method, ast.FunctionDef)
                ]
    return found


def touching(all_functions: list[Function]) -> list[Function]:
    """The functions above ``BENEATH`` that write to a register or read payload.

    A call of a function with a receipt passes ``noted=`` (mypy sees to that), so the calls of
    primitives, those with ``noted=``, and calls of such functions within the module are all.
    """
    primitives = PRIMITIVES | {place.rsplit(".", 1)[1] for place in FILE_READERS}
    above = [
        function
        for function in all_functions
        if not any(f"{function.module}.".startswith(f"{package}.") for package in BENEATH)
    ]
    found: set[str] = set()
    while True:
        names = {(f.module, f.name.rsplit(".", 1)[-1]) for f in above if f.place in found}
        new = {
            function.place
            for function in above
            for name, call in function.calls()
            if name in primitives
            or any(keyword.arg == "noted" for keyword in call.keywords)
            or _is_sequencer(call)
            or ((function.module, name) in names and _is_local(call))
        }
        if new <= found:
            return [function for function in above if function.place in found]
        found |= new


def _is_sequencer(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and "_sequencer.append" in ast.unparse(call.func)


def _is_local(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) or ast.unparse(call.func).startswith(("self.", "cls."))


def receipts_made(tree: ast.AST) -> list[int]:
    """The lines on which a receipt is made."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Noted"
    ]
