"""The commands by name; the module of each is imported when it is used.

Invariant: listing the commands imports none of their modules, and running one imports its own
alone. A line of the list is the first paragraph of the command's own help; a test holds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group


@dataclass(frozen=True, slots=True)
class Entry:
    """One command or group of commands: its module in this package, and its line in the list."""

    name: str
    module: str
    line: str


#: In the order of the list.
ENTRIES = (
    Entry("init", "node_commands",
        "Make a new node: access log, keys, an empty log, and its first entry."),
    Entry("ingest", "delivery_commands",
        "Take an agency's file: check every row, seal what is good, return what is not."),
    Entry("deliveries", "delivery_commands",
        "What was delivered, and what came of it."),
    Entry("quarantine", "node_commands",
        "The rejected rows, with the reason and the remedy for each."),
    Entry("verify", "check_commands",
        "Read everything again from the files and check it against the signed checkpoint."),
    Entry("doctor", "check_commands",
        "Look a node over: files, keys, head, checkpoint, index, pack, space on the disk."),
    Entry("backup", "backup_commands",
        "Copy a node to another place, whole and verified, while it goes on being written."),
    Entry("restore", "backup_commands",
        "Make a node of a backup; it opens when its erasures are applied (log apply-ledger)."),
    Entry("evaluate", "evaluation_commands",
        "Evaluate every subject; write standings, reasons, the SQL, and what they rest on."),
    Entry("explain", "evaluation_commands",
        "One standing: what it is, which records and articles made it, what would change it."),
    Entry("records", "records_command",
        "Tell every record of a subject, and whether it stood on a day, removed ones too."),
    Entry("what-if", "whatif_command",
        "What would lead to a better grade: the smallest sets of lawful changes, with their "
        "dates."),
    Entry("backtest", "backtest_command",
        "Try a scheme on the past: who would move, how far, what each bound decides; as a report."),
    Entry("demo", "demo_command",
        "Build the Republic of Meridia: files, checks, log, schemes, standings, and six stories."),
    Entry("verify-bundle", "bundle_commands",
        "Check a proof bundle offline, and say what it proves and what it does not."),
    Entry("verifier-page", "bundle_commands",
        "Write a page that checks bundles in any browser, offline, from this one file."),
    Entry("index", "check_commands",
        "The disposable index."),
    Entry("results", "incremental_command",
        "Result files of evaluations."),
    Entry("log", "log_commands",
        "The log: proofs of what it holds and of how it grew."),
    Entry("access", "access_commands",
        "The access log: who did and saw what."),
    Entry("key", "key_commands",
        "The node's keys and their history."),
    Entry("witness", "witness_commands",
        "A witness: remembers what logs of others have shown, and cosigns what continues it."),
    Entry("pack", "pack_commands",
        "Jurisdictions as data."),
    Entry("source", "draft_commands",
        "Source contracts: how an agency's file becomes records."),
    Entry("scheme", "scheme_commands",
        "Schemes: which are in force, and by which act."),
)  # fmt: skip
_BY_NAME = {entry.name: entry for entry in ENTRIES}


class OnUse(TyperGroup):
    """The commands of ``ENTRIES``, known by name and line until one of them is used."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = cast("MutableMapping[str, Any]", _Commands())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """What a list shows of a command; None if there is none of this name."""
        entry = _BY_NAME.get(cmd_name)
        return None if entry is None else TyperCommand(entry.name, help=entry.line)

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the list."""
        return list(_BY_NAME)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command itself, to be run. Raises a usage error for an unknown one."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, None if found is None else self.commands[str(name)], rest


class _Commands(Mapping[str, Any]):
    """Every command by name; to look one up imports its module."""

    def __getitem__(self, name: str) -> Any:
        return _commands_of(_BY_NAME[name])[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_BY_NAME)

    def __len__(self) -> int:
        return len(_BY_NAME)


@cache
def _commands_of(entry: Entry) -> Mapping[str, Any]:
    """The commands that the module of ``entry`` puts into the root, or its ``app`` as a group."""
    module = import_module(f"goodstanding.cli.{entry.module}")
    root = typer.Typer(pretty_exceptions_enable=False)
    if hasattr(module, "register"):
        module.register(root)
    else:
        root.add_typer(module.app, name=entry.name)
    # A callback makes it a group, however few commands there are.
    root.callback()(lambda: None)
    return get_group(root).commands
