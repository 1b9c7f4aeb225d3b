"""The summary of a backtest: what was compared, what it rests on, and what it does not cover."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from goodstanding import __version__
from goodstanding.evaluation.backtest.coverage import listed_groups, on_page
from goodstanding.evaluation.backtest.model import AFTER, Findings, GroupState, Question
from goodstanding.kernel import instant_text
from goodstanding.register import Checkpoint


def summary_of(
    question: Question, found: Findings, digests: Mapping[str, str], checkpoint: Checkpoint
) -> dict[str, object]:
    """The members of backtest.json, but for the digests of its files."""
    today = [row for row in found.confusion if row.as_of == question.days[-1]]
    sides = {
        "candidate" if side == AFTER else "against": {
            "scheme": scheme.name,
            "version": scheme.version,
            "digest": digests[side],
            "pack_digest": scheme.pack.digest,
        }
        for side, scheme in question.sides.items()
    }
    known = question.known_at
    return {
        "candidate": sides["candidate"],
        "against": sides.get("against"),
        "as_of": [day.isoformat() for day in question.days],
        "known_at": None if known is None else instant_text(known),
        "origin": checkpoint.origin,
        "log_size": checkpoint.head.size,
        "root": checkpoint.head.root.hex(),
        "subjects": sum(row.subjects for row in today),
        "moved": sum(row.subjects for row in today if row.before != row.after),
        "by_group": None if question.group is None else question.group.name,
        "minimum_group": question.minimum,
        "groups": _groups(question, found, sum(row.subjects for row in today)),
        "sources": _sources(found),
        "bounds_moved": question.bounds,
        "software": {"goodstanding": __version__, "duckdb": version("duckdb")},
    }


def _groups(question: Question, found: Findings, subjects: int) -> dict[str, object] | None:
    """How many groups have figures, and which have none and why."""
    if question.group is None:
        return None
    groups = [group for group in found.coverage if group.value is not None]
    of = {state: [group for group in groups if group.state is state] for state in GroupState}
    unknown = [group for group in found.coverage if group.value is None]
    listed = listed_groups(question.group.fact)
    without = (GroupState.NOTHING_REPORTED, GroupState.NOT_EVALUATED, GroupState.NOT_COVERED)
    return {
        "all": len(groups),
        "listed": None if listed is None else len(listed),
        "shown": len(of[GroupState.SHOWN]),
        # Of whom the fact is not recorded: what is known of them, or that there are none.
        "not_recorded": unknown[0].state if unknown else None,
        "too_few": {
            "groups": sum(group.state is GroupState.TOO_FEW for group in found.coverage),
            "subjects": subjects - sum(group.subjects or 0 for group in found.coverage),
        },
        **{
            state.value: [{"value": group.value, "title": group.title} for group in of[state]]
            for state in without
        },
        "left_out_of_report": len(found.coverage) - len(on_page(found.coverage)),
    }


def _sources(found: Findings) -> dict[str, object]:
    """From which of the scheme's sources nothing was delivered that takes effect in the period."""
    silent = [row for row in found.sources if not row.in_period]
    return {
        "all": len(found.sources),
        "nothing_in_period": [
            {"item": row.item, "source": row.source, "earlier": row.earlier} for row in silent
        ],
    }
