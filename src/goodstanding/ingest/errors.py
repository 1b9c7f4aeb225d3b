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
    "The file {file!r} is not {encoding}: byte {position} (line {line}) cannot be read{hint}.",
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
    "The file {file!r} lacks {missing}{hint}. Its columns are {found}.",
    why="A missing or renamed column would silently empty a field of every record.",
    remedy="Have the column restored, or change the source contract by a new version.",
)
FEWER_ROWS = code(
    "GS-INGEST-007",
    "The file {file!r} has {rows} rows; the last delivery of {source!r} had {last}.",
    why="A sudden drop is usually a broken export (the contract's gate is min_share_of_last).",
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
    "{encoding!r} is not an encoding this software reads.",
    why="Only encodings that give text, and each byte the same way wherever it stands, are read.",
    remedy="Use a name such as utf-8, gb18030, latin-1 or windows-1252.",
)
SELECT_FAILED = code(
    "GS-INGEST-011",
    "The file {file!r} could not be worked through under source {source!r}: {problem}.",
    why="An expression of the contract met a value it cannot take, or the file is damaged "
    "inside; nothing of it was taken.",
    remedy="Use TRY_CAST or TRY_STRPTIME in the select, so that the row alone is rejected; or have "
    "the file sent again.",
)
OUT_OF_MEMORY = code(
    "GS-INGEST-012",
    "The memory of {limit} is not enough for the file {file!r}.",
    why="The work is kept within a limit; nothing of the file was taken.",
    remedy="Give more with --memory, or have the delivery split.",
)
NO_DATE = code(
    "GS-INGEST-030",
    "The full list {file!r} has no date.",
    why="Only the day it is of tells whether it is newer than the list before; an older one would "
    "undo what has happened since.",
    remedy="Give --as-of YYYY-MM-DD, or let the contract of {source!r} say where the file has its "
    "date (`delivery_date`).",
)
FUTURE_DELIVERY = code(
    "GS-INGEST-031",
    "The delivery's date {as_of} lies in the future; today is {today}.",
    why="A file can only say what was so on a day that has come.",
    remedy="Correct the date; it is the day the file is of, not the day of the next one.",
)
OLDER_DELIVERY = code(
    "GS-INGEST-032",
    "The file {file!r} is of {as_of}; {what} up to {newest} has been taken (entry {entry}).",
    why="An older file would undo what the newer one said.",
    remedy="Send the newest file. If the older one is meant, give --again: it then adds what is "
    "not in the register and changes nothing newer.",
)
NO_DATE_FOUND = code(
    "GS-INGEST-033",
    "The date of the file {file!r} cannot be read: {problem}.",
    why="The contract says where the date stands, and it does not stand there.",
    remedy="Have the file named or filled in as agreed, or give its date with --as-of YYYY-MM-DD.",
)
DATES_DIFFER = code(
    "GS-INGEST-034",
    "--as-of says {asked}, the file {file!r} says {found}.",
    why="One of them is wrong, and the date decides what counts as newer.",
    remedy="Leave --as-of out, or give the right file.",
)
NO_SERIES_FOUND = code(
    "GS-INGEST-035",
    "To which series the file {file!r} belongs cannot be read: {problem}.",
    why="A file is compared with the last one of its own series, and a full list is full for its "
    "series alone.",
    remedy="Have the file named or filled in as agreed; one file holds one series.",
)
BEFORE_PACK = code(
    "GS-INGEST-036",
    "The delivery's date {as_of} lies before {start}, when the first item of {source!r} is in "
    "force.",
    why="Nothing could have been reported that day; the date is a slip.",
    remedy="Correct the date of the delivery.",
)
ERASED_KEY_GONE = code(
    "GS-INGEST-037",
    "{count} erased records of {source!r} cannot be recognised: the key {key} is not in {file}.",
    why="What was erased by order must not come back with the next delivery.",
    remedy="Restore the file from the backup of the node's keys; if it is lost for good, say so "
    "with `goodstanding key erased --lost {key}`.",
)
TAKEN_BEFORE = code(
    "GS-INGEST-038",
    "The file {file!r} was taken before, as that of {as_of} (entry {entry}); newer ones have come "
    "since.",
    why="The same file again would undo what has happened since.",
    remedy="Send the newest file. If a later day's file happens to be the same, give its day with "
    "--as-of; if this one is meant, give --again: it then adds what is not in the register and "
    "changes nothing newer.",
)
NO_SUCH_DELIVERY = code(
    "GS-INGEST-039",
    "{asked!r} names {count} deliveries of this node, where it should name one.",
    why="A delivery is named by its entry in the log, or by the beginning of its SHA-256.",
    remedy="See `goodstanding deliveries list`.",
)
BAD_MEMORY = code(
    "GS-INGEST-040",
    "{memory!r} is no amount of memory for tables.",
    why="The work is kept within a limit that must be a number and its unit.",
    remedy="Write for example --memory 2GB or --memory 500MB.",
)
TOO_SLOW = code(
    "GS-INGEST-041",
    "The contract of {source!r} was not done with the file {file!r} within {seconds} seconds.",
    why="The work is kept within a limit: a minute, and a second for each thousand rows. Nothing "
    "of the file was taken.",
    remedy="Write the expressions of the contract more plainly, regular expressions first of all.",
)
ROWS_LOST = code(
    "GS-INGEST-042",
    "The contract of {source!r} made {staged} rows of the {delivered} that {file!r} has.",
    why="Each delivered row gives one record or one refusal. Nothing of the file was taken.",
    remedy="This is a fault of the software: report it with the contract.",
)
REPEATED = code(
    "GS-INGEST-171",
    "{value} stands in the file before, to the letter the same.",
    why="It may be the same fact sent twice or a second one like it; nobody can tell.",
    remedy="Leave it out, or give each fact its own key. Where equal rows are facts of their own, "
    "the contract says `repeats: count`.",
)
PART_OF_NONE = code(
    "GS-INGEST-050",
    "The quarantine file {file!r} belongs to no delivery of {source!r} in this node "
    "({delivery!r}).",
    why="Mended rows are a part of the delivery that they were rejected from, and of no other.",
    remedy="Give the source that the file is from, in the node that wrote it; the column "
    "`quarantine delivery` must be as it was.",
)
PART_OF_REFUSED = code(
    "GS-INGEST-051",
    "The delivery that {file!r} mends was refused as a whole.",
    why="Nothing of it was taken, so mended rows alone would stand for all of it.",
    remedy="Mend the agency's whole file and send that.",
)
PART_UNNAMED = code(
    "GS-INGEST-052",
    "The quarantine file {file!r} does not say which delivery it mends.",
    why="Taken for a delivery of its own, a few mended rows would look like the whole file.",
    remedy="Keep the column `quarantine delivery` as it was, with its name in the first line.",
)
PART_OF_ANOTHER = code(
    "GS-INGEST-053",
    "The quarantine file {file!r} names two deliveries, {one!r} and {other!r}.",
    why="Each mended row must lead back to the one delivery that it was rejected from.",
    remedy="Send the rows of each delivery in a file of their own.",
)
PART_WRONG_ENCODING = code(
    "GS-INGEST-054",
    "The quarantine file {file!r} is not UTF-8.",
    why="A wrongly read name is a wrong name.",
    remedy="Save it as `CSV UTF-8`, which spreadsheets offer beside plain CSV.",
)
STRANGE_FILE = code(
    "GS-INGEST-055",
    "{file!r} in {folder} is no file of this register.",
    why="An erasure looks into every file that may hold the record, and passes over none: what it "
    "does not know it cannot look into. Nothing was erased.",
    remedy="See what the file is, move it out of the node, and run the command again.",
)
ITEM_CHANGED = code(
    "GS-INGEST-172",
    "{value} is the key of a record of another item.",
    why="A correction changes what a record says, not what kind of record it is.",
    remedy="Withdraw the record at the agency and report the new one under a new key.",
)

