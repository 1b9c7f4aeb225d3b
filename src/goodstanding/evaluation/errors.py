"""Why a scheme is refused, and why an evaluation does not run."""

from goodstanding.kernel import code

BAD_SHAPE = code(
    "GS-SCHEME-001",
    "{field}: {problem}.",
    why="Every scheme has one stated shape, so that a slip never becomes a rule.",
    remedy="Compare with docs/reference/scheme-language.md and the schemes of `template`.",
)
BAD_SYNTAX = code(
    "GS-SCHEME-002",
    "The expression `{expression}` cannot be read: {problem}.",
    why="What cannot be read in one way only cannot be applied to anyone.",
    remedy="Write comparisons joined by and, or, not; see docs/reference/scheme-language.md.",
)
FORBIDDEN = code(
    "GS-SCHEME-003",
    "`{part}` is not part of the scheme language ({what}).",
    why="No code but a small, listed set of operations ever runs from a pack.",
    remedy="Use comparisons, and/or/not, in, between, is null, case, coalesce, + - *, "
    "days_between and ratio.",
)
UNKNOWN_NAME = code(
    "GS-SCHEME-004",
    "There is no {what} {name!r} here; known are: {known}.",
    why="Whatever a scheme relies on must be defined, or a grade would rest on nothing.",
    remedy="Correct the name, or define it first.",
)
TYPE_MISMATCH = code(
    "GS-SCHEME-005",
    "`{part}`: {problem}.",
    why="Unlike things are never compared or added; nothing is converted unseen.",
    remedy="Use values of one type on both sides.",
)
LITERAL = code(
    "GS-SCHEME-006",
    "`{part}` is a number or date written into the rule.",
    why="Every number of the law is a dated parameter with its article, so that it can change "
    "on a date and be traced.",
    remedy="Add a file under parameters/ and write param.<name> instead.",
)
AMBIGUOUS_RULE = code(
    "GS-SCHEME-007",
    "The rule {rule!r} gives {given} of `points`, `per_unit` and `bands`; exactly one is needed.",
    why="A rule whose points could be read in two ways binds nobody.",
    remedy="Keep one of the three.",
)
NOT_ASCENDING = code(
    "GS-SCHEME-008",
    "From {day} on, {upper!r} ({upper_value}) is not above {lower!r} ({lower_value}).",
    why="Bands are read from below; on every date each begins above the one before it.",
    remedy="Correct the parameters, or the order of the bands.",
)
BAD_GRADES = code(
    "GS-SCHEME-009",
    "{problem}.",
    why="Every total must lead to exactly one grade, and every grade must have a title.",
    remedy="Check `labels`, `order`, `direction` and `bands` against each other.",
)
TOO_PRECISE = code(
    "GS-SCHEME-010",
    "`{part}` has {scale} decimal places; here at most {limit} are allowed.",
    why="A number is never rounded unseen, and exact products must fit 38 digits.",
    remedy="Use parameters and facts with fewer decimal places, or a larger `scale`.",
)
NO_ENGLISH_TITLE = code(
    "GS-SCHEME-011",
    "{what} has no English title.",
    why="Every title is at least English, so that any auditor can read any scheme.",
    remedy="Add `en:` to the titles.",
)
NAME_MISMATCH = code(
    "GS-SCHEME-012",
    "The file is named {file!r} but defines the scheme {name!r}.",
    why="One rule, one place: a reader finds a scheme by its file name.",
    remedy="Give the file and its `id` the same name.",
)
FOREIGN_SUBJECTS = code(
    "GS-SCHEME-013",
    "The item {item!r} is not about the subject kind {kind!r}.",
    why="A scheme is about one kind of subject; a record about another could never count.",
    remedy="Take the item out of the selection, or correct `subject_kind`.",
)
NO_SUCH_SCHEME = code(
    "GS-SCHEME-014",
    "There is no scheme {scheme!r} in the pack {pack!r}; known are: {known}.",
    why="A standing is given under one published scheme only.",
    remedy="Run `goodstanding pack show`, or correct the name.",
)
NOT_IN_FORCE = code(
    "GS-SCHEME-020",
    "The scheme {scheme!r} is not in force on {as_of}; it is in force from {start}{end}.",
    why="A scheme says nothing about days on which it was not law.",
    remedy="Ask for a date within its time in force.",
)
NO_VALUE = code(
    "GS-SCHEME-021",
    "The parameter {parameter!r} has no value on {as_of}; its first is from {start}.",
    why="A rule is never applied with a number that was not yet law.",
    remedy="Ask for a later date, or add the earlier value with its article.",
)
NUMBER_TOO_LARGE = code(
    "GS-SCHEME-022",
    "A number of the scheme {scheme!r} needs more digits than there are ({limit}).",
    why="Numbers are exact up to 38 digits and totals up to 18; beyond that we stop, not round.",
    remedy="Look for an absurd amount in the records, or use a smaller scale.",
)
NO_STANDING = code(
    "GS-SCHEME-023",
    "{subject} has no record on {as_of} and so no standing under {scheme!r}.",
    why="Only subjects with a live record of some item about their kind are evaluated.",
    remedy="Check the identifier and the date.",
)
BAD_CASE = code(
    "GS-SCHEME-030",
    "The test {case!r} cannot be run: {problem}.",
    why="A test that does not run proves nothing about the rule.",
    remedy="Use the items, facts and names of the pack.",
)
TEST_FAILS = code(
    "GS-SCHEME-031",
    "The test {case!r} fails: {what} should be {expected} but is {actual}.",
    why="The tests beside a scheme are what its authors promised; text and rule must agree.",
    remedy="Correct the rule, or the test if the law says otherwise.",
)
BOUND_NOT_TESTED = code(
    "GS-SCHEME-032",
    "The bound {bound} is not tested {missing}.",
    why="Rules go wrong at their bounds: each is tested just below, at and above.",
    remedy="Add cases to {file} in which the value stands there.",
)
NO_TESTS = code(
    "GS-SCHEME-033",
    "The scheme {scheme!r} has no tests beside it.",
    why="A scheme without worked examples cannot be checked by those it binds.",
    remedy="Write {file} with cases; see docs/reference/scheme-language.md.",
)
START_NOT_TESTED = code(
    "GS-SCHEME-034",
    "No test shows that the scheme is refused on {day}, the day before it is in force.",
    why="A rule must not reach back before it was law.",
    remedy="Add a case with as_of: {day} and expect: {{refused: GS-SCHEME-020}}.",
)
UNREADABLE = code(
    "GS-SCHEME-040",
    "The segments of the register could not be read: {problem}.",
    why="A standing on half the records would be wrong; nothing was written.",
    remedy="Run `goodstanding verify`, and restore the named file from its copy.",
)
OUT_OF_MEMORY = code(
    "GS-SCHEME-041",
    "The evaluation needs more than the {limit} of memory it was given.",
    why="The limit protects whatever else runs on this machine; nothing was written.",
    remedy="Give more memory, fewer threads, or a folder with more room for spilling.",
)
NOT_WRITTEN = code(
    "GS-SCHEME-042",
    "The results could not be written to {folder}: {problem}.",
    why="Results are shown whole or not at all; the former files are as they were.",
    remedy="Look at the room on the disk and the rights to the folder, and run it again.",
)
BAD_LIMIT = code(
    "GS-SCHEME-043",
    "The limits for the engine are not usable: {problem}.",
    why="A limit that is not understood protects nothing.",
    remedy="Write memory as 2GB and threads as a whole number from 1.",
)
