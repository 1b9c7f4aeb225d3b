"""Contracts are allow-lists: what a pack's author writes drops no row and reaches nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.ingest.conftest import NOTED, Deliver, fine

from goodstanding.catalogue import ContractCheck, Pack
from goodstanding.ingest import Resources, ingest, lint_contract
from goodstanding.ingest.contract import check_contract, contract_select
from goodstanding.ingest.workplace import database, trial_database
from goodstanding.kernel import FixedClock, GoodStandingError
from goodstanding.register import Node, Record

Sealed = Callable[[], list[Record]]


def with_sql(pack: Pack, old: str, new: str) -> Pack:
    """The pack with a part of the select of `fines` in other words."""
    fines = pack.sources["fines"]
    assert old in fines.sql
    return replace(pack, sources={"fines": replace(fines, sql=fines.sql.replace(old, new, 1))})


def with_check(pack: Pack, when: str) -> Pack:
    """The pack with one check of `fines`, of that condition."""
    check = ContractCheck("odd", when, {"en": "Odd."}, None)
    return replace(pack, sources={"fines": replace(pack.sources["fines"], checks=(check,))})


def refused_for(pack: Pack) -> str:
    """Why the contract of `fines` is refused."""
    findings = check_contract(pack.sources["fines"], pack)
    assert [finding.code.id for finding in findings] == ["GS-INGEST-009"]
    return findings[0].what


#: What may stand behind `FROM delivered` in one dialect or another, and takes or adds rows.
CLAUSES = (
    *("OFFSET 1", "LIMIT 1 OFFSET 1", "USING SAMPLE 50%", "TABLESAMPLE reservoir(1)", "AS d"),
    *("FETCH FIRST 1 ROWS ONLY", "QUALIFY true", "WINDOW w AS ()", "FOR UPDATE", "WHERE true"),
    *("ORDER BY no", "GROUP BY ALL", "HAVING true", "POSITIONAL JOIN delivered", ", delivered"),
    *("LATERAL VIEW explode(no) t", "PIVOT(max(no) FOR no IN ('1'))", "AT (VERSION => 1)"),
    *("UNION ALL FROM delivered", "EXCEPT SELECT 1", "CROSS JOIN range(9)", "ASOF JOIN delivered"),
    *("; DROP TABLE delivered", "UNPIVOT (a FOR b IN (no))", "SETTINGS x = 1", "FORMAT x"),
)


@pytest.mark.parametrize("clause", CLAUSES)
def test_no_clause_takes_or_adds_a_row(harbour: Pack, clause: str) -> None:
    assert refused_for(with_sql(harbour, "FROM delivered", f"FROM delivered {clause}"))


@pytest.mark.parametrize(
    "table",
    [
        *("main.delivered", "memory.main.delivered", "delivered()", "'/etc/passwd'", "other"),
        *("read_text('/etc/passwd')", "(SELECT 1)", "(VALUES (1))", "range(9)", "DELIVERED_2"),
    ],
)
def test_nothing_but_delivered_is_read(harbour: Pack, table: str) -> None:
    assert refused_for(with_sql(harbour, "FROM delivered", f"FROM {table}"))


#: Expressions that read something, run something, or give several rows.
EXPRESSIONS = (
    *("(SELECT content FROM read_text('/etc/passwd'))", "EXISTS (SELECT 1)", "no IN (SELECT 'x')"),
    *("no = ANY (SELECT 'x')", "ARRAY(SELECT 1)[1]", "unnest([1, 2])", "COLUMNS('no')", "*"),
    *("getenv('HOME')", "current_setting('secret_directory')", "random()", "now()", "uuid()"),
    *("nextval('s')", "current_date", "current_user", "repeat('x', 1000000000)", "range(9)"),
    *("list_transform([1], x -> x)", "no COLLATE nocase", "CAST(no AS STRUCT(a INT))", "$1", "?"),
    *("no::mood", "no::INT[]", "max(no)", "sum(amount) OVER ()", "row_number() OVER ()"),
    *("pg_catalog.lower(no)", "main.code(no)", "json_extract(no, '$')", "no -> '$.x'", "{'a': no}"),
    *(
        "other.no",
        "printf('%s', no)",
        "format('{}', no)",
        "no SIMILAR TO 'x'",
        "hash(no)",
        "TRY(no)",
    ),
    *("INTERVAL 3 DAY", "getvariable('x')", "query('SELECT 1')", "sql_auto_complete('S')"),
)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_no_output_holds_more_than_an_expression(harbour: Pack, expression: str) -> None:
    assert refused_for(with_sql(harbour, "    amount,", f"    {expression} AS amount,"))


@pytest.mark.parametrize(
    "when",
    [
        *EXPRESSIONS,
        *("SELECT 1", "FROM read_text('/etc/passwd')", "no = 'x'; DROP TABLE delivered"),
        "WITH RECURSIVE t AS (SELECT 1 UNION ALL SELECT * FROM t) SELECT count(*) FROM t",
        "(WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n FROM t) SELECT max(n) FROM t) = 1",
        *("no = 'x' LIMIT 1", "COPY (SELECT 1) TO 'x'", "ATTACH 'x'", "PRAGMA version", "", "--"),
    ],
)
def test_a_condition_is_never_a_query(harbour: Pack, when: str) -> None:
    assert refused_for(with_check(harbour, when))


def test_a_delivery_is_held_to_it_as_lint_is(
    deliver: Deliver, harbour: Pack, sealed: Sealed, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("no = 'x'")
    hostile = with_check(harbour, f"no = (SELECT content FROM read_text('{secret}'))")
    with pytest.raises(GoodStandingError, match="a sub-select"):
        deliver([fine(1)], pack=hostile)
    assert not sealed()


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("lpad(no, 1000000000, 'x')", "times as long"),
        ("lpad(no, CAST(hours AS INT), 'x')", "times as long"),
        ("replace(" * 9 + "no" + ", '1', '1111111111')" * 9, "times as long"),
        (f"regexp_replace(no, '', '{'x' * 2000}', 'g')", "times as long"),
        ("replace(no, '1', name)", "times as long"),
        (" || ".join(["no"] * 90), ""),
        (" || ".join(["no"] * 2000), "nested more than 100 deep"),
        (f"{'(' * 5000}no{')' * 5000}", "nested more than 100 deep"),
        (f"{'NOT ' * 500} true", "nested more than 100 deep"),
        ("9" * 5000, "a number of 5,000 digits"),
        (f"no || '{'x' * 200_000}'", "at most 100,000 are read"),
    ],
)
def test_an_expression_has_a_size(harbour: Pack, expression: str, problem: str) -> None:
    pack = with_sql(harbour, "'Fine no. ' || no AS document", f"{expression} AS document")
    found = check_contract(pack.sources["fines"], pack)
    assert problem in found[0].what if problem else not found


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("regexp_replace(no, '((a{100}){100}){100}', 'x')", "no regular expression"),
        ("regexp_replace(no, '(', 'x')", "no regular expression"),
        ("strftime(try_strptime(no, '%Q'), '%Y')", "no format of a date"),
        ("year(no)", "these types: no (VARCHAR)"),
        ("CAST(no AS DECIMAL(50, 2))", "these types: no (VARCHAR)"),
        ("coalesce(no, 1)", "these types: no (VARCHAR)"),
    ],
)
def test_lint_finds_what_can_be_made_of_no_row(
    harbour: Pack, expression: str, problem: str
) -> None:
    pack = with_sql(harbour, "'Fine no. ' || no AS document", f"{expression} AS document")
    (finding,) = lint_contract(pack.sources["fines"], pack)
    assert finding.code.id == "GS-INGEST-009"
    assert "`document` cannot be made" in finding.what
    assert problem in finding.what


def test_lint_finds_a_required_fact_that_is_never_given(harbour: Pack) -> None:
    pack = with_sql(harbour, "    amount,\n", "")
    (finding,) = lint_contract(pack.sources["fines"], pack)
    assert "does not give amount, which each record of berth_fine must have" in finding.what


def test_a_slow_contract_is_stopped(
    node: Node, harbour: Pack, clock: FixedClock, tmp_path: Path, sealed: Sealed
) -> None:
    slow = with_sql(
        harbour,
        "'Fine no. ' || no AS document",
        "regexp_replace(name, '(x|xx|xxx|xy?x){900}y', '') AS document",
    )
    path = tmp_path / "slow.csv"
    lines = [fine(n, name="x" * 4000) for n in range(1500)]
    path.write_text("\n".join([",".join(harbour.sources["fines"].columns), *lines, ""]))
    with pytest.raises(GoodStandingError) as refusal:
        ingest(
            node, slow, "fines", path,
            clock=clock, noted=NOTED, resources=Resources(threads=1, seconds=-1.5),
        )  # fmt: skip
    assert refusal.value.code.id == "GS-INGEST-041"
    assert not sealed()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('{keys}')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "COPY (SELECT 1) TO '{keys}'",
        "ATTACH '{folder}/state.db' (TYPE sqlite)",
        "INSTALL httpfs",
        "FROM 'https://127.0.0.1/x.csv'",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET memory_limit = '900GB'",
        "RESET lock_configuration",
    ],
)
def test_the_database_is_shut_besides(node: Node, tmp_path: Path, statement: str) -> None:
    said = statement.format(keys=node.layout.private_key, folder=node.folder)
    place = tmp_path / "place"
    with database(node.layout, place, "UTC") as con, pytest.raises(duckdb.Error):
        con.execute(said).fetchall()
    with trial_database("UTC") as con, pytest.raises(duckdb.Error):
        con.execute(said).fetchall()


PIECES = st.sampled_from(
    [
        *CLAUSES, "SELECT", "FROM", "delivered", "(", ")", ",", "*", ";", "no", "'x'", "NOT", "ALL",
        "DISTINCT", "1", "||", "IN", "AS", "--", "/*", "*/", '"', "[", "]", "{", "}", "OR true",
    ]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(PIECES, max_size=6), where=st.sampled_from(["FROM delivered", "SELECT"]))
def test_what_is_accepted_is_expressions_from_delivered(
    harbour: Pack, pieces: list[str], where: str
) -> None:
    pack = with_sql(harbour, where, f"{where} {' '.join(pieces)}")
    source = pack.sources["fines"]
    if check_contract(source, pack):
        return
    plan = _plan(contract_select(source).sql(dialect="duckdb"), source.columns)
    assert {operator.split(" ")[0] for operator in plan} <= {"PROJECTION", "SEQ_SCAN", "TABLE_SCAN"}
    assert {key for key, value in contract_select(source).args.items() if value} <= {
        "expressions",
        "from_",
    }


def _plan(sql: str, columns: tuple[str, ...]) -> set[str]:
    """The operators by which the database itself would carry out the select."""
    with trial_database("UTC") as con:
        con.execute("CREATE MACRO code(value) AS value")
        con.execute(f"CREATE TABLE delivered ({', '.join(f'{c} VARCHAR' for c in columns)})")
        con.execute("INSERT INTO delivered (no) VALUES ('1'), ('2')")
        ((_, plan),) = con.execute(f"EXPLAIN (FORMAT json) {sql}").fetchall()

    def names(node: dict[str, object]) -> set[str]:
        children = node.get("children", [])
        assert isinstance(children, list)
        return {str(node["name"]).strip(), *(n for child in children for n in names(child))}

    return {name for node in json.loads(plan) for name in names(node)}
