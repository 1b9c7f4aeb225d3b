"""Why a pack is refused."""

from goodstanding.kernel import code

NO_SUCH_PACK = code(
    "GS-PACK-001",
    "There is no pack {pack!r}.",
    why="A register works under the law of one pack; without it nothing may be recorded.",
    remedy="Run `goodstanding pack list`, or give the path of a folder that holds pack.yaml.",
)
BAD_YAML = code(
    "GS-PACK-002",
    "This is not readable YAML: {problem}.",
    why="A pack is law as data; what cannot be read cannot be applied.",
    remedy="Correct the file at the place named. Quote texts that hold a colon or a hash sign.",
)
BAD_SHAPE = code(
    "GS-PACK-003",
    "{field}: {problem}.",
    why="Every file of a pack has one stated shape, so that a slip never becomes a rule.",
    remedy="Compare with the same file of the pack `template`.",
)
UNKNOWN_REFERENCE = code(
    "GS-PACK-004",
    "{what} {name!r} is not defined in this pack.",
    why="Whatever a pack relies on must be found in it, or a decision would rest on nothing.",
    remedy="Correct the name, or add the file that defines it.",
)
NO_ENGLISH_TITLE = code(
    "GS-PACK-005",
    "{what} has no English title.",
    why="Every title is at least English, so that any auditor can read any pack.",
    remedy="Add `en:` to the titles.",
)
NO_BASIS = code(
    "GS-PACK-006",
    "The item {item!r} names no legal basis.",
    why="Nothing is recorded that no law permits (closed_catalogue).",
    remedy="Add the articles under `basis:`, or take the item out.",
)
NO_END = code(
    "GS-PACK-007",
    "The adverse item {item!r} has no retention period.",
    why="Every adverse record has an end computed when it is written (everything_ends).",
    remedy="Add `retention:` with the name of a parameter in months.",
)
BAD_PARAMETER = code(
    "GS-PACK-008",
    "The parameter {name!r}: {problem}.",
    why="Every number of the law is dated and names its article; a value is ended, never "
    "overwritten.",
    remedy="List the values by `from` date in ascending order, each with its article.",
)
NAME_MISMATCH = code(
    "GS-PACK-009",
    "The file is named {file!r} but defines {name!r}.",
    why="One rule, one place: a reader finds an item by its file name.",
    remedy="Give the file and its `id` the same name.",
)
DUPLICATE_KEY = code(
    "GS-PACK-010",
    "The key {key!r} stands twice.",
    why="Of two values for one key, one would be lost without a word.",
    remedy="Keep one of them.",
)
BAD_FACT = code(
    "GS-PACK-011",
    "The fact {fact!r}: {problem}.",
    why="A fact without a clear type cannot be checked, sealed or compared exactly.",
    remedy="See the table of fact types in docs/howto/write-a-pack.md.",
)
BASIS_NOT_IN_FORCE = code(
    "GS-PACK-012",
    "The article {article!r} is in force from {start}, after {item!r} itself (from {item_start}).",
    why="Nothing is recorded before the law that permits it.",
    remedy="Start the item no earlier than one of its articles.",
)
SOURCE_WITHOUT_SQL = code(
    "GS-PACK-013",
    "The source {source!r} has no file {file!r} beside it.",
    why="A source contract is the agency's columns plus one readable select.",
    remedy="Add the .sql file.",
)
FOREIGN_ITEM = code(
    "GS-PACK-014",
    "The source {source!r} delivers {item!r}, which its authority {authority!r} may not report.",
    why="An authority reports its own decisions only (closed_catalogue).",
    remedy="Name the authority in the item, if the law does, or take the item out of the source.",
)
