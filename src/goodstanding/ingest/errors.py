"""Why a delivery is refused as a whole (001-099), or one of its rows (100-199)."""

from goodstanding.kernel import code

# The whole file -------------------------------------------------------------------------

NO_SUCH_SOURCE = code(
    "GS-INGEST-001",
    "The pack {pack!r} has no source {source!r}; it has {known}.",
    why="Files are accepted only under a source contract.",
    remedy="Give one of the sources named, or add the contract to the pack.",
)
NO_SUCH_FILE = code(
    "GS-INGEST-002",
    "There is no readable file {file!r}.",
    why="Nothing can be ingested from it.",
    remedy="Check the path and the permissions.",
)
EMPTY_FILE = code(
    "GS-INGEST-003",
    "The file {file!r} holds no rows.",
    why="An empty delivery must never look like a withdrawal of everything.",
    remedy="Check the export at the agency and send the file again.",
)
WRONG_ENCODING = code(
    "GS-INGEST-004",
    "The file {file!r} is not {encoding}: byte {position} cannot be read.",
    why="A wrongly read name is a wrong name.",
    remedy="Declare the encoding the agency really uses, or have the file exported again.",
)
UNREADABLE = code(
    "GS-INGEST-005",
    "The file {file!r} is not readable {format}: {problem}",
    why="A broken or truncated file is no delivery; nothing of it was taken.",
    remedy="Have the file sent again and compare its size and hash with the agency.",
)
MISSING_COLUMNS = code(
    "GS-INGEST-006",
    "The file {file!r} lacks {missing}{hint}.",
    why="A missing or renamed column would silently empty a field of every record.",
    remedy="Have the column restored, or change the source contract by a new version.",
)
FEWER_ROWS = code(
    "GS-INGEST-007",
    "The file {file!r} has {rows} rows; the last delivery of {source!r} had {last}.",
    why="A sudden drop is usually a broken export (gate min_share_of_last is {share}).",
    remedy="Confirm with the agency; if the drop is real, ingest with --allow-fewer.",
)
MANY_REJECTED = code(
    "GS-INGEST-008",
    "{rejected} of {rows} rows of {file!r} would be rejected, over the share of {share}.",
    why="So many faults mean a broken delivery; nothing of it was taken.",
    remedy="See the reasons in {quarantine}, mend the export and send it again.",
)
BAD_CONTRACT = code(
    "GS-INGEST-009",
    "The select of source {source!r} cannot be used: {problem}.",
    why="A contract maps each delivered row to one record: one select of plain expressions "
    "from `delivered`, so that no row is dropped or added and no other code runs.",
    remedy="Write `SELECT expression AS field, ... FROM delivered`, in plain SQL.",
)
UNKNOWN_ENCODING = code(
    "GS-INGEST-010",
    "{encoding!r} is not an encoding this software knows.",
    why="The bytes cannot be read without it.",
    remedy="Use a name such as utf-8, gb18030, latin-1 or windows-1252.",
)
SELECT_FAILED = code(
    "GS-INGEST-011",
    "The file {file!r} could not be worked through under source {source!r}: {problem}.",
    why="An expression of the contract met a value it cannot take, or the file is damaged "
    "inside; nothing of it was taken.",
    remedy="Use TRY_CAST in the select, so that the row alone is rejected; or have the file "
    "sent again.",
)
OUT_OF_MEMORY = code(
    "GS-INGEST-012",
    "The memory of {limit} is not enough for the file {file!r}.",
    why="The work is kept within a limit; nothing of the file was taken.",
    remedy="Give more with --memory, or have the delivery split.",
)
ITEM_CHANGED = code(
    "GS-INGEST-172",
    "This source key stands under another item.",
    why="A correction changes what a record says, not what kind of record it is.",
    remedy="Withdraw the record at the agency and report the new one under a new key.",
)

# One row --------------------------------------------------------------------------------

