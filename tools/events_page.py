"""Write docs/reference/events.md from the published list of events.

python -m tools.events_page            writes the page
python -m tools.events_page --check    fails if it is not current
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tools.pages import write_or_check

from goodstanding.audit import COMMON_MEMBERS, EVENTS, EventType, Kind, Need

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "events.md"
_HEAD = """# Events of the access log

Every act on a register, and every look at what is not public, is noted in the access log
before it happens. What may be noted is this list and nothing else; it is written from the code
by `tools/events_page.py`, and a test holds that it is current.

The access log lies in `node/access`. It has the
[format of the register](../formats/0001-register.md), a key of its own and the origin
`<origin>/access`; `goodstanding verify` checks it with the register, `goodstanding access list`
reads it, and that reading is noted like any other.

- An entry is safe before the act or the look begins. It says that something was begun, not
  what came of it: that stands in the register. So a refused act leaves its entry too.
- Nothing is lost under load: an entry is durable in `access/state.db` when the act begins, and
  sealed by whoever has the turn.
- An entry never holds a payload: no name, no fact, only identifiers and leaves.
- A subject may read the looks at its own file: every look that names the subject, or one of its
  entries in the register. What is done to all alike (an evaluation, an index) names no one.
- `goodstanding verify`, `log fsck` and `doctor` note nothing: they compare everything and show no
  one's payload.
- A node without an access log gets one with the first command that acts or looks, and
  `access_log_begun` is then the first thing it says.
"""


def events_page() -> str:
    """The page: what all have in common, then acts, then looks."""
    parts = [_HEAD, "\n## What every entry says\n", "| member | |\n|---|---|"]
    parts += [f"| `{name}` | {meaning} |" for name, meaning in COMMON_MEMBERS.items()]
    parts.append("\n`by` and `ticket` always; the others where the event below has them, `purpose`")
    parts.append("wherever one was given.")
    for kind, heading in ((Kind.ACT, "Acts"), (Kind.LOOK, "Looks")):
        parts.append(f"\n## {heading}\n\nOne that cannot be noted {kind.failing}.\n")
        for event in EVENTS.values():
            if event.kind is kind:
                parts += _entry(event)
    return "\n".join(parts)


def _entry(event: EventType) -> Iterator[str]:
    yield f"### {event.name}\n\n{event.title}. {event.meaning}\n"
    for word, need in (("subject", event.subject), ("leaves", event.leaves)):
        if need is not Need.NEVER:
            yield f"- {COMMON_MEMBERS[word]} (`{word}`){_optional(need is Need.MUST)}"
    for member in event.members:
        yield f"- {member.meaning} (`{member.name}`){_optional(member.required)}"
    yield ""


def _optional(required: bool) -> str:
    return "" if required else "; not always"


def main() -> int:
    """Write or check the page."""
    return write_or_check(events_page(), PAGE)


if __name__ == "__main__":
    sys.exit(main())
