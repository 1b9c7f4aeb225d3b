"""Why a file cannot be read (013-029), or one of its rows (104-106)."""

from goodstanding.kernel import code

# The whole file -------------------------------------------------------------------------

NOT_A_FILE = code(
    "GS-INGEST-013",
    "{file!r} is {kind}, not a file.",
    why="Only a file can be kept to the byte, hashed, and read a second time.",
    remedy="Write the delivery to a file and give that.",
)
FILE_CHANGED = code(
    "GS-INGEST-014",
    "The file {file!r} changed while it was read.",
    why="What was read is neither the old file nor the new one; nothing of it was taken.",
    remedy="Wait until the file is written, then ingest it again.",
)
NEVER_TEXT = code(
    "GS-INGEST-015",
    "The file {file!r} is declared as {encoding}, and byte {position} (line {line}) is {found}; "
    "the file is probably {likely}.",
    why="A wrongly read name is a wrong name.",
    remedy="Declare the encoding the agency really uses, or have the file exported again.",
)
NUL_BYTES = code(
    "GS-INGEST-016",
    "The file {file!r} holds a NUL at byte {position} (line {line}){hint}.",
    why="No text holds a NUL: the file is in another encoding, damaged, or no text at all.",
    remedy="Declare the encoding the agency really uses, or have the file exported again.",
)
OTHER_FORMAT = code(
    "GS-INGEST-017",
    "The file {file!r} is {found}, while the contract says {format}.",
    why="What a file is called is no matter; what it holds is.",
    remedy="{advice}",
)
DOUBLE_COLUMN = code(
    "GS-INGEST-018",
    "The file {file!r} has the column {column!r} {times} times ({places}), and the contract "
    "uses it.",
    why="Of two columns with one name neither can be taken for the right one.",
    remedy="Have each column given its own name, or one of them left out.",
)
LINE_TOO_LONG = code(
    "GS-INGEST-019",
    "Line {line} of the file {file!r} is longer than {limit} bytes.",
    why="Such a line is no row of a list: the line ends are lost, or it is another kind of file.",
    remedy="Have the file exported again.",
)
NOT_ONE_FILE = code(
    "GS-INGEST-020",
    "The archive {file!r} holds {found}, not one file.",
    why="Which file is the delivery is for the agency to say, not for us to guess.",
    remedy="Have one file packed alone, not in a further archive.",
)
UNSAFE_ARCHIVE = code(
    "GS-INGEST-021",
    "The archive {file!r} holds {entry!r}, {problem}.",
    why="An archive with such an entry is made to write outside its place, or badly made.",
    remedy="Have the file packed alone under its plain name.",
)
LOCKED = code(
    "GS-INGEST-022",
    "The file {file!r} is locked with a password.",
    why="A delivery is kept as it was read; what needs a secret cannot be checked later.",
    remedy="Have it sent without a password, over a channel that is itself protected.",
)
UNPACKS_TOO_LARGE = code(
    "GS-INGEST-023",
    "The file {file!r} unpacks to more than {limit}.",
    why="Such an archive is made to fill a disk or memory, or is no plain list.",
    remedy="Have the delivery split, or sent unpacked.",
)
WHICH_SHEET = code(
    "GS-INGEST-024",
    "The workbook {file!r} {problem}; its sheets are {sheets}.",
    why="Which sheet is the delivery is for the contract to say, not for us to guess.",
    remedy="Name the sheet in the contract with `sheet:`, or have the others left out.",
)
MERGED_CELLS = code(
    "GS-INGEST-025",
    "The sheet {sheet!r} of {file!r} has merged cells: {ranges}.",
    why="A merged cell holds one value for several rows or columns; whose it is would be a guess.",
    remedy="Have the cells split and each one filled in.",
)
NO_STORED_RESULT = code(
    "GS-INGEST-026",
    "The cell {cell} of the sheet {sheet!r} of {file!r} holds a formula without a result.",
    why="Formulas are never computed here: what counts is what the agency saw.",
    remedy="Have the workbook opened, computed and saved by a spreadsheet program.",
)
REFUSED_WORKBOOK = code(
    "GS-INGEST-027",
    "The workbook {file!r} {problem}.",
    why="Nothing that can run, or that cannot be looked into, is taken as a delivery.",
    remedy="Have it saved as XLSX without macros.",
)
NOT_A_VALUE = code(
    "GS-INGEST-028",
    "The column {column!r} of the file {file!r} holds {kind}, not single values.",
    why="A record's field is one value; what part of such a column is meant would be a guess.",
    remedy="Have the column written as plain text, numbers or dates.",
)

# One row --------------------------------------------------------------------------------

NOT_ONE_OBJECT = code(
    "GS-INGEST-104",
    "It is not one JSON object in which each name stands once.",
    why="What cannot be read as it was meant is not read at all.",
    remedy="Write one object with plain names and values; numbers as JSON writes them.",
)
ERROR_CELL = code(
    "GS-INGEST-105",
    "The cell of the column {column!r} holds the error {error}.",
    why="The spreadsheet itself could not say what the value is.",
    remedy="Mend the formula at the source, or write the value.",
)
ROUNDED_NUMBER = code(
    "GS-INGEST-106",
    "The cell of the column {column!r} holds a number of more than 15 digits.",
    why="A spreadsheet keeps 15 digits of a number; the others are lost already.",
    remedy="Have the column formatted as text and filled in again.",
)