UNREADABLE_LINE = code(
    "GS-INGEST-101",
    "The line cannot be split into the columns of the file.",
    why="A line with more or fewer columns would put values into the wrong fields.",
    remedy="Quote values that hold the delimiter, close every quotation mark.",
)
CONTROL_CHARACTERS = code(
    "GS-INGEST-102",
    "{field} holds control characters.",
    why="They hide or disguise text on screens and in files.",
    remedy="Remove them at the source.",
)
UNSEEN_CHARACTERS = code(
    "GS-INGEST-107",
    "{field} holds characters that nobody can see.",
    why="Two texts that look the same would be two keys, two firms or two names; some turn the "
    "rest of a line round.",
    remedy="Remove at the source what is written out here as \\u{{number}}. Joiners are taken "
    "only in names, and only where Arabic or Indic letters need them.",
)
NOT_IN_ERA = code(
    "GS-INGEST-108",
    "{field} is a day that its era does not have.",
    why="An era has a first and a last day; which other day was meant is not guessed.",
    remedy="Write the day in the era it lies in, or as YYYY-MM-DD.",
)
MOJIBAKE = code(
    "GS-INGEST-109",
    "{field} is UTF-8 that was read as another encoding and saved again.",
    why="A wrongly read name is a wrong name.",
    remedy="It was likely: {likely}. Mend the export that reads UTF-8 as latin-1 or "
    "windows-1252, or say utf8_mended() in the contract.",
)
FORMULA = code(
    "GS-INGEST-103",
    "{field} is a spreadsheet formula.",
    why="Opened in a spreadsheet it would run on the reader's machine.",
    remedy="Report the plain text.",
)
UNKNOWN_ITEM = code(
    "GS-INGEST-110",
    "The item is not in the catalogue or not in this source's contract.",
    why="Nothing is recorded that no catalogue item permits (closed_catalogue).",
    remedy="Report only the items of the contract: {items}.",
)
ITEM_NOT_IN_FORCE = code(
    "GS-INGEST-111",
    "The item {item!r} was not in force on the day of the decision ({period}).",
    why="Nothing is recorded that the catalogue did not permit on its date.",
    remedy="Check the date of the decision; an earlier decision cannot be recorded.",
)
FOREIGN_AUTHORITY = code(
    "GS-INGEST-112",
    "The authority may not report the item {item!r}, or is not the one of this source.",
    why="An authority reports its own decisions only (closed_catalogue).",
    remedy="The authority that decided must report it: {authorities}.",
)
WRONG_SUBJECT_KIND = code(
    "GS-INGEST-120",
    "The item {item!r} does not exist for this kind of subject.",
    why="An item is about the kinds of subject it names (closed_catalogue).",
    remedy="Allowed are: {kinds}.",
)
BAD_SUBJECT = code(
    "GS-INGEST-121",
    "The subject is not named by a valid identifier of a scheme the item allows.",
    why="A name is not an identity; consequences hang on this identifier.",
    remedy="Write scheme:value with one of the schemes {schemes}.",
)
MISSING_FIELD = code(
    "GS-INGEST-130",
    "{field} is missing.",
    why="Every record names its subject, source document, authority, basis and date (grounded).",
    remedy="Fill it in at the source.",
)
BAD_DATE = code(
    "GS-INGEST-131",
    "{field} is not a date.",
    why="Terms and publication are computed from it.",
    remedy="Write an existing day as YYYY-MM-DD, or as the contract says.",
)
DATES_OUT_OF_ORDER = code(
    "GS-INGEST-132",
    "{field} lies before {earlier}.",
    why="A decision is taken before it takes effect, is published, amended or ends.",
    remedy="Correct the dates.",
)
FUTURE_DECISION = code(
    "GS-INGEST-133",
    "The decision lies in the future.",
    why="Only decided facts are recorded.",
    remedy="Correct the date, or report the decision when it is taken.",
)
BASIS_NOT_ALLOWED = code(
    "GS-INGEST-134",
    "The legal basis is not one of the articles of {item!r} in force on the day of the decision.",
    why="Every record names the article it rests on (grounded).",
    remedy="Use one of: {articles}.",
)
CONTRACT_CHECK = code(
    "GS-INGEST-140",
    "{sentence}",
    why="The source contract excludes such rows.",
    remedy="See the contract of the source in the pack.",
)
MISSING_FACT = code(
    "GS-INGEST-150",
    "The fact {field!r} is missing.",
    why="The item {item!r} is not complete without it.",
    remedy="Fill it in at the source.",
)
BAD_FACT_VALUE = code(
    "GS-INGEST-151",
    "The fact {field!r} is not {kind}.",
    why="Facts are exact; nothing is rounded or guessed.",
    remedy="Write it as {kind}.",
)
FACT_OUT_OF_RANGE = code(
    "GS-INGEST-152",
    "The fact {field!r} is outside {low} to {high}.",
    why="Such a value cannot be lawful or is a slip of the key.",
    remedy="Check the value with the file of the case.",
)
UNKNOWN_CODE = code(
    "GS-INGEST-153",
    "The fact {field!r} has a code that the catalogue does not know.",
    why="What a code means, and what it costs, is written in the catalogue.",
    remedy="Use a listed code, or have the code added to the item by its authority.",
)
FOREIGN_FACT = code(
    "GS-INGEST-154",
    "The item {item!r} has no fact {field!r}.",
    why="What the catalogue does not list may not be recorded.",
    remedy="Leave it empty for this item.",
)
DIFFERENT_DUPLICATE = code(
    "GS-INGEST-170",
    "Another row of this file has the same source key and says something else.",
    why="Of two contradicting rows neither can be taken for the truth.",
    remedy="Keep the right one, or give each its own key.",
)

