"""A scheme is a draft until the log says that exactly these bytes are in force."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from goodstanding.catalogue import load_pack
from goodstanding.evaluation import Scheme, load_scheme
from goodstanding.evaluation.publishing import (
    BACKTEST_JSON,
    PublishedScheme,
    is_draft,
    publications,
    publish_scheme,
    published_as,
    scheme_digest,
    scheme_files,
)
from goodstanding.kernel import FixedClock, GoodStandingError, Noted
from goodstanding.register import Node

NOTED = Noted("test", 0)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

SCHEME = """\
id: berth_conduct
titles: {en: Conduct at berth}
authority: harbour_office
subject_kind: operator
act: port_act.3
version: 1
in_force: {from: 2020-01-01}
unit: count
selections:
  fines: {titles: {en: Fines}, article: port_act.3, items: [berth_fine]}
indicators:
  fines: {titles: {en: Fines}, of: fines, take: count}
rules:
  fines: {titles: {en: Fines}, article: port_act.3, points: fines}
grades:
  direction: lower_is_better
  labels: {A: {titles: {en: Quiet}}, B: {titles: {en: Blocks berths}}}
  order: [A, B]
  bands: [{grade: A}, {grade: B, from: param.many_fines, article: port_act.3}]
"""
TESTS = """\
cases:
  - name: before
    as_of: 2019-12-31
    records: [{item: berth_fine, effective_on: 2019-01-01}]
    expect: {refused: GS-SCHEME-020}
  - name: one
    as_of: 2026-01-01
    records: [{item: berth_fine, effective_on: 2025-01-01}]
    expect: {grade: A, total: 1}
  - name: two
    as_of: 2026-01-01
    records:
      - {item: berth_fine, effective_on: 2025-01-01}
      - {item: berth_fine, effective_on: 2025-01-02}
    expect: {grade: B, total: 2}
  - name: three
    as_of: 2026-01-01
    records:
      - {item: berth_fine, effective_on: 2025-01-01}
      - {item: berth_fine, effective_on: 2025-01-02}
      - {item: berth_fine, effective_on: 2025-01-03}
    expect: {grade: B, total: 3}
