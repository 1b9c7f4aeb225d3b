"""Who may act on what: another authority, an unrelated article, an officer with a title."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.ingest.conftest import NOTED, Deliver, fine

from goodstanding.catalogue import Act, Authority, Pack, Permits, find_pack, read_pack
from goodstanding.ingest import correct, erase_record, withdraw
from goodstanding.kernel import FixedClock, GoodStandingError
from goodstanding.register import Node, Record, verify

ACTS = ("correct", "withdraw", "erase")
Acting = Callable[..., None]


@pytest.fixture
def pack(harbour: Pack) -> Pack:
    """The pack with a court that reviews the Harbour Office, and an article for one item alone."""
    court = Authority("port_court", {"en": "Port Court"}, ("harbour_office",))
    three = harbour.articles["port_act.3"]
    only_permits = Permits((Act.WITHDRAW,), ("sailing_permit",))
    articles = {**harbour.articles, three.id: replace(three, permits=only_permits)}
    authorities = {**harbour.authorities, court.id: court}
    return replace(harbour, authorities=authorities, articles=articles)


@pytest.fixture
def acting(node: Node, pack: Pack, clock: FixedClock, deliver: Deliver) -> Acting:
    """Each act on the one record there is, with what is changed in its grounds."""
    deliver([fine(1)])

    def act(kind: str, **changed: str) -> None:
        clock.instant += timedelta(minutes=1)
        given = {
            "authority": "harbour_office", "basis": "port_act.9", "by": "Ada Quay",
            "reason": "annulled", **changed,
        }  # fmt: skip
        common = {"clock": clock, "noted": NOTED, **given}
        if kind == "correct":
            correct(node, pack, 2, {"hours": "5"}, document="Order 5", **common)  # type: ignore[arg-type]
        elif kind == "withdraw":
            withdraw(node, pack, 2, **common)  # type: ignore[arg-type]
        else:
            erase_record(node, pack, 2, **common)  # type: ignore[arg-type]

    return act


@pytest.mark.parametrize("kind", ACTS)
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"authority": "ferry_board"}, "GS-INGEST-190"),
        ({"authority": "nobody"}, "GS-INGEST-190"),
        ({"authority": ""}, "GS-INGEST-180"),
        ({"authority": "harbour_office\u200b"}, "GS-INGEST-180"),
        ({"basis": "port_act.3"}, "GS-INGEST-199"),
        ({"by": " "}, "GS-INGEST-180"),
    ],
)
def test_who_may_not_changes_nothing(
    acting: Acting,
    node: Node,
    sealed: Callable[[], list[Record]],
    kind: str,
    changed: dict[str, str],
    code: str,
) -> None:
    before = sealed()
    with pytest.raises(GoodStandingError) as refusal:
        acting(kind, **changed)
    assert refusal.value.code.id == code
    assert sealed() == before
    assert verify(node.folder).verified


@pytest.mark.parametrize("kind", ACTS)
@pytest.mark.parametrize("authority", ["harbour_office", "port_court"])
def test_its_own_authority_and_its_reviewer_may(
    acting: Acting, node: Node, kind: str, authority: str
) -> None:
    size = node.log.head.size
    acting(kind, authority=authority)
    assert node.log.head.size > size


def test_a_reviewer_reviews_only_those_it_names(pack: Pack) -> None:
    assert pack.may_act("port_court", "harbour_office")
    assert not pack.may_act("port_court", "ferry_board")
    assert not pack.may_act("harbour_office", "port_court")


def test_an_article_permits_only_what_it_says(pack: Pack) -> None:
    assert pack.permitting(Act.WITHDRAW, "sailing_permit") == ["port_act.3", "port_act.9"]
    assert pack.permitting(Act.WITHDRAW, "berth_fine") == ["port_act.9"]
    assert pack.permitting(Act.ERASE, "sailing_permit") == ["port_act.9"]


@pytest.mark.parametrize("pack_id", ["template", "cn", "us_nyc", "uk_fhrs", "kr_cp", "sg_mom"])
def test_no_shipped_article_permits_an_act_that_it_does_not_speak_of(pack_id: str) -> None:
    pack, _ = read_pack(find_pack(pack_id))
    assert pack is not None
    speaking = [a for a in pack.articles.values() if a.permits is not None]
    for article in speaking:
        assert article.permits is not None
        for act in article.permits.acts:
            assert act.value in article.paraphrase["en"].lower()
