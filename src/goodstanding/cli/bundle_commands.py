"""Commands that need no node: check a proof bundle, write the page that checks one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from goodstanding.cli.console import Exit, out, print_json, shown
from goodstanding.cli.options import JsonOption
from goodstanding.cli.small_files import read_small_file
from goodstanding.kernel import GoodStandingError, SystemClock
from goodstanding.kernel.escaping import for_terminal
from goodstanding.register.durable import PUBLIC_FILE, write_atomically
from goodstanding.register.errors import UNREADABLE_FILE, UNVERIFIED
from goodstanding.register.proofs.browser import standalone_page
from goodstanding.register.proofs.verify import verify_bundle
from goodstanding.register.proofs.words import TITLES, Verdict

_VKEY = re.compile(r"[^+]*\+[^+]*\+.*", re.DOTALL)


def register(app: typer.Typer) -> None:
    """Put the commands of this module into ``app``."""
    app.command("verify-bundle")(verify_bundle_command)
    app.command("verifier-page")(verifier_page)


def verify_bundle_command(
    file: Annotated[Path, typer.Argument(help="The bundle.")],
    key: Annotated[
        list[str] | None,
        typer.Option("--key", "-k", help="The register's public key, or a file that holds it."),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", "-p", help="A witness policy (C2SP tlog-policy).")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Check a proof bundle offline, and say what it proves and what it does not."""
    data = read_small_file(file)
    keys = [_key(each) for each in key or []]
    policy_text = None if policy is None else _text(policy)
    try:
        verdict = verify_bundle(data, keys, policy_text, now=SystemClock().now())
    except GoodStandingError as error:
        if error.code is not UNVERIFIED:
            raise
        _show_failure(error, as_json=json)
        raise typer.Exit(Exit.FINDINGS) from None
    if json:
        print_json(verdict.as_dict())
    else:
        _show(verdict)


def verifier_page(
    file: Annotated[Path, typer.Argument(help="The page to write, for example verifier.html.")],
) -> None:
    """Write a page that checks bundles in any browser, offline, from this one file."""
    write_atomically(file, standalone_page().encode("utf-8"), PUBLIC_FILE)
    out.print(
        f"[green]✓[/] {shown(file)}: open it in a browser and drop a bundle on it", soft_wrap=True
    )


def _key(given: str) -> str:
    """A key's text: no name of a file is of the form name+id+key by accident."""
    return given if _VKEY.fullmatch(given) else _text(Path(given)).strip()


def _text(file: Path) -> str:
    try:
        return read_small_file(file).decode("utf-8")
    except UnicodeDecodeError:
        raise GoodStandingError(UNREADABLE_FILE, file=file, reason="it is not UTF-8") from None


def _show(verdict: Verdict) -> None:
    for step in verdict.steps:
        mark = "[green]✓[/]" if step.asked else "–"
        out.print(f"{mark} {step.number}. {step.title:<24}", end="")
        out.print(for_terminal(step.found), markup=False, soft_wrap=True)
    for title, sentences in (("Proved", verdict.proved), ("Not proved", verdict.not_proved)):
        out.print(f"\n[bold]{title}[/]")
        for sentence in sentences:
            out.print(f"  - {for_terminal(sentence)}", markup=False, soft_wrap=True)


def _show_failure(error: GoodStandingError, *, as_json: bool) -> None:
    failed = error.values["step"]
    if as_json:
        print_json({"verified": False, "step": failed, **error.as_dict()})
        return
    for number, title in TITLES.items():
        if number == failed:
            break
        out.print(f"[green]✓[/] {number}. {title}")
    out.print(f"[red]✗[/] {error.code.id} ", end="")
    out.print(for_terminal(error.what), markup=False, soft_wrap=True)
    out.print(f"  {error.remedy}", markup=False, soft_wrap=True)