"""
MANY = """\
id: many_fines
titles: {en: Fines from which an operator blocks berths}
unit: count
values: [{from: 2015-01-01, value: 2, article: port_act.3}]
confidence: verified
"""


@pytest.fixture
def folder(harbour_folder: Path) -> Path:
    (harbour_folder / "schemes").mkdir()
    (harbour_folder / "schemes" / "berth_conduct.yaml").write_text(SCHEME, "utf-8")
    (harbour_folder / "schemes" / "berth_conduct.tests.yaml").write_text(TESTS, "utf-8")
    (harbour_folder / "parameters" / "many_fines.yaml").write_text(MANY, "utf-8")
    return harbour_folder


@pytest.fixture
def scheme(folder: Path) -> Scheme:
    return load_scheme(load_pack(folder), "berth_conduct")


@pytest.fixture
def node(tmp_path: Path, scheme: Scheme) -> Node:
    pack = scheme.pack
    return Node.create(
        tmp_path / "node", "lumen.example/register", pack.id, pack.digest, FixedClock(NOW),
        noted=NOTED,
    )  # fmt: skip


Report = Callable[[Scheme], Path]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """Writes a report about a scheme as it is now."""

    def write(scheme: Scheme) -> Path:
        made = tmp_path / "backtest"
        made.mkdir(exist_ok=True)
        (made / "report.html").write_text("<h1>Whom it moves</h1>", "utf-8")
        summary = {
            "candidate": {
                "scheme": scheme.name,
                "version": scheme.version,
                "digest": scheme_digest(scheme),
            },
            "sha256": {"report.html": sha256(b"<h1>Whom it moves</h1>").hexdigest()},
        }
        (made / BACKTEST_JSON).write_text(json.dumps(summary), "utf-8")
        return made

    return write


def publish(
    node: Node, scheme: Scheme, backtest: Path, act: str = "Order 4/2026"
) -> PublishedScheme:
    clock = FixedClock(NOW + timedelta(hours=1 + node.log.head.size))
    return publish_scheme(
        node, scheme, act=act, by="Harbour master", backtest=backtest, clock=clock, noted=NOTED
    )


def refused(node: Node, scheme: Scheme, backtest: Path, act: str = "Order 4/2026") -> str:
    size = node.log.head.size
    with pytest.raises(GoodStandingError) as raised:
        publish(node, scheme, backtest, act)
    assert node.log.head.size == size
    return raised.value.code.id


def test_it_rests_on_its_own_files(scheme: Scheme) -> None:
    names = [path.relative_to(scheme.pack.folder).as_posix() for path in scheme_files(scheme)]
    assert names == [
        "catalogue/berth_fine.yaml",
        "catalogue/sailing_permit.yaml",
        "parameters/many_fines.yaml",
        "schemes/berth_conduct.tests.yaml",
        "schemes/berth_conduct.yaml",
    ]


def test_a_draft_until_it_is_published(node: Node, scheme: Scheme, report: Report) -> None:
    assert is_draft(node, scheme, None, noted=NOTED)
    done = publish(node, scheme, report(scheme))
    assert (done.digest, done.act, done.by) == (
        scheme_digest(scheme), "Order 4/2026", "Harbour master",
    )  # fmt: skip
    assert not is_draft(node, scheme, None, noted=NOTED)
    assert list(publications(node.log.segments(), scheme.name)) == [done]


def test_no_scheme_of_a_draft_is_put_into_force(
    node: Node, scheme: Scheme, folder: Path, report: Report
) -> None:
    with (folder / "pack.yaml").open("a", encoding="utf-8") as head:
        head.write("draft: true\n")
    draft = load_scheme(load_pack(folder), "berth_conduct")
    assert refused(node, draft, report(draft)) == "GS-SCHEME-126"


def test_it_was_a_draft_before_that_was_known(node: Node, scheme: Scheme, report: Report) -> None:
    publish(node, scheme, report(scheme))
    assert is_draft(node, scheme, NOW, noted=NOTED)


def test_a_changed_number_is_a_draft_again(
    node: Node, scheme: Scheme, report: Report, folder: Path
) -> None:
    publish(node, scheme, report(scheme))
    number = folder / "parameters" / "many_fines.yaml"
    number.write_text(MANY.replace("value: 2", "value: 3"), "utf-8")
    assert is_draft(node, load_scheme(load_pack(folder), "berth_conduct"), None, noted=NOTED)


def test_the_newest_act_about_a_version_counts(
    node: Node, scheme: Scheme, report: Report, folder: Path
) -> None:
    first = publish(node, scheme, report(scheme))
    number = folder / "parameters" / "many_fines.yaml"
    number.write_text(MANY.replace("}]", "}, {from: 2027-01-01, value: 3, article: port_act.3}]"))
    changed = load_scheme(load_pack(folder), "berth_conduct")
    second = publish(node, changed, report(changed), act="Order 5/2026")
    assert (first.version, second.version) == (scheme.version, scheme.version)
    assert not is_draft(node, changed, None, noted=NOTED)
    number.write_text(MANY, "utf-8")
    assert is_draft(node, scheme, None, noted=NOTED)
    assert published_as(node.log.segments(), scheme, first.known_at) == first


def test_another_calendar_is_a_draft_again(
    node: Node, scheme: Scheme, report: Report, folder: Path
) -> None:
    publish(node, scheme, report(scheme))
    pack = folder / "pack.yaml"
    text = pack.read_text("utf-8")
    pack.write_text(re.sub("(?m)^calendar: .*$", "calendar: us", text), "utf-8")
    assert is_draft(node, load_scheme(load_pack(folder), "berth_conduct"), None, noted=NOTED)


def test_the_same_rules_do_not_go_into_force_twice(
    node: Node, scheme: Scheme, report: Report
) -> None:
    publish(node, scheme, report(scheme))
    assert refused(node, scheme, report(scheme)) == "GS-SCHEME-123"


def test_a_failing_test_keeps_it_out(
    node: Node, scheme: Scheme, report: Report, folder: Path
) -> None:
    backtest = report(scheme)
    tests = folder / "schemes" / "berth_conduct.tests.yaml"
    tests.write_text(TESTS.replace("grade: A, total: 1", "grade: B, total: 1"), "utf-8")
    assert refused(node, scheme, backtest) == "GS-SCHEME-120"


def test_files_changed_since_they_were_read(
    node: Node, scheme: Scheme, report: Report, folder: Path
) -> None:
    backtest = report(scheme)
    with (folder / "pack.yaml").open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    assert refused(node, scheme, backtest) == "GS-SCHEME-124"


def test_no_report(node: Node, scheme: Scheme, tmp_path: Path) -> None:
    assert refused(node, scheme, tmp_path / "nowhere") == "GS-SCHEME-121"


@pytest.mark.parametrize("text", ["", "[]", '{"candidate": 3}', '{"sha256": {}}', "nonsense"])
def test_no_readable_report(node: Node, scheme: Scheme, report: Report, text: str) -> None:
    made = report(scheme)
    (made / BACKTEST_JSON).write_text(text, "utf-8")
    assert refused(node, scheme, made) == "GS-SCHEME-121"


def test_a_report_that_is_not_whole(node: Node, scheme: Scheme, report: Report) -> None:
    made = report(scheme)
    (made / "report.html").write_text("<h1>Nobody</h1>", "utf-8")
    assert refused(node, scheme, made) == "GS-SCHEME-121"


def test_a_report_about_other_rules(
    node: Node, scheme: Scheme, report: Report, folder: Path
) -> None:
    made = report(scheme)
    number = folder / "parameters" / "many_fines.yaml"
    number.write_text(MANY.replace("verified", "known"), "utf-8")
    assert refused(node, load_scheme(load_pack(folder), "berth_conduct"), made) == "GS-SCHEME-122"


@pytest.mark.parametrize("act", ["", "  ", "Order\x07 4"])
def test_an_act_that_says_nothing(node: Node, scheme: Scheme, report: Report, act: str) -> None:
    assert refused(node, scheme, report(scheme), act) == "GS-SCHEME-125"
