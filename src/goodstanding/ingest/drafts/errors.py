"""Why no draft is written."""

from goodstanding.kernel import code

NO_SUCH_COLUMN = code(
    "GS-INGEST-060",
    "{option}: the file has no column {column}; it has {found}.",
    why="A draft takes the subject, the key and the day from columns of the file.",
    remedy="Give one of the columns named, as it stands in the file.",
)
NO_DAY = code(
    "GS-INGEST-061",
    "No column of the file {file!r} holds days alone.",
    why="A record says on which day it was decided; nothing is recorded without.",
    remedy="Have the agency add the day of each decision; or, if a column has it with faults, name "
    "it with --day and write down in the select how it is read.",
)
DRAFT_EXISTS = code(
    "GS-INGEST-062",
    "{path} is there already.",
    why="A draft never replaces what somebody has written.",
    remedy="Give another name or folder, or take away what is there.",
)
NO_PACK_TO_DRAFT_IN = code(
    "GS-INGEST-063",
    "{folder} is no pack with an authority, a kind of subject, an identifier scheme and an "
    "article.",
    why="A contract says whose records it makes, about whom and under which law.",
    remedy="Give the folder of a pack; `goodstanding pack new FOLDER --from FILE` begins one.",
)
