"""Why an officer's act on one record is refused: correction, withdrawal, erasure, release."""

from goodstanding.kernel import code

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
BASIS_UNKNOWN = code(
    "GS-INGEST-189",
    "{basis!r} is not an article of the pack {pack!r} in force on {day}.",
    why="Every act names the article it rests on (grounded).",
    remedy="Give one of the pack's articles as instrument.number: {known}.",
)
AUTHORITY_MAY_NOT = code(
    "GS-INGEST-190",
    "{authority!r} may not act on a record that {determined!r} determined.",
    why="An authority answers for its own decisions; another acts on them only as the review body "
    "that the pack names.",
    remedy="The acting authority is one of: {known}. A review body stands in pack.yaml, with those "
    "whose decisions it `reviews`.",
)
ACT_NOT_PERMITTED = code(
    "GS-INGEST-199",
    "{basis} does not permit to {act} records of {item!r}.",
    why="An act on a record binds as the record did, so it rests on an article that permits it "
    "(grounded).",
    remedy="Rest it on one of: {known}. What an article permits is said by its `permits`.",
)
SAYS_PAYLOAD = code(
    "GS-INGEST-191",
    "{field} repeats what the record says ({says}).",
    why="The entry of the act stays in the log for good, also when the record is erased.",
    remedy="Say it without names, identifiers and values of the record; the entry number is "
    "enough to find it.",
)

# The release of a held row ---------------------------------------------------------------

PUBLICATION_NOT_ORDERED = code(
    "GS-INGEST-192",
    "{basis} does not order the publication of records of {item!r}: {only}.",
    why="A row that may be about a person is recorded only of an establishment or a permit whose "
    "publication a statute orders (persons_by_consent).",
    remedy="Name that article with --basis. If there is none, the row stays refused.",
)
NOT_HELD = code(
    "GS-INGEST-193",
    "Row {row} of this delivery of {source!r} is not held by a mark of a person.",
    why="Only a row that was held can be released.",
    remedy="See the rows and their reasons with `goodstanding quarantine`. What has other faults "
    "is mended by its agency.",
)
PERSONS_NUMBER = code(
    "GS-INGEST-194",
    "The number in row {row} is a valid number of a person.",
    why="A person's number is never sealed, whatever it is called.",
    remedy="Have the agency report the establishment's own number. If this is one, the register "
    "that gave it out confirms it and the pack lists it under `check_exceptions`.",
)
NOT_RELEASED_YET = code(
    "GS-INGEST-195",
    "Row {row} cannot be sealed: {reasons}",
    why="A released row must hold every other rule that a delivered row holds.",
    remedy="Have the agency mend the row and send it again.",
)
NO_KEPT_DELIVERY = code(
    "GS-INGEST-196",
    "No delivery is kept for the quarantine file {file!r}.",
    why="A row is released from the delivery as it was received; one that was refused as a whole "
    "was not kept.",
    remedy="Give a file that `goodstanding quarantine` lists, or have the delivery sent again.",
)
ALREADY_TAKEN = code(
    "GS-INGEST-197",
    "What row {row} says stands already.",
    why="A release that changes nothing would only hide the one that counts.",
    remedy="See the record with `goodstanding log history`.",
)
WEAK_RELEASE = code(
    "GS-INGEST-198",
    "Row {row} names its subject by a weak identifier, made of its name.",
    why="A released row is found by its establishment's own number alone; this one is its name.",
    remedy="Have the agency report the number under which the establishment is published.",
)
