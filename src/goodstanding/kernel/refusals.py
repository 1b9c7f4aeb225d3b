"""The kernel's own refusals."""

from goodstanding.kernel.errors import code

BAD_IDENTIFIER = code(
    "GS-KERNEL-001",
    "{text!r} is not an identifier: {problem}.",
    why="A subject is named by scheme:value, so that two registers never mean two things by it.",
    remedy="Write it as scheme:value, for example lei:529900T8BM49AURSDO55. "
    "A value has letters A to Z and a to z, digits and, but for the first, . _ / - and at most 64 "
    "of them.",
)
BAD_PERIOD = code(
    "GS-KERNEL-002",
    "The period from {start} to {end} does not end after it begins.",
    why="Periods are half-open: the first day counts, the last does not.",
    remedy="Give an end later than the start, or leave the end out.",
)
NOT_CANONICAL = code(
    "GS-KERNEL-003",
    "{value!r} of type {kind} cannot be written as canonical bytes.",
    why="Only text, whole numbers below 2^53, true, false, null, lists and objects have one form.",
    remedy="Write decimals and dates as text before sealing them.",
)
BAD_DECIMAL = code(
    "GS-KERNEL-004",
    "{text!r} is not a decimal number with at most {scale} decimal places.",
    why="No rounding happens unseen, and no binary floating point ever enters a standing.",
    remedy="Write digits, at most one point and at most {scale} places: 1234.50.",
)
BAD_INSTANT = code(
    "GS-KERNEL-005",
    "{text!r} is not an instant in UTC.",
    why="Instants are kept in UTC to the microsecond, so that order is never in doubt.",
    remedy="Write it as 2026-01-31T12:00:00Z.",
)
NO_CALENDAR = code(
    "GS-KERNEL-006",
    "There is no calendar {calendar!r}; known are: {known}.",
    why="Which days are worked decides whether someone was late.",
    remedy="Name one of the known calendars; `none` is Monday to Friday without holidays.",
)
BEYOND_CALENDAR = code(
    "GS-KERNEL-007",
    "Whether {day} is a working day is not known; the calendar {calendar!r} is sure from {first} "
    "to {last}.",
    why="Holidays are announced year by year; a guessed one would make someone late, or not.",
    remedy="Leave such dates out with a condition, or use a newer version of the software.",
)
NATURAL_PERSON = code(
    "GS-PERSON-001",
    "{subject} is a natural person; this register neither records nor evaluates persons.",
    why="Nobody is recorded or evaluated here without live, informed, revocable consent, "
    "and the part that asks for it does not exist yet. No setting opens this gate.",
    remedy="Take the row, item or scheme out. Report the organisation the decision is about.",
)
