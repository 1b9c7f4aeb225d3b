"""The stories: their rows fit the agencies' files, and lead to the grades they tell of."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from goodstanding.catalogue import Pack, load_pack
from goodstanding.demo import AS_OF, SECOND_DELIVERY, STORIES, Story, generate
from goodstanding.demo.deliveries import AGENCIES
from goodstanding.demo.stories import story_rows
from goodstanding.evaluation.load import load_scheme
from goodstanding.evaluation.reference import evaluate_subject
from goodstanding.evaluation.results import Evaluation
from goodstanding.ingest import ingest
from goodstanding.kernel import FixedClock, Identifier, Noted
from goodstanding.register import Node

NOTED = Noted("test", 0)

#: What a row may say beside the columns of the file: when, and what it says later.
BESIDE = {"reported", "changed", "paid_later", "done_later"}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("template")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory, pack: Pack) -> Node:
    """A small Meridia with both deliveries of every agency taken in."""
    folder = tmp_path_factory.mktemp("stories")
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    node = Node.create(
        folder / "node", "meridia.example/register", pack.id, pack.digest, clock, noted=NOTED
    )
    for delivery in generate(folder / "files", businesses=100, bodies=4, records=1_500):
        clock.instant = delivery.known_at
        ingest(
            node,
            pack,
            delivery.source,
            delivery.path,
            clock=clock,
            noted=NOTED,
        )
    return node


def test_a_story_is_about_a_subject_the_pack_knows(pack: Pack) -> None:
    for story in STORIES:
        assert Identifier.parse(story.subject).scheme in pack.identifier_schemes
        assert story.scheme in pack.schemes


def test_there_is_one_story_of_each_kind() -> None:
    assert [(story.id, story.grade) for story in STORIES] == [
        ("recovered", "A"),
        ("direct_d", "D"),
        ("late_payer", "C"),
        ("weighed", "yellow"),
        ("new", "new"),
        ("held", "yellow"),
    ]


def test_every_row_fits_the_file_of_its_agency() -> None:
    rows = story_rows()
    assert rows.keys() == AGENCIES.keys()
    for source, own in rows.items():
        for row in own:
            assert set(row) - BESIDE <= set(AGENCIES[source].columns), source
            reported = row["reported"]
            assert isinstance(reported, date)
            assert reported <= SECOND_DELIVERY


def test_keys_are_not_used_twice() -> None:
    for source, own in story_rows().items():
        keys = [row[AGENCIES[source].columns[0]] for row in own]
        assert len(set(keys)) == len(keys), source


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_a_story_ends_with_the_grade_it_tells(story: Story, node: Node, pack: Pack) -> None:
    known_at = datetime(2026, 7, 1, tzinfo=UTC)
    scheme = load_scheme(pack, story.scheme)
    found = evaluate_subject(scheme, node.records_of(story.subject, noted=NOTED), AS_OF, known_at)
    assert found is not None
    assert found.standing.grade == story.grade


@pytest.mark.parametrize(
    ("day", "grade", "total"),
    [
        (date(2023, 10, 3), "A", "100.0"),
        (date(2023, 10, 4), "B", "90.0"),  # an inspection failed
        (date(2024, 6, 3), "C", "65.8"),  # no report, and tax late
        (date(2025, 11, 13), "A", "95.0"),  # the penalty's two years are over
        (date(2025, 11, 27), "C", "85.0"),  # wages found unpaid
        (date(2026, 5, 14), "C", "90.0"),
        (date(2026, 5, 15), "A", "100.0"),  # paid, as the second delivery said
    ],
)
def test_the_bakery_recovers(day: date, grade: str, total: str, node: Node, pack: Pack) -> None:
    known_at = datetime(2026, 7, 1, tzinfo=UTC)
    bakery = STORIES[0]
    scheme = load_scheme(pack, bakery.scheme)
    found = evaluate_subject(scheme, node.records_of(bakery.subject, noted=NOTED), day, known_at)
    assert found is not None
    assert (found.standing.grade, str(found.standing.total)) == (grade, total)


def test_before_the_second_delivery_the_wages_were_still_open(node: Node, pack: Pack) -> None:
    bakery = STORIES[0]
    scheme = load_scheme(pack, bakery.scheme)
    records = node.records_of(bakery.subject, noted=NOTED)
    found = evaluate_subject(scheme, records, AS_OF, datetime(2026, 6, 1, tzinfo=UTC))
    assert found is not None
    assert found.standing.grade == "C"


@pytest.mark.parametrize(
    ("day", "grade", "total"),
    [
        # 100 - 24 for water; 15 for the air counts half by now and weighs less.
        (date(2025, 11, 30), "blue", "70.4"),
        (date(2026, 4, 12), "yellow", "42.0"),  # two months too high, no third one yet
        (date(2026, 4, 13), "red", "41.7"),  # the third month one after another
        (date(2026, 6, 7), "red", "42.8"),
        (date(2026, 6, 8), "yellow", "42.9"),  # the remedy
        (date(2026, 8, 11), "yellow", "56.1"),  # the first penalty fades to half
        (date(2027, 1, 1), "blue", "70.9"),  # another calendar year
    ],
)
def test_the_tannery_is_weighed(day: date, grade: str, total: str, node: Node, pack: Pack) -> None:
    assert standing(node, pack, "weighed", day) == (grade, total)


def test_the_lighter_harm_is_given_back(node: Node, pack: Pack) -> None:
    found = evaluated(node, pack, "weighed", AS_OF)
    points = {reason.rule: str(reason.points) for reason in found.reasons if reason.points}
    assert (points["water"], points["air"], points["harms"]) == ("-48.0", "-7.5", "7.5")
    judged = [reason.rule for reason in found.reasons if reason.points is None]
    assert judged == ["month_after_month", "remedied"]


@pytest.mark.parametrize(
    ("story", "day", "grade", "total"),
    [
        ("new", date(2027, 2, 1), "new", "95.0"),
        ("new", date(2027, 2, 2), "green", "95.0"),
        ("held", date(2025, 5, 14), "blue", "80.0"),
        ("held", date(2025, 5, 15), "yellow", "80.0"),
        ("held", date(2027, 9, 9), "yellow", "100.0"),
    ],
)
def test_the_new_and_the_held_wait(
    story: str, day: date, grade: str, total: str, node: Node, pack: Pack
) -> None:
    assert standing(node, pack, story, day) == (grade, total)


def test_the_standing_of_a_new_business_says_when_it_changes(node: Node, pack: Pack) -> None:
    assert evaluated(node, pack, "new", AS_OF).standing.next_change_on == date(2027, 2, 2)


def standing(node: Node, pack: Pack, story: str, day: date) -> tuple[str | None, str]:
    found = evaluated(node, pack, story, day).standing
    return found.grade, str(found.total)


def evaluated(node: Node, pack: Pack, story: str, day: date) -> Evaluation:
    told = next(each for each in STORIES if each.id == story)
    records = node.records_of(told.subject, noted=NOTED)
    scheme = load_scheme(pack, told.scheme)
    found = evaluate_subject(scheme, records, day, datetime(2026, 7, 1, tzinfo=UTC))
    assert found is not None
    return found
