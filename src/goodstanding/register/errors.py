"""The register's refusals."""

from goodstanding.kernel.errors import code

NOT_A_NODE = code(
    "GS-REGISTER-001",
    "{folder} is not a node: it has no node.toml.",
    why="Only a folder made by `goodstanding init` holds a register.",
    remedy="Name the node's folder with --node or GS_NODE, or make one with `goodstanding init`.",
)
FOLDER_TAKEN = code(
    "GS-REGISTER-002",
    "{folder} is already there and not empty.",
    why="A register is never begun over something that exists.",
    remedy="Name a new folder; if this one is left from an interrupted `init`, remove it first.",
)
BAD_NODE_FILE = code(
    "GS-REGISTER-003",
    "{file} cannot be read: {reason}.",
    why="The node's origin and pack are read from it before anything else.",
    remedy='Restore it: two lines, origin = "..." and pack = "...".',
)
BAD_ORIGIN = code(
    "GS-REGISTER-004",
    "{origin!r} cannot name a register.",
    why="The origin stands in every checkpoint and is the name of the signing key, "
    "so it may hold no blank, no plus sign and no control character.",
    remedy="Use an address without its scheme, for example register.example.org/meridia.",
)
UNVERIFIED = code(
    "GS-REGISTER-005",
    "Not verified: {reason}.",
    why="What does not verify must not be relied on, whatever the cause.",
    remedy="Compare with another copy of the checkpoint and the tiles; do not go on with this one.",
)
SEQUENCER_BUSY = code(
    "GS-REGISTER-006",
    "Another process is writing to this register.",
    why="One writer at a time gives entries their order.",
    remedy="Wait until the other process has finished, then try again.",
)
HEAD_MOVED = code(
    "GS-REGISTER-007",
    "The register's head is no longer at {size} entries.",
    why="Entries are sealed on top of one known head, never beside it.",
    remedy="Nothing was written. Read the register again and repeat the step.",
)
UNSEALABLE_ROW = code(
    "GS-REGISTER-008",
    "Row {leaf} of item {item} cannot be sealed.",
    why="A sealed row names its item, source, authority, subject, document and basis, holds no "
    "control character, and no whole number beyond 2^53.",
    remedy="Correct the row. Nothing of this batch was written.",
)
DAMAGED = code(
    "GS-REGISTER-009",
    "{file} is missing or does not agree with the register's head: {reason}.",
    why="Nothing is sealed on top of files that do not add up.",
    remedy="Run `goodstanding verify`; restore the file from a copy of the register.",
)
BAD_KEY = code(
    "GS-REGISTER-010",
    "The key {file} cannot be used: {reason}.",
    why="Checkpoints are signed with it; whoever can read it can speak for the register.",
    remedy="Restore the key from its backup and give it to its owner alone (chmod 600).",
)
NO_SUCH_LEAF = code(
    "GS-REGISTER-011",
    "The register has no entry {leaf}; it holds {size}.",
    why="Entries are numbered from 0 without gaps.",
    remedy="Use a number below the register's size.",
)
INDEX_STRANGE = code(
    "GS-REGISTER-012",
    "The index stands at {applied} entries of another history; the register holds {size}.",
    why="An index must follow the register it was made from.",
    remedy="Run `goodstanding index rebuild`; the index holds nothing of its own.",
)
BAD_TABLE = code(
    "GS-REGISTER-013",
    "The table for item {item} cannot be sealed: {reason}.",
    why="A segment has the columns of a record and those of the item's facts, nothing else.",
    remedy="Give every column of a record except leaf and salt, and f_<fact> for each fact.",
)
UNREADABLE_SEGMENT = code(
    "GS-REGISTER-014",
    "{file} cannot be read: {reason}.",
    why="Its rows are the payload of sealed entries.",
    remedy="Restore the file from a copy of the register, then run `goodstanding verify`.",
)
UNREADABLE_INDEX = code(
    "GS-REGISTER-015",
    "The index {file} cannot be read: {reason}.",
    why="Subjects and deliveries are looked up in it.",
    remedy="Run `goodstanding index rebuild`; the index holds nothing of its own.",
)
