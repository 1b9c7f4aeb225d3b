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
    remedy="Add `retention:` with the name of a parameter in months; or, where the law itself "
    "knows no end, `indefinite:` with its article, the months to a review and who must review it.",
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
UNKNOWN_CALENDAR = code(
    "GS-PACK-015",
    "There is no calendar {calendar!r}; known are: {known}.",
    why="Which days are worked decides whether someone was late.",
    remedy="Name one of the known calendars; `none` is Monday to Friday without holidays.",
)
NO_GRADE = code(
    "GS-PACK-016",
    "The item {item!r} holds grades of {scheme!r} but has no fact `grade` that is a code or text.",
    why="A published grade without the grade says nothing.",
    remedy="Add a fact `grade` of type code with the labels of that scheme.",
)
MISSING_UNSAID = code(
    "GS-PACK-017",
    "The source {source!r} does not say what a missing row means, or is no full list.",
    why="A row that is no longer in a full list may mean nothing, an end, or a mistake taken back; "
    "of a file that is not the full list a missing row says nothing.",
    remedy="With `snapshot: true` write `missing: nothing`, `ended` or `withdrawn`; without it, "
    "leave `missing` out.",
)
BAD_LABEL = code(
    "GS-PACK-018",
    "`{label}` cannot be used: {problem}.",
    why="It says where a delivery tells its date or its series; one wrong place, and an older list "
    "would pass for the newest.",
    remedy="Write `file_name:` with a regular expression that has one group, or `column:`; a date "
    "has `format: '%Y%m%d'` besides.",
)
NOT_A_PACK_FILE = code(
    "GS-PACK-019",
    "{file!r} is {kind}, and no file of a pack.",
    why="A pack may come from a stranger: only regular files inside its folder are read, so that "
    "it leads nowhere else and nobody waits for it.",
    remedy="Put the file itself in its place, or take it out.",
)
PACK_TOO_LARGE = code(
    "GS-PACK-020",
    "This is more than is read of a pack: {problem}.",
    why="A pack is read by people, and to look at one takes neither long nor much memory.",
    remedy="Divide the file, or take out what is no part of the pack.",
)
NOT_UTF8 = code(
    "GS-PACK-021",
    "The file {file!r} is not UTF-8: byte {position} cannot be read.",
    why="A text that is read wrongly is another text.",
    remedy="Save the file in UTF-8.",
)
BAD_PATTERN = code(
    "GS-PACK-022",
    "The pattern of {what!r} cannot be used: {problem}.",
    why="It tells which values are taken, and is asked of every row.",
    remedy="Write a regular expression of characters, classes, groups, alternatives and "
    "repetitions.",
)
NOT_KEPT = code(
    "GS-PACK-023",
    "The version {digest} of the pack, by which this register records, does not lie in {folder}.",
    why="A register keeps every version of the law it uses; without it nothing can be recorded, "
    "evaluated or explained.",
    remedy="Restore the folder from a backup; or adopt the version it was: `goodstanding pack "
    "adopt FOLDER --node NODE`.",
)
PACK_CHANGED = code(
    "GS-PACK-024",
    "The files of the pack {pack!r} in {folder} are not those of its digest.",
    why="What was adopted is used as it was adopted, or nobody could say by which law a decision "
    "was made.",
    remedy="Restore the folder; a change comes in with `goodstanding pack adopt`.",
)
OTHER_PACK = code(
    "GS-PACK-025",
    "The register is under the pack {own!r}, not {other!r}.",
    why="A register records under one law; another jurisdiction has a register of its own.",
    remedy="Give a later version of {own!r}, or make a new node with `goodstanding init`.",
)
NOT_CLEAN = code(
    "GS-PACK-026",
    "The pack {pack!r} has {findings} findings and is not adopted.",
    why="A version in which something is wrong would be used for every record from then on.",
    remedy="Run `goodstanding pack lint {pack}` and mend them.",
)
DRAFT_OR_NOT = code(
    "GS-PACK-027",
    "The register is under {own}, and the version to be adopted is {other}.",
    why="What was recorded under a draft rests on no law, and never becomes part of a register "
    "that does.",
    remedy="Make a new node under the finished pack with `goodstanding init`, and deliver to it.",
)
NOT_OLDER = code(
    "GS-PACK-028",
    "The item {item!r} is in force from {start}; older records are from before that day.",
    why="Records are taken from the day the law began; only what is older needs a word of its own.",
    remedy="Give a day before {start}, or leave `older_records` out.",
)
TERM_BEGINS_LATE = code(
    "GS-PACK-050",
    "The parameter {name!r} has its first value from {first}; the item {item!r} is in force from "
    "{start}.",
    why="A record of the days between would have neither an end nor a review date "
    "(everything_ends).",
    remedy="Add the value that the law had before, with its article; or start the item later.",
)
NO_TERM = code(
    "GS-PACK-051",
    "The parameter {name!r} is no term: {problem}.",
    why="Ends and reviews are counted in whole calendar months, and lie within a lifetime.",
    remedy="Use a parameter with `unit: months`, without decimal places, of 1 to {most} months.",
)
BAD_ENDS_FROM = code(
    "GS-PACK-052",
    "The item {item!r} has `ends_from: {given}`: {problem}.",
    why="From which day an end runs is law; one that cannot be counted is none.",
    remedy="Use `decided_on`, `effective_on`, `ends_on` (the agency states the end itself), or a "
    "date among the item's facts: required, unless the item is `indefinite` until then.",
)
NEVER_INDEFINITE = code(
    "GS-PACK-053",
    "The item {item!r} is indefinite, but every one of its records gets an end from {parameter!r}.",
    why="A review date that can never come would only look like a safeguard.",
    remedy="Take `indefinite:` out; or `retention:`, if the law knows no end; or let the end run "
    "from `ends_on` or from a date fact that may still be missing.",
)
NO_REVIEW = code(
    "GS-PACK-054",
    "The item {item!r} may be without an end, and says no {missing}.",
    why="Where a law knows no end, a review date with an owner stands in its place "
    "(everything_ends).",
    remedy="Add `review:` (a parameter in months) and `owner:` (an authority) under `indefinite:`.",
)
ENDED_BY_STRANGER = code(
    "GS-PACK-055",
    "The item {item!r} is ended by {other!r}, which is not about the same subjects: {problem}.",
    why="A newer record ends an older one only about one and the same subject.",
    remedy="Name an item about every kind of subject of this one, with one of its identifier "
    "schemes.",
)
ENDED_IN_CIRCLE = code(
    "GS-PACK-056",
    "The item {item!r} is ended by itself, by way of {circle}.",
    why="Of two records of one day each would end the other, and none would count.",
    remedy="Leave out one of them: what is ended and what ends it are two ranks.",
)
SPECIMEN = code(
    "GS-PACK-030",
    "The pack {pack!r} is a specimen and is never in force; it breaks our principles in "
    "{findings} places.",
    why="A specimen shows what this software refuses; nothing is recorded or evaluated under it.",
    remedy="Run `goodstanding pack lint {pack}` to read why. For a register, take another pack.",
)
BREAKS_PERSONS = code(
    "GS-PACK-031",
    "persons_by_consent: {problem}.",
    why="No evaluation of a natural person exists without that person's own consent.",
    remedy="None: this is not scored. A scheme may be about organisations or public bodies.",
)
BREAKS_CATALOGUE = code(
    "GS-PACK-032",
    "closed_catalogue: {problem}.",
    why="Nothing is recorded that no law permits; an open-ended item permits anything.",
    remedy="None: an item names its conduct and its article, or it is no item.",
)
BREAKS_GROUNDS = code(
    "GS-PACK-033",
    "grounded: {problem}.",
    why="A record rests on a decision under an article of law, never on a report or a rumour.",
    remedy="None: without a decision there is nothing to record.",
)
BREAKS_ENDS = code(
    "GS-PACK-034",
    "everything_ends: {problem}.",
    why="Every adverse record has an end computed when it is written, and ends by itself.",
    remedy="None: what has no end is not recorded.",
)
BREAKS_UNIVERSAL = code(
    "GS-PACK-035",
    "no_universal_score: {problem}.",
    why="A scheme is one authority's act about one kind of conduct; a life is not added up.",
    remedy="None: domains are never added up about a person.",
)
BREAKS_HEARING = code(
    "GS-PACK-036",
    "heard_first: {problem}.",
    why="Nothing takes effect before notice was served and the time to reply has run.",
    remedy="None: a burden without notice is void.",
)
BREAKS_EXPLAINED = code(
    "GS-PACK-037",
    "explained: {problem}.",
    why="Every point follows from a rule; what an officer may choose cannot be explained.",
    remedy="None: points are parameters or tables with their article.",
)
NO_FACTS = code(
    "GS-PACK-040",
    "There are no noted facts about the law of {pack!r} in {folder}.",
    why="What a pack covers can only be said of facts that were noted.",
    remedy="Give their folder with --facts or GS_FACTS; it holds YAML files.",
)
NO_COVERAGE = code(
    "GS-PACK-041",
    "The pack {pack!r} has no coverage.yaml.",
    why="A pack says of each noted fact what became of it, so that nothing is passed over unseen.",
    remedy="Write it as in the pack `cn`.",
)
NOT_LOOKED_AT = code(
    "GS-PACK-042",
    "{fact}: not looked at.",
    why="A fact that nobody decided on may be law that the pack leaves out.",
    remedy="Name it in coverage.yaml: under `encoded`, or under `left_out` with the reason.",
)
COVERED_TWICE = code(
    "GS-PACK-043",
    "{fact}: named {times} times.",
    why="What became of a fact is said once, or two answers could differ.",
    remedy="Keep one of the entries.",
)
NO_SUCH_FACT = code(
    "GS-PACK-044",
    "{fact}: there is no such fact.",
    why="An entry that names nothing hides that a note was moved or renamed.",
    remedy="Correct the path, or take the entry out.",
)
BETTER_MARK = code(
    "GS-PACK-045",
    "{fact}: {part} is marked {claimed}, the fact only {mark}.",
    why="Nothing is shown as better known than it is.",
    remedy="Give the part the lower confidence, or read the text and correct the note.",
)
NO_MARK = code(
    "GS-PACK-046",
    "{fact}: neither the note nor the entry gives a mark.",
    why="Whoever reads the law here must know how sure we are of it.",
    remedy="Add `mark:` to the entry: V, V2 or K.",
)
NO_CHECK_SAID = code(
    "GS-PACK-060",
    "The identifier scheme {scheme!r} does not say how its numbers are checked.",
    why="A slip in a number puts a record into the file of someone else.",
    remedy="Add `check:` with one of the names in docs/howto/write-a-pack.md; `check: none` where "
    "the numbers have no check character.",
)
UNKNOWN_CHECK = code(
    "GS-PACK-061",
    "{check!r} is not a check this software knows; it knows {known}.",
    why="A pack names an algorithm of a closed list; no other code runs from a pack.",
    remedy="Use one of these names, or `none` and say so.",
)
LOOKS_LIKE_A_PERSON = code(
    "GS-PACK-062",
    "Numbers of {scheme!r} can look like those of {other!r}, which persons have.",
    why="A register of businesses never becomes one of persons: where two numbers look alike, "
    "something must tell them apart.",
    remedy="Add `told_from_persons_by:` with `why` and a mark: a `pattern` that no person's number "
    "has, or `each_source: true`, so that every source says when a row is about a person.",
)
MARK_TELLS_NOTHING = code(
    "GS-PACK-063",
    "The mark of {scheme!r} does not tell its numbers from those of persons: {problem}.",
    why="A mark that a person's number may bear as well keeps nobody out.",
    remedy="Give one mark: a pattern that fits no number of a person, or `each_source: true`.",
)
PERSONS_NOT_TOLD = code(
    "GS-PACK-064",
    "The source {source!r} does not say how it tells persons.",
    why="Sole traders are persons. Whoever writes the contract knows the file, and must have "
    "asked how persons stand in it.",
    remedy="Add `persons: {{told_by: identifier}}` if the number tells, `marks` with the marks or "
    "the condition that tell, or `not_in_file` if nothing in the file does.",
)
PERSONS_NEED_CONDITION = code(
    "GS-PACK-065",
    "The source {source!r} must say {what}.",
    why="What tells a person in a file is a mark that can be looked for, or it tells nobody.",
    remedy="Under `persons:` give `marks:` (texts that stand in the name) or `when:` (an SQL "
    "condition over the columns, true for a person's row).",
)
WEAK_SCHEME = code(
    "GS-PACK-066",
    "The weak identifier scheme {scheme!r}: {problem}.",
    why="A weak identifier is made of an organisation's name and place by one frozen rule.",
    remedy="Give it the nature of an organisation, `check: none` and the pattern {pattern!r}.",
)
NAMED_TWICE = code(
    "GS-PACK-067",
    "`names_from` lists the source {source!r} twice.",
    why="The order says which source's name of a subject is shown; a source has one place in it.",
    remedy="Leave it at the place that it shall have.",
)
UNKNOWN_LANGUAGE = code(
    "GS-PACK-068",
    "The pack {pack!r} has no texts in {language!r}.",
    why="A page in a language that the pack does not have would be in English under another name.",
    remedy="Ask for one of: {known}.",
)
UNKNOWN_TIME_ZONE = code(
    "GS-PACK-070",
    "There is no time zone {zone!r}.",
    why="*Today*, and the day of an instant, are those of the place whose law this is.",
    remedy="Write its IANA name, for example Europe/London, or UTC.",
)