OTHER_SUBJECT = code(
    "GS-INGEST-173",
    "{value} is the key of a record about another subject.",
    why="A record is about one subject for good; a key used again would move it to another.",
    remedy="Report the new record under a new key. If the earlier one named the wrong subject, "
    "have it withdrawn.",
)
NEAR_KEY = code(
    "GS-INGEST-174",
    "{value} differs from another key only by case or width.",
    why="Such keys are mostly one key written twice, and one record would become two.",
    remedy="Write the key as before. Where case makes a difference, the contract says "
    "`near_keys: distinct`.",
)
ERASED_BEFORE = code(
    "GS-INGEST-175",
    "The record was erased by order: {value}.",
    why="What was erased does not come back with a delivery.",
    remedy="Leave the row out; the entry named says who ordered it and under which article.",
)
# One row: the agency's column stands before the sentence, {value} is what it holds -------

UNREADABLE_LINE = code(
    "GS-INGEST-101",
    "The line cannot be split into the columns of the file.",
    why="A line with more or fewer columns would put values into the wrong fields.",
    remedy="Quote values that hold the delimiter, close every quotation mark.",
)
CONTROL_CHARACTERS = code(
    "GS-INGEST-102",
    "{value} holds control characters.",
    why="They hide or disguise text on screens and in files.",
    remedy="Remove them at the source.",
)
UNSEEN_CHARACTERS = code(
    "GS-INGEST-107",
    "{value} holds characters that nobody can see.",
    why="Two texts that look the same would be two keys, two firms or two names; some turn the "
    "rest of a line round.",
    remedy="Remove at the source what is written out here as \\u and its number. Joiners are taken "
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
TOO_LONG = code(
    "GS-INGEST-113",
    "the value has {length} characters; at most {most} are taken.",
    why="What is sealed is shown on pages, in tables and in decisions, where a longer text hides "
    "all the rest.",
    remedy="Have the agency send the text itself, without what was appended to it.",
)
FORMULA = code(
    "GS-INGEST-103",
    "{value} is a spreadsheet formula.",
    why="Opened in a spreadsheet it would run on the reader's machine.",
    remedy="Report the plain text.",
)
UNKNOWN_ITEM = code(
    "GS-INGEST-110",
    "{value} is no item of the catalogue, or not of this source's contract.",
    why="Nothing is recorded that no catalogue item permits (closed_catalogue).",
    remedy="Report only the items of the contract: {items}.",
)
ITEM_NOT_IN_FORCE = code(
    "GS-INGEST-111",
    "{value} is outside the time of which records of {item!r} are taken: {period}{law}.",
    why="Nothing is recorded that the catalogue did not permit on its date.",
    remedy="Check the date of the decision; an earlier decision cannot be recorded.",
)
FOREIGN_AUTHORITY = code(
    "GS-INGEST-112",
    "{value} may not report the item {item!r}, or is not the authority of this source.",
    why="An authority reports its own decisions only (closed_catalogue).",
    remedy="The authority that decided must report it: {authorities}.",
)
WRONG_SUBJECT_KIND = code(
    "GS-INGEST-120",
    "{value} is about a kind of subject for which the item {item!r} does not exist.",
    why="An item is about the kinds of subject it names (closed_catalogue).",
    remedy="Allowed are: {kinds}.",
)
BAD_SUBJECT = code(
    "GS-INGEST-121",
    "{value} does not give a valid identifier of a scheme that the item allows.",
    why="A name is not an identity; consequences hang on this identifier.",
    remedy="Give a valid number of one of the schemes {schemes}.",
)
WRONG_CHECK_CHARACTER = code(
    "GS-INGEST-122",
    "The number fails the check of {scheme!r}.",
    why="A number with a slip in it names nobody, or somebody else.",
    remedy="Compare it with the register that gives the numbers out. If it was given out with a "
    "wrong check character, that register confirms it and the pack lists it under "
    "`check_exceptions`.",
)
MAY_BE_A_PERSON = code(
    "GS-INGEST-123",
    "This may be a natural person: {why}.",
    why="A register of businesses never becomes one of persons, and sole traders are persons "
    "(persons_by_consent). The row is held; nothing of it is recorded.",
    remedy="If it is an organisation, report it under its registered name and its own number. A "
    "row about an establishment or a permit whose publication a statute orders can be released "
    "by an officer: `goodstanding log release`.",
)
BAD_CHARACTER = code(
    "GS-INGEST-124",
    "The identifier holds {character}, which no identifier may hold.",
    why="A character that cannot be seen or typed makes two numbers of one.",
    remedy="Take out character {position} of the value. Allowed are letters A to Z and a to z, "
    "digits and, but for the first, any of `._/-`.",
)
MISSING_FIELD = code(
    "GS-INGEST-130",
    "nothing is given.",
    why="Every record names its subject, source document, authority, basis and date (grounded).",
    remedy="Fill it in at the source.",
)
BAD_DATE = code(
    "GS-INGEST-131",
    "{value} is not a date.",
    why="Terms and publication are computed from it.",
    remedy="Write an existing day as YYYY-MM-DD, or as the contract says.",
)
DATES_OUT_OF_ORDER = code(
    "GS-INGEST-132",
    "{value} {order} {earlier}.",
    why="A decision is taken before it takes effect, is published, amended or ends.",
    remedy="Correct the dates.",
)
FUTURE_DECISION = code(
    "GS-INGEST-133",
    "{value} lies in the future.",
    why="Only decided facts are recorded.",
    remedy="Correct the date, or report the decision when it is taken.",
)
BASIS_NOT_ALLOWED = code(
    "GS-INGEST-134",
    "{value} does not give one of the articles of {item!r} in force on the day of the decision.",
    why="Every record names the article it rests on (grounded).",
    remedy="Use one of: {articles}.",
)
END_BEYOND_LAW = code(
    "GS-INGEST-135",
    "{value} is later than the law allows for {item!r}: as long after {start} as {retention!r} "
    "says.",
    why="An end that the agency states is never shortened in silence, and none may be later than "
    "the law allows (everything_ends).",
    remedy="Report the end that was decided, if it is earlier; or leave it empty: the end of "
    "the law is then computed.",
)
NO_TERM_THEN = code(
    "GS-INGEST-136",
    "{value} lies before {first}, the first day on which {name!r} has a value.",
    why="Without a number of the law the record would have neither an end nor a review date "
    "(everything_ends).",
    remedy="Check the date. If it is right, the pack needs the value that the law had then.",
)
TOO_FAR = code(
    "GS-INGEST-137",
    "{value} lies after {farthest}.",
    why='Such a day means "never", or is a slip of the key.',
    remedy="Report the day that was decided. Where there is no end, leave it empty.",
)
NO_END = code(
    "GS-INGEST-138",
    "A record of {item!r} needs an end: nothing else says when it ends.",
    why="Every adverse record has an end or a review date when it is written (everything_ends).",
    remedy="Report the day on which the measure itself ends.",
)
ENDED_BEFORE_EFFECT = code(
    "GS-INGEST-139",
    "The end that the law sets for {item!r}, as long after {start} as {retention!r} says, lies "
    "before the record takes effect.",
    why="What has ended before it begins says nothing about anyone.",
    remedy="Check {start} and effective_on. If they are right, there is nothing left to record.",
)
CONTRACT_CHECK = code(
    "GS-INGEST-140",
    "{sentence}",
    why="The source contract excludes such rows.",
    remedy="See the contract of the source in the pack.",
)
MISSING_FACT = code(
    "GS-INGEST-150",
    "nothing is given.",
    why="A record of this item is not complete without it.",
    remedy="Fill it in at the source.",
)
BAD_FACT_VALUE = code(
    "GS-INGEST-151",
    "{value} is not {kind}.",
    why="Facts are exact; nothing is rounded or guessed.",
    remedy="Write it as {kind}.",
)
FACT_OUT_OF_RANGE = code(
    "GS-INGEST-152",
    "{value} is outside {low} to {high}.",
    why="Such a value cannot be lawful or is a slip of the key.",
    remedy="Check the value with the file of the case.",
)
UNKNOWN_CODE = code(
    "GS-INGEST-153",
    "{value} is not a code that the catalogue knows.",
    why="What a code means, and what it costs, is written in the catalogue.",
    remedy="Use a listed code, or have the code added to the item by its authority.",
)
FOREIGN_FACT = code(
    "GS-INGEST-154",
    "{value} is given, but the item {item!r} does not have this fact.",
    why="What the catalogue does not list may not be recorded.",
    remedy="Leave it empty for this item.",
)
DIFFERENT_DUPLICATE = code(
    "GS-INGEST-170",
    "{value} is also the key of another row of this file, which says something else.",
    why="Of two contradicting rows neither can be taken for the truth.",
    remedy="Keep the right one, or give each row a key of its own.",
)
WITHDRAWN_BY_OFFICER = code(
    "GS-INGEST-188",
    "{value} is the key of a record that an officer has withdrawn.",
    why="What was withdrawn by a named person's decision does not come back by a delivery.",
    remedy="Leave the row out. If there is a new decision, report it under a new key.",
)
