"""The `goodstanding` command.

Exit codes: 0 done; 1 refused (a GS code says why); 2 the words of the command are wrong;
3 the check found something (verify, lint, doctor).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from goodstanding.cli import (
    access_commands,
    backtest_command,
    bundle_commands,
    delivery_commands,
    demo_command,
    evaluation_commands,
    incremental_command,
    key_commands,
    log_commands,
    node_commands,
    pack_commands,
    records_command,
    scheme_commands,
    whatif_command,
    witness_commands,
)
from goodstanding.cli.console import Exit, print_refusal
from goodstanding.cli.errors import SYSTEM_REFUSED
from goodstanding.kernel import GoodStandingError

app = typer.Typer(
    name="goodstanding",
    help="A public credit register with due process built in.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
node_commands.register(app)
delivery_commands.register(app)
evaluation_commands.register(app)
incremental_command.register(app)
records_command.register(app)
whatif_command.register(app)
backtest_command.register(app)
demo_command.register(app)
bundle_commands.register(app)
app.add_typer(log_commands.app, name="log")
app.add_typer(access_commands.app, name="access")
app.add_typer(key_commands.app, name="key")
app.add_typer(witness_commands.app, name="witness")
app.add_typer(pack_commands.app, name="pack")
app.add_typer(scheme_commands.app, name="scheme")


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


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))
