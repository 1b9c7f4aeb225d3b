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
INDEX_NOT_WRITTEN = code(
    "GS-REGISTER-040",
    "The index {file} cannot be written: {reason}. The log is not touched by that.",
    why="It lacks what the log has taken since, and is not asked while it does.",
    remedy="Make room, then give any command that looks something up: what is lacking is applied. "
    "`goodstanding doctor` shows how far the log and the index are.",
)
STALE_STREAM = code(
    "GS-REGISTER-016",
    "{stream} no longer stands at version {seen}.",
    why="Someone else has acted on it since it was read, and acts build on what stands.",
    remedy="Nothing was written. Read it again and decide again.",
)
TIME_BACKWARDS = code(
    "GS-REGISTER-017",
    "The clock says {now}, but the register already knew something at {last}.",
    why="What was known at an instant must never change afterwards, so time never runs backwards.",
    remedy="Set the clock of this machine right. If it is right now and was ahead before, say so: "
    "goodstanding log clock --by NAME --reason WHY --clock-is-right DAY. Nothing was written.",
)
NOT_WRITTEN = code(
    "GS-REGISTER-018",
    "The register cannot be written: {reason}.",
    why="Every file that the new head needs must be on the disk before the head moves.",
    remedy="Make room, or give this user the right to write in the folder, and try again. "
    "Nothing was written.",
)
NOT_A_RECORD = code(
    "GS-REGISTER-020",
    "Entry {leaf} is an event, not a record.",
    why="Events say who did what with records; they hold no payload of a subject.",
    remedy="Name the leaf of a record; `goodstanding log history` shows those of a record.",
)
NOT_YET = code(
    "GS-REGISTER-024",
    "{known_at} is yet to come.",
    why="What will be known then can still change, and the same question must give the same "
    "answer later.",
    remedy="Give an instant that has passed, or leave it out for everything known now.",
)
NOT_SIGNED = code(
    "GS-REGISTER-019",
    "The entries are sealed, but the checkpoint over them cannot be written: {reason}.",
    why="What is acknowledged stands; only the signed checkpoint is behind.",
    remedy="Repair the cause and run any command on the node: it signs what stands. "
    "Do not send the entries again.",
)
PAYLOAD_GONE = code(
    "GS-REGISTER-050",
    "Entry {leaf} has no payload in this register.",
    why="It was erased; its commitment still stands, but nothing is left to show.",
    remedy="See `goodstanding log history` for who erased it and under which article.",
)
UNREADABLE_FILE = code(
    "GS-REGISTER-051",
    "{file} cannot be read: {reason}.",
    why="Nothing can be checked that cannot be read.",
    remedy="Name a file that is there and that you may read.",
)
BEYOND_THE_LOG = code(
    "GS-REGISTER-052",
    "There is no tree of {asked} entries: the published checkpoint covers {size}.",
    why="Only what a checkpoint covers can be proved.",
    remedy="Ask for sizes up to that of the published checkpoint, the smaller one first.",
)
BAD_POLICY = code(
    "GS-REGISTER-030",
    "{file}, line {line}: {reason}.",
    why="The policy decides which logs are believed and how many witnesses must have seen a "
    "checkpoint; what cannot be read exactly is not guessed (https://c2sp.org/tlog-policy).",
    remedy="Correct the line: `log VKEY [URL]`, `witness NAME VKEY [URL]`, "
    "`group NAME K|any|all MEMBER...` or, once, `quorum NAME|none`.",
)
NOT_A_WITNESS = code(
    "GS-REGISTER-031",
    "{folder} is not a witness: {reason}.",
    why="A witness speaks with its own key and remembers what it has cosigned in its own folder.",
    remedy="Name a folder made by `goodstanding witness init`, or restore it from its backup; "
    "never begin a witness again under the same key without its memory.",
)
WITNESS_TAKEN = code(
    "GS-REGISTER-032",
    "{folder} is already there and not empty.",
    why="A witness is never begun over something that exists: it would forget what it cosigned.",
    remedy="Name a new folder; if this one is left from an interrupted `init`, remove it first.",
)
WITNESS_CLOCK = code(
    "GS-REGISTER-033",
    "The witness's clock says {now}, but it has cosigned at {last}.",
    why="A cosignature says what was the latest as of its time; time that runs backwards would "
    "make it say something untrue.",
    remedy="Set the machine's clock right, then ask again. Nothing was cosigned.",
)
WITNESS_MEMORY = code(
    "GS-REGISTER-034",
    "The witness's memory {file} cannot be used: {reason}.",
    why="A witness that cannot remember must not cosign.",
    remedy="If it is busy, ask again; if it is damaged, restore it from its latest backup and "
    "check with the logs that nothing newer was cosigned.",
)
NOT_COSIGNED = code(
    "GS-REGISTER-035",
    "Not cosigned: {reason}.",
    why="A witness cosigns only what continues the history it has seen.",
    remedy="Give a checkpoint of a trusted log and the consistency proof from the size that the "
    "witness saw last (`goodstanding witness show`).",
)
WITNESS_UNHEARD = code(
    "GS-REGISTER-036",
    "The witness at {url} gave no answer that can be used: {reason}.",
    why="Only an answer in the form of https://c2sp.org/tlog-witness counts.",
    remedy="Check the address in the policy and ask the witness's operator.",
)
BAD_HISTORY = code(
    "GS-REGISTER-037",
    "The history of the register's keys does not hold at entry {leaf}: {reason}.",
    why="Each key is named by the one before it; with a gap, an old checkpoint proves nothing.",
    remedy="Run `goodstanding verify`; compare with another copy of the register.",
)
KEY_UNCHANGED = code(
    "GS-REGISTER-038",
    "Nothing was changed: {reason}.",
    why="An entry about a key must say something new and true of a key of this register.",
    remedy="See `goodstanding key show` for the register's keys and their periods.",
)
TAKEN = code(
    "GS-REGISTER-021",
    "The event is taken and safe, but its leaf is not known yet: {reason}.",
    why="It keeps its place among those that wait; it is sealed once, by whoever can.",
    remedy="Repair the cause and run any command on the node: it seals what waits. "
    "Do not send the event again.",
)
NOT_CARRIED_OUT = code(
    "GS-REGISTER-022",
    "The erasure is sealed, but the payload is not out of every file yet: {reason}.",
    why="Who erased and why is sealed before a payload goes; what is sealed is carried out.",
    remedy="Repair the cause and run any command on the node: it carries on. "
    "Do not order the erasure again.",
)
CLOCK_AHEAD = code(
    "GS-REGISTER-062",
    "The clock says {now}; the last that this node knew was {last}, {days} days before.",
    why="An entry sealed under a clock that is ahead would stand in the future, and nothing could "
    "follow it until then.",
    remedy="Look at another clock. If this one is wrong, set it right. If it is right and the node "
    "was silent for so long, say so: goodstanding log clock --by NAME --reason WHY "
    "--clock-is-right {day}. Nothing was written.",
)
CLOCK_NOT_SET = code(
    "GS-REGISTER-063",
    "The clock is not set: {reason}.",
    why="This act says which instant is the present one; it stays in the log for good.",
    remedy="{remedy} Nothing was written.",
)
NOT_A_BACKUP = code(
    "GS-REGISTER-064",
    "{folder} is no backup that can be relied on: {reason}.",
    why="A copy counts only whole, as its list of hashes says, and as both logs verify.",
    remedy="Use another backup, or make this one again from the node.",
)
NOT_BACKED_UP = code(
    "GS-REGISTER-065",
    "No backup was made at {folder}: {reason}.",
    why="A backup is there whole, verified and under its own name, or not at all.",
    remedy="Repair the cause and give the command again. Nothing was left behind.",
)
RESTORED = code(
    "GS-REGISTER-066",
    "{folder} was restored from a backup, and is not open: {reason}.",
    why="What was erased by order since the backup must not come back, and no key signs a second "
    "history.",
    remedy="Run `goodstanding log apply-ledger --node {folder} --by NAME --reason WHY`, with "
    "--ledger FILE if the ledger has moved and --newest FILE for the newest checkpoint that "
    "anyone has; `verify` and `doctor` work before.",
)
LEDGER_UNUSABLE = code(
    "GS-REGISTER-067",
    "The erasure ledger {file} cannot be used: {reason}.",
    why="It says outside the node and its backups what was erased by order, so that nothing of it "
    "comes back from a backup.",
    remedy="Repair the ledger or its path, `erasure_ledger` in node.toml. Nothing was done.",
)
LEDGER_INCOMPLETE = code(
    "GS-REGISTER-068",
    "The erasure ledger {file} is not that of this register up to now: {reason}.",
    why="What it lacks would come back from the backup.",
    remedy="Find the whole ledger and name it with --ledger.",
)
NOT_RESUMED = code(
    "GS-REGISTER-069",
    "The restored register does not go on: {reason}.",
    why="A register that was signed further than this copy reaches has another history beyond it.",
    remedy="{remedy}",
)
NOT_PRIVATE = code(
    "GS-REGISTER-060",
    "The files of the node {folder} are not private: {problem}.",
    why="Who can read a node's files reads every payload and may sign in its name; who can change "
    "them changes what it holds. Only checkpoint, tiles and entry bundles are for everybody.",
    remedy="{commands}",
)
LINK_IN_PLACE = code(
    "GS-REGISTER-061",
    "{file} is a link where the node writes.",
    why="Writing through it would change a file elsewhere, and who planted it chooses which.",
    remedy="Find out who made it, remove it, and put the file or folder itself in its place "
    "(another disk is mounted there, not linked). Nothing was written.",
)
CANNOT_LISTEN = code(
    "GS-REGISTER-039",
    "Nothing can listen at {host}, port {port}: {reason}.",
    why="A witness answers at one address, which stands in the policies of others.",
    remedy="Give --host an address of this machine and --port one that is free, or 0 for any.",
)
