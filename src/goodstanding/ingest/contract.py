"""Source contracts: one readable select from `delivered`, and nothing else.

Invariant: one delivered row gives exactly one staged row, and no code of a pack can
reach a file, the network or the machine. So the select is expressions of the allow-list
(``allowed``) and `FROM delivered`, and nothing else; a check's condition is one such expression.
"""

from __future__ import annotations

from sqlglot import exp

from goodstanding.catalogue import Pack, Source
from goodstanding.ingest.allowed import expression_problems, parse, select_problems
from goodstanding.ingest.codes import clashing
from goodstanding.ingest.errors import BAD_CONTRACT
from goodstanding.ingest.functions import call_problems, number_surgery
from goodstanding.ingest.local_ids import local_id_calls
from goodstanding.ingest.model import OPTIONAL_FIELDS, REQUIRED_FIELDS
from goodstanding.ingest.reading.encodings import find_encoding
from goodstanding.kernel import GoodStandingError, Place


def contract_select(source: Source) -> exp.Select:
    """The contract's select as a tree. Raises GS-INGEST-009 with the place."""
    statements = _parsed(source, source.sql)
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        raise refuse_contract(source, "it is not one SELECT")
    select = statements[0]
    if "row" in source.columns:
        raise refuse_contract(source, "a column is called row, which is the number of the row here")
    if ours := [column for column in source.columns if column.lower().startswith("quarantine ")]:
        raise refuse_contract(
            source, f"a column is called {ours[0]!r}, as those of quarantine files are"
        )
    problem = next(select_problems(select), None)
    if problem:
        raise refuse_contract(source, problem)
    fields = [projection.alias_or_name for projection in select.expressions]
    missing = [field for field in REQUIRED_FIELDS if field not in fields]
    twice = {field for field in fields if fields.count(field) > 1}
    if missing:
        raise refuse_contract(source, f"it does not give {', '.join(missing)}")
    if twice:
        raise refuse_contract(source, f"it gives {', '.join(sorted(twice))} twice")
    return select


def contract_fields(source: Source, pack: Pack) -> tuple[list[str], list[str]]:
    """The record fields and the facts that the select gives. Raises GS-INGEST-009."""
    fields = [projection.alias_or_name for projection in contract_select(source).expressions]
    facts = {fact for item in source.items for fact in pack.items[item].facts}
    known = {*REQUIRED_FIELDS, *OPTIONAL_FIELDS, *facts}
    unknown = [field for field in fields if field not in known]
    if unknown:
        raise refuse_contract(source, f"no item of the source has a fact {', '.join(unknown)}")
    return [f for f in fields if f not in facts], [f for f in fields if f in facts]


def check_contract(source: Source, pack: Pack) -> list[GoodStandingError]:
    """What is wrong with a source's SQL: its select and its checks."""
    found = []
    try:
        fields, facts = contract_fields(source, pack)
        find_encoding(source.encoding)
        _check_columns(source)
        _check_numbers(source, pack)
        for check in source.checks:
            check_condition(source, check.when, {*fields, *facts, *source.columns})
        _check_codes(source, pack)
        _check_date(source)
        if source.persons is not None and source.persons.marks and "subject_name" not in fields:
            raise refuse_contract(
                source, "its `persons.marks` are of names, and it gives no subject_name"
            )
        if source.persons is not None and source.persons.when is not None:
            check_condition(source, source.persons.when, {*source.columns})
        check_local_ids(source, pack)
    except GoodStandingError as error:
        found.append(error)
    return found


def _check_codes(source: Source, pack: Pack) -> None:
    for item in source.items:
        for fact in pack.items[item].facts.values():
            if clash := clashing(fact, source.codes):
                one, other = clash
                problem = f"{one!r} and {other!r} of the fact {fact.name} are one by its `codes`"
                raise refuse_contract(source, problem)


def _check_date(source: Source) -> None:
    """Raises GS-INGEST-009 for a date of the delivery whose format leaves the century open."""
    if source.dated_by is not None:
        form = exp.Literal.string(source.dated_by.format)
        for problem in call_problems(exp.Anonymous(this="iso_date", expressions=[form, form])):
            raise refuse_contract(source, problem)


def check_local_ids(source: Source, pack: Pack) -> None:
    """Raises GS-INGEST-009 unless every `local_id` names a weak scheme, a name and a place."""
    for call in local_id_calls(contract_select(source)):
        arguments = call.expressions
        scheme = arguments[0].name if arguments and arguments[0].is_string else ""
        if len(arguments) != 3 or not (
            scheme in pack.identifier_schemes and pack.identifier_schemes[scheme].weak
        ):
            weak = [s.id for s in pack.identifier_schemes.values() if s.weak]
            problem = (
                "local_id takes a weak identifier scheme as text, a name and a place; "
                f"weak schemes are: {', '.join(weak) or 'none'}"
            )
            raise refuse_contract(source, problem)


def _check_columns(source: Source) -> None:
    """Raises GS-INGEST-009 for a column that the select uses and the contract does not list."""
    used = {column.name for column in contract_select(source).find_all(exp.Column)}
    if unlisted := sorted(used - set(source.columns)):
        raise refuse_contract(
            source, f"it uses {', '.join(unlisted)}, which `columns` does not list"
        )


def _check_numbers(source: Source, pack: Pack) -> None:
    """Raises GS-INGEST-009 for a number that is read by replacing its marks."""
    types = {fact: f.type for item in source.items for fact, f in pack.items[item].facts.items()}
    for projection in contract_select(source).expressions:
        found = types.get(projection.alias_or_name)
        problem = number_surgery(projection) if found and found.is_number else None
        if problem:
            raise refuse_contract(source, problem)


def check_condition(source: Source, when: str, columns: set[str]) -> exp.Expr:
    """The condition of one contract check as a tree. Raises GS-INGEST-009."""
    trees = _parsed(source, when)
    if len(trees) != 1:
        raise refuse_contract(source, "a check is not one condition")
    tree = trees[0]
    problem = next(expression_problems(tree), None)
    unknown = [c.name for c in tree.find_all(exp.Column) if c.name not in columns]
    if unknown and problem is None:
        problem = f"a check names the unknown column {unknown[0]!r}"
    if problem:
        raise refuse_contract(source, problem)
    return tree


def _parsed(source: Source, sql: str) -> list[exp.Expr]:
    try:
        return parse(sql)
    except ValueError as problem:
        raise refuse_contract(source, str(problem)) from None


def refuse_contract(source: Source, problem: str) -> GoodStandingError:
    """GS-INGEST-009 for a contract, with its problem as a clause."""
    return GoodStandingError(
        BAD_CONTRACT, place=Place(source.sql_path), source=source.id, problem=problem
    )
