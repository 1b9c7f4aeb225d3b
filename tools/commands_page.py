"""Write docs/reference/commands.md from the commands themselves.

python -m tools.commands_page            writes the page
python -m tools.commands_page --check    fails if it is not current
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import typer.main
from tools.pages import write_or_check

from goodstanding.cli.main import app

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "commands.md"
_HEAD = """# Commands

Written from the commands by `tools/commands_page.py`; a test holds that it is current.

`--node` may be left out where the environment variable `GS_NODE` names the node's folder.
Every reading command takes `--json` and then writes one JSON document to standard output;
decimals and dates in it are text. A refusal goes to standard error, with `--json` as one line
of JSON.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | refused; a GS code says what, why, and what to do |
| 2 | the words of the command are wrong |
| 3 | the check found something (`verify`, `doctor`, `pack lint`) |
| 130, 143 | stopped by SIGINT (Ctrl-C) or SIGTERM; what the log has acknowledged stands |
"""


def commands_page() -> str:
    """The page, commands in the order of the help."""
    root = typer.main.get_command(app)
    return "\n".join([_HEAD, *_commands(root, "goodstanding")])


def _commands(command: object, path: str) -> Iterator[str]:
    below = getattr(command, "commands", None)
    if below is not None:
        for name, child in below.items():
            yield from _commands(child, f"{path} {name}")
        return
    params = list(getattr(command, "params", []))
    arguments = [p for p in params if p.param_type_name == "argument"]
    usage = " ".join(p.name.upper() if p.required else f"[{p.name.upper()}]" for p in arguments)
    yield f"## {path} {usage}".rstrip() + "\n"
    yield f"{(getattr(command, 'help', '') or '').strip()}\n"
    rows = [_row(param) for param in params]
    if rows:
        yield "\n".join(["| | |", "|---|---|", *rows]) + "\n"


def _row(param: object) -> str:
    help_ = (getattr(param, "help", None) or "").replace("|", "\\|")
    if getattr(param, "param_type_name", "") == "argument":
        return f"| `{str(getattr(param, 'name', '')).upper()}` | {help_} |"
    words = ", ".join(f"`{opt}`" for opt in getattr(param, "opts", []))
    needed = " (required)" if getattr(param, "required", False) else ""
    return f"| {words} | {help_}{needed} |"


def main() -> int:
    """Write or check the page."""
    return write_or_check(commands_page(), PAGE)


if __name__ == "__main__":
    sys.exit(main())
