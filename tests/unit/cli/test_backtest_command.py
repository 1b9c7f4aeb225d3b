"""What the command says of a backtest: one is one, and nobody is nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.cli.backtest_command import show_summary

SIDE = {"scheme": "test/small", "version": 2}


@pytest.mark.parametrize(
    ("subjects", "moved", "against", "said"),
    [
        (0, 0, SIDE, "on 2 days: nobody has a standing on the last one"),
        (1, 1, SIDE, "on 2 days: 1 subject on the last one"),
        (1, 1, SIDE, "1 has another grade than under version 2 of test/small"),
        (1_200, 0, SIDE, "0 have another grade than under version 2 of test/small"),
        (1_200, 0, None, "on 2 days: 1,200 subjects on the last one"),
        (1_200, 0, None, "there is no earlier version, so nothing is compared"),
    ],
)
def test_what_is_said(
    subjects: int,
    moved: int,
    against: dict[str, object] | None,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary: dict[str, object] = {
        "candidate": SIDE,
        "against": against,
        "subjects": subjects,
        "moved": moved,
        "groups": None,
        "sources": {"all": 1, "nothing_in_period": []},
    }
    show_summary(summary, 2, Path("out"))
    shown = " ".join(capsys.readouterr().out.split())
    assert said in shown
    assert ("another grade" in shown) == (against is not None and subjects > 0)


def test_groups_without_figures_and_silent_sources_are_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary: dict[str, object] = {
        "candidate": SIDE,
        "against": None,
        "subjects": 90,
        "moved": 0,
        "by_group": "registration.region",
        "groups": {
            "all": 12,
            "listed": 11,
            "shown": 1,
            "not_recorded": "shown",
            "too_few": {"groups": 2, "subjects": 5},
            "nothing_reported": [{"value": "a", "title": "Aland"}],
            "not_evaluated": [],
            "not_covered": [{"value": f"{n}", "title": f"[b]{n}[/]"} for n in range(8)],
            "left_out_of_report": 3,
        },
        "sources": {
            "all": 4,
            "nothing_in_period": [{"item": "fine", "source": None, "earlier": 0}],
        },
    }
    show_summary(summary, 2, Path("out"))
    shown = " ".join(capsys.readouterr().out.split())
    for said in (
        "by registration.region: 1 of 12 groups shown; the catalogue lists 11",
        "too few to show: 2 (with 5 subjects)",
        "nothing delivered: 1 (Aland)",
        "not covered: 8 ([b]0[/], [b]1[/], [b]2[/], [b]3[/], [b]4[/], [b]5[/] and 2 more)",
        "each of them by name in groups.parquet",
        "left out of report.html: 3; all are in groups.parquet",
        "nothing delivered in these days: 1 of 4 kinds of record (fine)",
    ):
        assert said in shown
    assert "nobody evaluated" not in shown
