"""The files of a drafted pack round its source: head, a law to be written, a first scheme."""

from __future__ import annotations

from goodstanding.ingest.drafts.texts import Look, Names, comment, quoted
from goodstanding.kernel import FactType
from goodstanding.kernel.local_ids import LOCAL_ID_PATTERN


def pack_files(look: Look, names: Names, pack: str) -> dict[str, str]:
    """The text of each file by its name in the pack."""
    measured = _measured(look)
    scheme = f"{names.item}_rating"
    return {
        "pack.yaml": _head(look, names, pack),
        "law/draft_law.yaml": _law(names),
        f"parameters/{scheme}_high_from.yaml": _bound(look, names, scheme, measured),
        f"schemes/{scheme}.yaml": _scheme(look, names, scheme, measured),
    }


def _measured(look: Look) -> str | None:
    """The first fact that is a whole number, not a number by which things are called."""
    for fact, column in look.facts.items():
        if column.type is FactType.INTEGER and column.distinct * 20 < column.given:
            return fact
    return None


def _head(look: Look, names: Names, pack: str) -> str:
    return f"""\
# DRAFT from {comment(look.opened.file)}. While this line stands everything made from it is
# marked DRAFT and binds nobody. Take it out when a law stands behind each item.
draft: true
id: {pack}
titles: {{en: {quoted(pack.replace("_", " ").capitalize() + " (draft)")}}}
languages: [en]
currency: XXX  # TODO
calendar: none  # TODO: which days are worked
time_zone: UTC  # TODO: such as America/Detroit

subject_kinds:
  # TODO: who is recorded? A business, an establishment, a public body; never a person.
  organisation: {{titles: {{en: Organisation}}, nature: organisation}}

identifier_schemes:
{_identifiers(look, names)}
authorities:
  # TODO: who decides what the file tells?
  {names.authority}: {{titles: {{en: The agency that sent the file}}}}
"""


def _identifiers(look: Look, names: Names) -> str:
    if look.roles.subject is None:
        return f"""\
  # TODO: is there a register whose numbers the agency could send? A weak identifier may carry
  # records, and never grounds a listing.
  {names.scheme}:
    titles: {{en: Made of name and place}}
    nature: organisation
    pattern: {quoted(LOCAL_ID_PATTERN)}
    check: none
    weak: true
"""
    subject = look.column(look.roles.subject)
    digits = subject.type is FactType.INTEGER or subject.least.isdigit()
    pattern = f"[0-9]{{1,{max(subject.longest, 1)}}}" if digits else "[A-Za-z0-9][A-Za-z0-9._/-]*"
    return f"""\
  # {comment(", ".join(subject.examples))}
  {names.scheme}:
    titles: {{en: {quoted(f"Number in the column {subject.name}")}}}
    nature: organisation
    pattern: {quoted(pattern)}
    check: none  # TODO: does the number have a check character?
"""


def _law(names: Names) -> str:
    return f"""\
# DRAFT: nothing is recorded that no law permits. TODO: the instrument, its articles, a line in
# your own words for each, and how sure you are of it.
id: draft_law
titles: {{en: To be written}}
articles:
  "1":
    title: {{en: To be written}}
    in_force: {{from: {names.since}}}
    paraphrase: {{en: To be written.}}
    confidence: known
"""


def _bound(look: Look, names: Names, scheme: str, measured: str | None) -> str:
    said = f"of {measured}" if measured else "of records"
    return f"""\
# DRAFT: a number of the law has a date and an article. TODO: the number; 2 stands in for it.
id: {scheme}_high_from
titles: {{en: {quoted(f"From how many {said} the grade is High")}}}
unit: count
scale: 0
values:
  - {{from: {names.since}, value: 2, article: {names.article}}}
confidence: known
"""


def _scheme(look: Look, names: Names, scheme: str, measured: str | None) -> str:
    if measured is None:
        indicator = "of: latest, take: count"
        why = "No column is a plain number, so this only shows that it runs: is there a record?"
    else:
        indicator = f"of: latest, take: latest, value: {measured}"
        why = f"TODO: what is rated? This takes `{measured}` of the latest record."
    return f"""\
# DRAFT. {why}
# How many records somebody has is no measure of anything.
id: {scheme}
titles: {{en: {quoted(names.title + " (draft)")}}}
authority: {names.authority}
subject_kind: {names.kind}
act: {names.article}
version: 1
in_force: {{from: {names.since}}}
unit: count
scale: 0

selections:
  latest:
    titles: {{en: The latest record}}
    article: {names.article}
    items: [{names.item}]
    keep: {{latest: 1, by: effective_on}}

indicators:
  found: {{titles: {{en: Found}}, {indicator}}}

rules:
  found: {{titles: {{en: Found}}, article: {names.article}, points: found}}

grades:
  direction: lower_is_better
  labels:
    Low: {{titles: {{en: Low}}}}
    High: {{titles: {{en: High}}}}
  order: [Low, High]
  bands:
    - {{grade: Low}}
    - {{grade: High, from: param.{scheme}_high_from, article: {names.article}}}
"""
