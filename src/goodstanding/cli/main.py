"""The `goodstanding` command: one line of words to one exit code.

Exit codes: 0 done; 1 refused (a GS code says why); 2 the words of the command are wrong;
3 the check found something (verify, lint, doctor); 130 and 143 stopped by SIGINT or SIGTERM
(``goodstanding.cli.entry``).
"""

from __future__ import annotations

from collections.abc import Sequence

import typer

from goodstanding.cli.commands import OnUse
from goodstanding.cli.console import Exit, print_refusal
from goodstanding.cli.errors import SYSTEM_REFUSED
from goodstanding.kernel import GoodStandingError

app = typer.Typer(
    cls=OnUse,
    name="goodstanding",
    help="A public credit register with due process built in.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def goodstanding() -> None:
    """A public credit register with due process built in."""


def run(words: Sequence[str]) -> int:
    """Run one command line and return its exit code; a refusal becomes words."""
    try:
        app(args=list(words), prog_name="goodstanding")
    except GoodStandingError as error:
        print_refusal(error, as_json="--json" in words)
        return Exit.REFUSED
    except SystemExit as end:
        return int(end.code or 0)
    except BrokenPipeError:
        # The reader (for example `head`) has seen enough.
        return Exit.OK
    except OSError as error:
        # A full disk, a folder that may not be read: nobody's mistake, and no traceback.
        refusal = GoodStandingError(
            SYSTEM_REFUSED, file=error.filename or "a file", reason=error.strerror or str(error)
        )
        print_refusal(refusal, as_json="--json" in words)
        return Exit.REFUSED
    return Exit.OK
