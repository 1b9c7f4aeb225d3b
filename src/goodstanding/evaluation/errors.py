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
    "and the functions of docs/reference/scheme-language.md.",
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
    "The rule {rule!r} gives {given} of `points`, `per_unit`, `bands` and `per_record`; exactly "
    "one is needed.",
    why="A rule whose points could be read in two ways binds nobody.",
    remedy="Keep one of the four.",
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
    remedy="Add a case with as_of: {day} and expect: {{refused: GS-SCHEME-020}}, or what the "
    "version before it says.",
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
BAD_LENGTH = code(
    "GS-SCHEME-044",
    "`{part}` is no length of time: {problem}.",
    why="A window of nothing, or one that opens in the future, counts no record at all; and days "
    "are never taken for months.",
    remedy="Use a whole parameter of the unit named, within these bounds.",
)
CYCLE = code(
    "GS-SCHEME-045",
    "These figures rest on each other in a circle: {circle}.",
    why="A figure that rests on itself has no value.",
    remedy="Take one of them out of the circle.",
)
NO_ARTICLE = code(
    "GS-SCHEME-046",
    "{what} names no article.",
    why="Nothing is taken or given that no law provides for (grounded).",
    remedy="Add `article:` with the article of the pack that says so, or take it out.",
)
FOREIGN_GRADES = code(
    "GS-SCHEME-047",
    "The item {item!r} holds grades of the scheme {scheme!r}, which is {other}'s and not "
    "{authority}'s.",
    why="An authority builds on its own grades only; nothing adds up grades across authorities.",
    remedy="Take the item out of the selection.",
)
OVERLAPPING_VERSIONS = code(
    "GS-SCHEME-048",
    "The versions {earlier} and {later} of the scheme {scheme!r} are both in force on {day}.",
    why="On every day at most one version is law; otherwise a grade would depend on chance.",
    remedy="End the earlier version on the day the later one begins: `in_force: {{from, to}}`.",
)
NOT_CLEAN = code(
    "GS-SCHEME-120",
    "The pack {pack!r} has {count} findings; the first: {first}",
    why="A scheme goes into force only with its tests green and nothing wrong in its pack.",
    remedy="Run `goodstanding pack lint` and mend what it names.",
)
NO_BACKTEST = code(
    "GS-SCHEME-121",
    "There is no whole backtest report at {file}: {problem}.",
    why="Whoever puts a scheme into force must have seen whom it moves, and how far.",
    remedy="Run `goodstanding backtest` for this version and name its folder.",
)
OTHER_BACKTEST = code(
    "GS-SCHEME-122",
    "The backtest report {file} is not about {scheme!r}, version {version}, as it is now.",
    why="A report about other rules says nothing about these; a changed number is another rule.",
    remedy="Run `goodstanding backtest` again on the present files.",
)
ALREADY_PUBLISHED = code(
    "GS-SCHEME-123",
    "{scheme!r}, version {version}, is in force already, by entry {leaf}.",
    why="A second entry about the same rules would blur since when they bind.",
    remedy="Nothing is left to do; changed rules are published under an act of their own.",
)
PACK_CHANGED = code(
    "GS-SCHEME-124",
    "The files of the pack {pack!r} have changed since they were read.",
    why="What is put into force must be exactly what was checked.",
    remedy="Run the command again.",
)
NOT_SAID = code(
    "GS-SCHEME-125",
    "{option} is empty or holds control characters.",
    why="The act and the officer stand in the log for good, to be read by those it binds.",
    remedy="Say it in plain words.",
)
DRAFT_PACK = code(
    "GS-SCHEME-126",
    "The pack {pack!r} is a draft; none of its schemes is put into force.",
    why="No law stands behind a draft, and what is in force binds those it rates.",
    remedy="Finish the pack, take `draft: true` out of pack.yaml, and make a node under it.",
)
NOT_FED = code(
    "GS-SCHEME-127",
    "No source of the pack delivers {what} to the scheme {scheme!r}.",
    why="A rule that nothing can feed rates nobody, and looks as if it did.",
    remedy="Add a source that delivers its items; or say under `unfed:` which selections, and why.",
)
FED_AFTER_ALL = code(
    "GS-SCHEME-128",
    "The scheme {scheme!r} says that nothing feeds {fed}, and a source does.",
    why="What the pack says of itself must be so.",
    remedy="Take the selection out of `unfed:`.",
)
NOT_COMPARED = code(
    "GS-SCHEME-129",
    "The fact {fact!r} of {item!r} keeps what was published, and nothing compares it.",
    why="A published result beside the records is the best test there is of a rule, if it is used.",
    remedy="Say of which scheme it is the result, `published: {{scheme: NAME, fact: {fact}}}`; "
    "`goodstanding pack evidence` then compares. If it is no result, call it otherwise.",
)
NOTHING_PUBLISHED = code(
    "GS-SCHEME-130",
    "Nothing in the pack keeps a published result of {scheme}.",
    why="Only what was published can be compared with what the rules give.",
    remedy="Say in an item which fact it is, `published: {{scheme: NAME, fact: FACT}}`, or make "
    "the published grades records of their own (`grades_of`).",
)
NO_SUCH_GRADE = code(
    "GS-SCHEME-080",
    "{grade!r} is no grade that can be wished for under {scheme!r}; there are: {known}.",
    why="Only a grade with a place in the order from best to worst can be reached.",
    remedy="Wish for one of these.",
)
NO_REPORT_TOOLS = code(
    "GS-SCHEME-081",
    "The report cannot be drawn: {missing} is not installed.",
    why="Charts are drawn by Altair and vl-convert, which evaluation itself does not need.",
    remedy="Install the extra `reports`: pip install 'goodstanding[reports]'.",
)
NOT_COMPARABLE = code(
    "GS-SCHEME-082",
    "The two versions of {scheme!r} cannot be compared: {problem}.",
    why="Moves between grades have a meaning only for the same subjects and the same grades.",
    remedy="Compare versions of one scheme about one kind of subject.",
)
NO_SUCH_VERSION = code(
    "GS-SCHEME-083",
    "There is no version {version} of the scheme {scheme!r}; there are: {known}.",
    why="A comparison names both of its sides.",
    remedy="Name a version that the pack holds, or a folder with --against.",
)
BAD_GROUP = code(
    "GS-SCHEME-084",
    "Subjects cannot be grouped by {fact!r}: {problem}.",
    why="Groups are made from what the catalogue declares, and from nothing else.",
    remedy="Write item.fact with a code, yes-or-no or text fact of an item about these subjects.",
)
BAD_SPAN = code(
    "GS-SCHEME-085",
    "There is nothing to compare from {start} to {end}: {problem}.",
    why="A backtest looks at several days, each of which both versions can be applied to.",
    remedy="Choose --from before --to, and days on which every number of both versions is known.",
)
PERSONS_NOT_GROUPED = code(
    "GS-SCHEME-086",
    "Subjects of the kind {kind!r} are natural persons; they are not compared by group.",
    why="Persons are never sorted by what they are; only organisations are.",
    remedy="Run the backtest without --by-group.",
)
NO_ENGINE = code(
    "GS-SCHEME-070",
    "The engine {engine!r} cannot be used: {missing} is not installed.",
    why="Spark is large, and most registers do not need it; so it is an extra.",
    remedy="Install it with pip install 'goodstanding[spark]', or use another --engine.",
)
NO_JAVA = code(
    "GS-SCHEME-071",
    "The engine 'spark' needs Java, and there is none on this machine.",
    why="Spark runs on a Java virtual machine, which Python packages do not bring along.",
    remedy="Install Java 17 or later (Debian: apt-get install openjdk-17-jre-headless), or set "
    "JAVA_HOME to where it is.",
)
NO_SPARK = code(
    "GS-SCHEME-072",
    "Spark did not start: {problem}.",
    why="Without Spark there is nothing to evaluate with; nothing was written.",
    remedy="Look at the lines above from Java, and at the memory it was given.",
)
UNIT_MISMATCH = code(
    "GS-SCHEME-049",
    "`{part}`: {left} and {right} are not of one unit.",
    why="Money is never compared with days, nor points with records; a sum of unlike things "
    "means nothing.",
    remedy="Use a parameter of the same unit, or correct `unit:` where it is wrong.",
)
MAYBE_ZERO = code(
    "GS-SCHEME-050",
    "`{part}` divides by `{bottom}`, which may be zero.",
    why="A division by zero has no value, and no rule may rest on one by accident.",
    remedy="Divide by a count, by a number that is never 0, or by nullif(x, 0), which says that "
    "there is then no value.",
)
UNREACHABLE_GRADE = code(
    "GS-SCHEME-051",
    "The grade {grade!r} is never given: {problem}.",
    why="A grade that nobody can have is a promise or a threat without a rule behind it.",
    remedy="Correct the bounds or the points, or take the grade out.",
)
NEVER_HOLDS = code(
    "GS-SCHEME-052",
    "{what} never has an effect: {problem}.",
    why="What can never apply misleads everyone who reads the rule.",
    remedy="Correct its condition, its place in the order or its time in force, or take it out.",
)
EMPTY_WINDOW = code(
    "GS-SCHEME-053",
    "From {day} on, {what} and holds no record.",
    why="A window of nothing counts no record at all, and a record counts from its effective_on "
    "on, never before.",
    remedy="Give the parameter a value of at least 1, turn the condition round, or leave it out.",
)
NOT_LAW = code(
    "GS-SCHEME-054",
    "{what} rests on {article!r}, which is in force {time} and never while it is used ({used}).",
    why="Nothing is taken or given by an article that is not law (grounded).",
    remedy="Name the article that is in force, or correct `in_force:` where it is wrong.",
)
NO_EARLIER_RUN = code(
    "GS-SCHEME-100",
    "{folder} holds no results to build on: {problem}.",
    why="What did not change is taken from an earlier run, which has to be there and be whole.",
    remedy="Name the --out folder of an earlier `goodstanding evaluate`, or leave out --since.",
)
OTHER_BASE = code(
    "GS-SCHEME-101",
    "The changes in {folder} belong to whole results that do not lie in {base}.",
    why="Changes mean nothing without exactly the results that they change.",
    remedy="Put the whole results back where they were, or run `goodstanding evaluate` without "
    "--since.",
)
NOTHING_TO_MERGE = code(
    "GS-SCHEME-102",
    "{folder} holds whole results, not changes.",
    why="Only changes are merged with the results that they change.",
    remedy="Use the files as they are.",
)
RESULTS_DAMAGED = code(
    "GS-SCHEME-103",
    "{file} is not the file that its manifest names.",
    why="Results are built only on files that are, byte for byte, what an evaluation wrote.",
    remedy="Restore it from a copy, or run `goodstanding evaluate` without --since.",
)
BASE_OVERWRITTEN = code(
    "GS-SCHEME-104",
    "{folder} holds the whole results on which these changes rest.",
    why="Written there, the changes would destroy what they belong to.",
    remedy="Choose another folder with --out.",
)
