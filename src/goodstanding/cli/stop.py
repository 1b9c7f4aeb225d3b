"""SIGINT and SIGTERM: the process ends at once, in our own words.

Invariant: whatever a command does can be ended at any moment, as by a power failure, and what
the log has not acknowledged is then not there (tests/durability). So nothing is unwound here:
the terminal is put right, one refusal is said, and the process is gone.

Only what is built into Python is imported, so that this stands before anything else is.
"""

from __future__ import annotations

import _thread
import os
import signal
from types import FrameType

ID = "GS-CLI-002"
WHAT = "Stopped by {signal} before it was done."
WHY = "Someone, or the system, has asked this process to end."
REMEDY = (
    "Give the command again: what the log has acknowledged stands, and what it has not is not "
    "there."
)
#: What the exit code of a stopped process has above the number of the signal, as in a shell.
_ABOVE = 128
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_STANDARD_INPUT, _STANDARD_ERROR = 0, 2
_SHOW_CURSOR = b"\x1b[?25h"
#: How a terminal is set, as ``termios`` has it.
_Attributes = list[int | list[bytes | int]]


class Stop:
    """What answers the two signals from ``install`` on."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._once = _thread.allocate_lock()
        self._terminal: _Attributes | None = None

    def install(self) -> None:
        """Answer both signals, but one that whoever started us wants ignored (``nohup``).

        Python runs a handler only between two of its own steps, and a step may be one long
        statement of DuckDB: so a thread waits for the signals besides. Who starts us with a
        signal blocked, until now nobody could answer it, gets it delivered from here on.
        """
        self._terminal = _terminal()
        coming, going = os.pipe()
        os.set_blocking(going, False)
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._handle)
        signal.set_wakeup_fd(going, warn_on_full_buffer=False)
        _thread.start_new_thread(self._wait, (coming,))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def done(self) -> None:
        """Ignore both from now on: all is done, and the exit code is to say so."""
        for number in _SIGNALS:
            if signal.getsignal(number) == self._handle:
                signal.signal(number, signal.SIG_IGN)

    def _wait(self, coming: int) -> None:
        while True:
            for number in os.read(coming, 1):
                # A command that answers for itself (a witness's server) is left to it.
                if signal.getsignal(number) == self._handle:
                    self._end(number)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self._end(number)

    def _end(self, number: int) -> None:
        if not self._once.acquire(blocking=False):
            return
        try:
            _put_right(self._terminal)
            os.write(_STANDARD_ERROR, words(signal.Signals(number).name, as_json=self._as_json))
        finally:
            os._exit(_ABOVE + number)


def words(name: str, *, as_json: bool) -> bytes:
    """The refusal as ``console.print_refusal`` writes it, without importing what that needs."""
    what = WHAT.format(signal=name)
    if as_json:
        text = f'{{"code": "{ID}", "what": "{what}", "why": "{WHY}", "remedy": "{REMEDY}", '
        return f'{text}"place": null}}\n'.encode()
    return f"{ID} {what}\n  why    {WHY}\n  to do  {REMEDY}\n".encode()


def _terminal() -> _Attributes | None:
    """How the terminal is set; None where there is none."""
    if not os.isatty(_STANDARD_INPUT):
        return None
    import termios

    try:
        return termios.tcgetattr(_STANDARD_INPUT)
    except termios.error:
        return None


def _put_right(terminal: _Attributes | None) -> None:
    """Show what is typed again, and the cursor: a prompt or a progress bar may hide them."""
    if os.isatty(_STANDARD_ERROR):
        os.write(_STANDARD_ERROR, b"\r\x1b[K" + _SHOW_CURSOR)
    if terminal is not None:
        import termios

        termios.tcsetattr(_STANDARD_INPUT, termios.TCSANOW, terminal)