# An officer's act on one record, and erasure --------------------------------------------

NOT_SAID = code(
    "GS-INGEST-180",
    "{field} is missing.",
    why="Software may free, but people bind: an act names who decided it, why, and on what.",
    remedy="Give {option}.",
)
RECORD_ERASED = code(
    "GS-INGEST-181",
    "Entry {leaf} was erased by entry {erasure}.",
    why="Its payload is gone for good; there is nothing left to correct or withdraw.",
    remedy="If the record is to stand again, its authority reports it anew.",
)
RECORD_WITHDRAWN = code(
    "GS-INGEST-182",
    "The record of entry {leaf} is withdrawn since entry {withdrawal}.",
    why="A withdrawal is the end of a record.",
    remedy="See `goodstanding log history {leaf}`. If the record is to stand again, its authority "
    "decides and reports it anew.",
)
NOTHING_CHANGED = code(
    "GS-INGEST-183",
    "The correction changes nothing that entry {leaf} says.",
    why="A correction without a difference would only hide the one that matters.",
    remedy="Give with --set what is to read otherwise.",
)
UNKNOWN_FIELD = code(
    "GS-INGEST-184",
    "{field!r} cannot be corrected.",
    why="A correction changes what a record says, not whom it is about, what kind of record it "
    "is or who reported it.",
    remedy="Set one of: {known}. If the record is about another subject or of another kind, "
    "withdraw it and have it reported anew.",
)
SET_TWICE = code(
    "GS-INGEST-185",
    "--set {given!r} is not one field and its value.",
    why="Each field is set once, as field=value; field= empties it.",
    remedy="Write for example --set amount=60.00.",
)
NOT_A_RECORD_THEN = code(
    "GS-INGEST-186",
    "The corrected record cannot be sealed: {reasons}",
    why="What is corrected must hold every rule that a delivered record holds.",
    remedy="{remedies}",
)
ITEM_GONE = code(
    "GS-INGEST-187",
    "The item {item!r} of entry {leaf} is not in the pack {pack!r}.",
    why="Its facts have no types without it.",
    remedy="Restore the item in the pack: an item is ended by its date, never removed.",
)
WITHDRAWN_BY_OFFICER = code(
    "GS-INGEST-188",
    "An officer has withdrawn the record of this source key.",
    why="What was withdrawn by a named person's decision does not come back by a delivery.",
    remedy="Leave the row out. If there is a new decision, report it under a new key.",
)
BASIS_UNKNOWN = code(
    "GS-INGEST-189",
    "{basis!r} is not an article of the pack {pack!r} in force on {day}.",
    why="Every act names the article it rests on (grounded).",
    remedy="Give one of the pack's articles as instrument.number: {known}.",
)
AUTHORITY_NOT_NAMED = code(
    "GS-INGEST-190",
    "{authority!r} may not correct records of the item {item!r}.",
    why="Nothing is recorded but from an authority that the item names (closed_catalogue).",
    remedy="The authority must be one of: {known}.",
)
SAYS_PAYLOAD = code(
    "GS-INGEST-191",
    "{field} repeats what the record says ({says}).",
    why="The entry of the act stays in the log for good, also when the record is erased.",
    remedy="Say it without names, identifiers and values of the record; the entry number is "
    "enough to find it.",
)
