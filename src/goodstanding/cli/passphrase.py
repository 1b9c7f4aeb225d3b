"""Asking for a passphrase: from the environment, else at the terminal, never as an option.

Invariant: a passphrase is not echoed and not kept; words of a command stand in histories and
process lists, so it is never one of them.
"""

from __future__ import annotations

import sys

import typer

from goodstanding.register.keys import environment_passphrase


def ask_passphrase() -> bytes | None:
    """The passphrase of a key that is encrypted; None where nobody can be asked."""
    return environment_passphrase() or _prompt(confirm=False)


def new_passphrase() -> bytes:
    """A passphrase to encrypt with, typed twice. Raises typer.BadParameter if there is none."""
    found = environment_passphrase() or _prompt(confirm=True)
    if not found:
        raise typer.BadParameter(
            "There is no passphrase: set GS_KEY_PASSPHRASE_FILE, or run this at a terminal."
        )
    return found


def _prompt(*, confirm: bool) -> bytes | None:
    if not sys.stdin.isatty():
        return None
    text: str = typer.prompt(
        "Passphrase of the key", hide_input=True, confirmation_prompt=confirm, err=True
    )
    return text.encode("utf-8", "surrogateescape")
