"""The access log's refusals."""

from goodstanding.kernel.errors import code

UNKNOWN_EVENT = code(
    "GS-AUDIT-001",
    "{event!r} is not an event of the published list.",
    why="What the access log can say is published; nothing else is ever written into it.",
    remedy="Use an event of docs/reference/events.md, or add one to the list first.",
)
UNFIT_EVENT = code(
    "GS-AUDIT-002",
    "The event {event} cannot be noted: {reason}.",
    why="An entry says who, about whom or which entries, what for, and what the list declares; "
    "a payload has no place in it.",
    remedy="Give what docs/reference/events.md asks of {event}, and nothing else.",
)
NOT_NOTED = code(
    "GS-AUDIT-003",
    "This cannot be noted in the access log, so it does not happen: {reason}",
    why="What leaves no entry is neither done nor shown: the access log fails closed.",
    remedy="Nothing was done. {remedy}",
)
NO_ACCESS_LOG = code(
    "GS-AUDIT-004",
    "{folder} has no access log.",
    why="Nodes made before there was one have none until the first command that needs it.",
    remedy="Run a command that acts or looks, for example `goodstanding access list`: it begins "
    "the log and says so in its first entry.",
)
UNREADABLE_ENTRY = code(
    "GS-AUDIT-005",
    "Entry {leaf} of the access log is not one that this software writes: {reason}.",
    why="Every entry says at least who and its ticket.",
    remedy="Run `goodstanding verify`; find out what else writes into the access log.",
)
