"""The console script: signals are answered before anything else is imported."""

from __future__ import annotations

import sys

from goodstanding.cli.stop import Stop


def main() -> None:
    """Run the words of this process and end it with their exit code, 130 or 143 if stopped."""
    stop = Stop(as_json="--json" in sys.argv)
    stop.install()
    # Only now: to import the rest takes long enough to be stopped meanwhile.
    from goodstanding.cli.main import run

    code = run(sys.argv[1:])
    stop.done()
    sys.exit(code)
