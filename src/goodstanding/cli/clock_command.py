"""`goodstanding log clock`: an officer says that the clock is right, and for good."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from goodstanding.audit import AccessLog
from goodstanding.cli.console import out, print_json, shown
from goodstanding.cli.options import JsonOption, NodeOption, noting, open_node
from goodstanding.cli.publishing import publish
from goodstanding.kernel import Clock, GoodStandingError, Noted, SystemClock, instant_text
from goodstanding.register import NewEvent, Node
from goodstanding.register.cosignature import TOLERANCE
from goodstanding.register.errors import CLOCK_NOT_SET
from goodstanding.register.model import CLOCK_SET


def register(app: typer.Typer) -> None:
    """Put the command of this module into ``app``, the one called ``log``."""
    app.command("clock")(clock)


def clock(
    node: NodeOption,
    by: Annotated[str, typer.Option("--by", help="The officer who decides, by name.")],
    reason: Annotated[str, typer.Option(help="Why; it is sealed in the log.")],
    day: Annotated[
        datetime,
        typer.Option(
            "--clock-is-right",
            formats=["%Y-%m-%d"],
            help="The day it is today (UTC), from another clock than this machine's.",
        ),
    ],
    json: JsonOption = False,
) -> None:
    """Go on from the present, after a long silence or after the clock was ahead.

    Entries sealed under a clock that was ahead keep what they say, and count as known from now.
    """  # fmt: skip
    opened, now = open_node(node), SystemClock()
    log = opened.log
    access = noting(opened, by)
    faults = [fault for one in (log, access.log) if (fault := one.clock_fault(now))]
    _check(opened, now, day, faults)
    entry, noted = seal_clock(opened, access, now, day=day.date(), by=by, reason=reason)
    if json:
        print_json({"entry": entry, "known_at": log.known_at, "by": by, "day": day.date()})
    else:
        out.print(f"[green]✓[/] entry {entry:,}: it is {day.date()}, says {shown(by)}")
        out.print("  what was sealed before counts as known by now; the entries stay as they are")
    publish(opened, now, noted)


def seal_clock(
    node: Node, access: AccessLog, clock: Clock, *, day: date, by: str, reason: str
) -> tuple[int, Noted]:
    """Seal that it is this day, in both logs; the register's entry, and the receipt.

    A crash between the two leaves the access log with the act, and the register to be set by the
    same command. Raises GS-AUDIT-003 and what ``Log.append`` raises.
    """
    last = node.log.known_at
    noted = access.set_clock(by=by, clock=clock, day=day, reason=reason)
    members = {
        "by": by,
        "day": day.isoformat(),
        "last": None if last is None else instant_text(last),
        "reason": reason,
    }
    appended = node.log.append([NewEvent(CLOCK_SET, members)], clock=clock, noted=noted)
    return appended.segments[0].first, noted


def _check(node: Node, clock: SystemClock, day: datetime, faults: list[str]) -> None:
    """Whether there is anything to say, and it is true. Raises GS-REGISTER-063."""
    now = clock.now()
    if now.date() != day.date():
        raise GoodStandingError(
            CLOCK_NOT_SET,
            reason=f"this machine says it is {now.date()} (UTC), and you say {day.date()}",
            remedy="Set this machine's clock right first, or name the day in UTC.",
        )
    seen = node.log.publication(clock).cosigned_at
    if seen is not None and seen > now + TOLERANCE:
        raise GoodStandingError(
            CLOCK_NOT_SET,
            reason=f"witnesses saw this register at {instant_text(seen)}, and it is "
            f"{instant_text(now)} here",
            remedy="Compare this machine's clock with those of the witnesses.",
        )
    if not faults:
        raise GoodStandingError(
            CLOCK_NOT_SET,
            reason="it agrees with what the node knew last",
            remedy="There is nothing to do.",
        )
