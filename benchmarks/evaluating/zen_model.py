"""The scheme as a GoRules JSON decision model, as its editor would store it."""

from __future__ import annotations

from itertools import pairwise

#: From a subject's records (in order of time) to what the rules look at.
_INDICATORS = {
    "recent": "filter(inspections, #.day >= 20210702)",
    "failed": "filter($.recent, #.result in ['fail', 'closed'])",
    "fined": "filter(decisions, #.day >= 20200702 and #.kind != 'formal')",
    "visits": "len($.recent)",
    "last_result": "$.visits > 0 ? $.recent[$.visits - 1].result : null",
    "most_findings": "$.visits > 0 ? max(map($.recent, #.findings)) : null",
    "fail_share": "$.visits > 0 ? round(len($.failed) / $.visits, 4) : null",
    "penalties": "len($.fined) > 0 ? len($.fined) : null",
    "fines": "len($.fined) > 0 ? sum(map($.fined, #.amount)) : null",
}
#: Points and total; `{}` stands for where the indicators are.
_POINTS = {
    "last_result": "last_result",
    "fines": "fines",
    "p_penalties": "penalties == null ? 0 : min([penalties * 2.5, 20])",
    "p_fines": "fines == null ? 0 : min([round(fines * 0.0012, 1), 30])",
    "p_failures": ("fail_share == null ? 0 : fail_share >= 0.5 ? 14.5 : fail_share >= 0.2 ? 6 : 0"),
    "p_findings": "most_findings == null ? 0 : min([most_findings * 0.4, 8])",
    "p_last_failed": "last_result == 'fail' or last_result == 'closed' ? 7.5 : 0",
    "conduct": "min([$.p_failures + $.p_findings + $.p_last_failed, 22])",
    "total": "5 + $.p_penalties + $.p_fines + $.conduct",
}
#: last_result, total, fines -> grade; the first row that fits decides.
_GRADES = (
    ("== 'closed'", "", "", "'D'"),
    ("== null", "", "", "'N'"),
    ("", ">= 45", "", "'D'"),
    ("", ">= 25", "", "'C'"),
    ("", ">= 12", "", "'B'"),
    ("", "", ">= 2500", "'B'"),
    ("", "", "", "'A'"),
)


def model(*, from_records: bool) -> dict[str, object]:
    """The model that starts from the records of a subject, or from its indicators."""
    chain = [_node("request", "inputNode", {})]
    if from_records:
        chain.append(_expressions("indicators", _INDICATORS))
    chain += [_expressions("points", _POINTS), _table(), _node("response", "outputNode", {})]
    names = [str(node["id"]) for node in chain]
    edges = [
        {"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in pairwise(names)
    ]
    return {"nodes": chain, "edges": edges}


def _node(name: str, type_: str, content: dict[str, object]) -> dict[str, object]:
    place = {"x": 0, "y": 0}
    return {"id": name, "name": name, "type": type_, "position": place, "content": content}


def _expressions(name: str, values: dict[str, str]) -> dict[str, object]:
    listed = [{"id": key, "key": key, "value": value} for key, value in values.items()]
    return _node(name, "expressionNode", {"expressions": listed})


def _table() -> dict[str, object]:
    inputs = ("last_result", "total", "fines")
    rules = [
        {"_id": str(n), "i0": a, "i1": b, "i2": c, "o0": grade}
        for n, (a, b, c, grade) in enumerate(_GRADES)
    ]
    content: dict[str, object] = {
        "hitPolicy": "first",
        "passThrough": True,
        "inputs": [{"id": f"i{n}", "name": f, "field": f} for n, f in enumerate(inputs)],
        "outputs": [{"id": "o0", "name": "grade", "field": "grade"}],
        "rules": rules,
    }
    return _node("grades", "decisionTableNode", content)
