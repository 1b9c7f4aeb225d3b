"""The generated files: the same every time, in the formats the contracts declare."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from goodstanding.catalogue import Pack, load_pack
from goodstanding.demo import AS_OF, FIRST_DELIVERY, SECOND_DELIVERY, Delivery, generate
from goodstanding.demo.deliveries import AGENCIES, allot
from goodstanding.demo.generate import drawing, generate_bulk
from goodstanding.kernel import GoodStandingError

SIZES = {"businesses": 400, "bodies": 8, "records": 6_000}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("meridia")


@pytest.fixture(scope="module")
def deliveries(folder: Path) -> list[Delivery]:
    return generate(folder, **SIZES)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("template")


def table(delivery: Delivery, pack: Pack) -> list[dict[str, object]]:
    """The rows of a delivery, read as its contract says."""
    source = pack.sources[delivery.source]
    path = str(delivery.path)
    if source.format == "parquet":
        return list(pq.read_table(path).to_pylist())
    text = delivery.path.read_bytes().decode(source.encoding)
    plain = delivery.path.with_name("plain" + delivery.path.suffix)
    plain.write_text(text, encoding="utf-8")
    reader = (
        f"read_csv('{plain}', all_varchar = true, delim = '{source.delimiter}', header = true)"
        if source.format == "csv"
        else f"read_json('{plain}')"
    )
    with duckdb.connect() as con:
        names = [str(row[0]) for row in con.execute(f"DESCRIBE FROM {reader}").fetchall()]
        rows = con.execute(f"FROM {reader}").fetchall()
    plain.unlink()
    return [dict(zip(names, row, strict=True)) for row in rows]


def digests(deliveries: list[Delivery]) -> list[str]:
    return [sha256(delivery.path.read_bytes()).hexdigest() for delivery in deliveries]


def test_two_runs_give_the_same_bytes(deliveries: list[Delivery], tmp_path: Path) -> None:
    assert digests(generate(tmp_path, **SIZES)) == digests(deliveries)


def test_the_bytes_are_the_same_on_every_machine(deliveries: list[Delivery]) -> None:
    # Parquet names its writer's version; the text files depend on nothing but the draws.
    digest = sha256(deliveries[2].path.read_bytes()).hexdigest()
    assert digest == "f73c7894ca5f2d40d9e46c040fe19c5b9ea544f980a77fb6b5a870f5d1013003"


def test_another_seed_gives_another_meridia(deliveries: list[Delivery], tmp_path: Path) -> None:
    other = digests(generate(tmp_path, **SIZES, seed=7))
    assert not set(other) & set(digests(deliveries))


def test_every_agency_delivers_twice_in_order(deliveries: list[Delivery]) -> None:
    assert [delivery.source for delivery in deliveries] == [*AGENCIES, *AGENCIES]
    assert [delivery.day for delivery in deliveries] == [FIRST_DELIVERY] * 8 + [SECOND_DELIVERY] * 8
    assert max(delivery.known_at.date() for delivery in deliveries) < AS_OF


def test_every_file_has_the_columns_of_its_contract(deliveries: list[Delivery], pack: Pack) -> None:
    for delivery in deliveries:
        rows = table(delivery, pack)
        assert rows, delivery.path
        assert tuple(rows[0]) == pack.sources[delivery.source].columns
        assert pack.sources[delivery.source].columns == AGENCIES[delivery.source].columns
        assert pack.sources[delivery.source].snapshot == AGENCIES[delivery.source].snapshot


def test_legacy_encodings_are_real(deliveries: list[Delivery]) -> None:
    for source in ("market_authority", "courts"):
        data = next(d for d in deliveries if d.source == source).path.read_bytes()
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")


def test_the_allotted_rows_add_up() -> None:
    rows = allot(249_876, 19_998)
    assert sum(rows.values()) == 249_876
    assert rows["registry"] == 19_998
    assert min(rows.values()) > 0
    assert sum(agency.share for agency in AGENCIES.values()) == 1000


def test_every_record_is_delivered(deliveries: list[Delivery], pack: Pack) -> None:
    keys: dict[str, set[object]] = {source: set() for source in AGENCIES}
    for delivery in deliveries:
        key = AGENCIES[delivery.source].columns[0]
        keys[delivery.source] |= {row[key] for row in table(delivery, pack)}
    found = sum(map(len, keys.values()))
    # A duplicate key hides one row, a person's number makes two keys of one registration.
    assert SIZES["records"] * 0.995 < found < SIZES["records"] * 1.005


def test_few_subjects_have_many_penalties(deliveries: list[Delivery], pack: Pack) -> None:
    rows = table(deliveries[2], pack)
    counts: dict[object, int] = {}
    for row in rows:
        if row["event"] == "PENALTY":
            counts[row["taxpayer_no"]] = counts.get(row["taxpayer_no"], 0) + 1
    most = sorted(counts.values(), reverse=True)
    assert sum(most[: SIZES["businesses"] // 100]) > sum(most) * 0.1
    assert len(most) < SIZES["businesses"] * 0.6


def test_the_second_register_lacks_those_struck_off(deliveries: list[Delivery], pack: Pack) -> None:
    first, second = (
        {row["business_no"] for row in table(delivery, pack)}
        for delivery in deliveries
        if delivery.source == "registry"
    )
    assert 0 < len(first - second) < len(first) * 0.03


def test_the_second_delivery_corrects_the_first(deliveries: list[Delivery], pack: Pack) -> None:
    for source in ("tax_office", "labour", "courts", "procurement"):
        key = AGENCIES[source].columns[0]
        first, second = (
            {row[key]: row for row in table(delivery, pack)}
            for delivery in deliveries
            if delivery.source == source
        )
        both = first.keys() & second.keys()
        assert any(first[name] != second[name] for name in both), source
        assert any(first[name] == second[name] for name in both), source
        assert second.keys() - first.keys(), source


def test_grades_are_published_once_a_year_to_those_with_acts(
    deliveries: list[Delivery], pack: Pack
) -> None:
    rows = [r for d in deliveries if d.source == "environment" for r in table(d, pack)]
    acts = {row["operator_no"] for row in rows if row["type"] != "grade"}
    # A row may be delivered twice, and a faulty one names nobody or nothing known.
    grades = {str(row["id"]): row for row in rows if row["type"] == "grade"}.values()
    sound = [row for row in grades if row["operator_no"] in acts]
    assert len(sound) > len(grades) * 0.9 > 40
    pairs = [(row["operator_no"], row["effective"]) for row in sound]
    assert len(set(pairs)) == len(pairs)
    assert {str(row["effective"]) for row in sound} == {f"{y}-05-15" for y in (2023, 2024, 2025)}
    assert {row["grade"] for row in sound} == {"green", "blue", "yellow", "red"}
    assert 0 < sum(bool(row["held"]) for row in sound) < len(sound) / 5


def test_names_are_of_many_scripts_and_lengths(deliveries: list[Delivery], pack: Pack) -> None:
    names = [str(row["name"]) for row in table(deliveries[0], pack)]
    assert any(name.startswith("美里迪亚") for name in names)
    assert any("é" in name or "ø" in name for name in names)
    assert any(len(name) > 150 for name in names)


def test_some_names_are_formulas_and_hold_control_characters(deliveries: list[Delivery]) -> None:
    lists = [d.path.read_bytes() for d in deliveries if d.source == "tax_office"]
    assert any(b"=cmd" in data for data in lists)
    assert any(b"\x07" in data for data in lists)


@pytest.mark.parametrize(
    "sizes",
    [
        {"businesses": 9, "bodies": 8, "records": 6_000},
        {"businesses": 400, "bodies": 1, "records": 6_000},
        {"businesses": 400, "bodies": 8, "records": 899},
    ],
)
def test_a_meridia_too_small_is_refused(tmp_path: Path, sizes: dict[str, int]) -> None:
    with pytest.raises(GoodStandingError) as refused:
        generate(tmp_path, **sizes)
    assert refused.value.code.id == "GS-DEMO-001"
    assert not list(tmp_path.iterdir())


def test_the_least_meridia_is_written(tmp_path: Path) -> None:
    assert len(generate(tmp_path, businesses=10, bodies=2, records=510)) == 16


def test_draws_are_what_the_formula_says() -> None:
    def stirred(x: int) -> int:
        return ((x ^ (x >> 15)) * 40692) % (2**31 - 1)

    def drawn(row: int, stream: int, seed: int) -> int:
        return stirred(stirred((row * 48271 + stream * 1299709 + seed * 69621 + 11) % (2**31 - 1)))

    with drawing(seed=42, threads=1) as con:
        rows = con.execute(
            "SELECT i, raw_draw(i, 17), draw(i, 17, 10) FROM range(0, 20000000, 9973) AS t(i)"
        ).fetchall()
    assert all(raw == drawn(i, 17, 42) and small == raw % 10 for i, raw, small in rows)
    counts = [sum(1 for row in rows if row[2] == digit) for digit in range(10)]
    assert min(counts) > len(rows) * 0.08


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_bulk_is_the_same_for_any_number_of_threads(tmp_path: Path, suffix: str) -> None:
    one = generate_bulk(tmp_path / f"one{suffix}", 300_000, 1_000, threads=1)
    two = generate_bulk(tmp_path / f"two{suffix}", 300_000, 1_000, threads=2)
    assert one.read_bytes() == two.read_bytes()


def test_bulk_has_the_columns_of_the_archive(tmp_path: Path, pack: Pack) -> None:
    path = generate_bulk(tmp_path / "bulk.parquet", 1_000, 50)
    found = pq.read_table(path)
    assert tuple(found.column_names) == pack.sources["tax_archive"].columns
    assert found.num_rows == 1_000
    assert len(set(found["record_no"].to_pylist())) == 1_000
    assert len(set(found["taxpayer_no"].to_pylist())) <= 50


@pytest.mark.parametrize(("name", "records"), [("bulk.txt", 10), ("bulk.csv", 0)])
def test_a_bulk_file_that_cannot_be_written_is_refused(
    tmp_path: Path, name: str, records: int
) -> None:
    with pytest.raises(GoodStandingError) as refused:
        generate_bulk(tmp_path / name, records, 5)
    assert refused.value.code.id == "GS-DEMO-002"
