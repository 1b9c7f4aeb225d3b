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
    }
    show_summary(summary, 2, Path("out"))
    shown = " ".join(capsys.readouterr().out.split())
    assert said in shown
    assert ("another grade" in shown) == (against is not None and subjects > 0)
