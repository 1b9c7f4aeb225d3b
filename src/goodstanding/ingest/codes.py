"""Compare codes by the rule that the contract states: with or without case and blanks."""

from __future__ import annotations

from collections.abc import Iterable

from goodstanding.catalogue import CodeRule, Fact
from goodstanding.ingest.sql import text


def fold_code(value: str, rule: CodeRule) -> str:
    """SQL: a code without what makes no difference under the rule."""
    if rule.fold_blanks:
        value = f"regexp_replace({value}, '\\s+', '', 'g')"
    return f"lower({value})" if rule.fold_case else value


def as_listed(value: str, codes: Iterable[str], rule: CodeRule) -> str:
    """SQL: the code of the catalogue that ``value`` is under the rule; itself if it is none."""
    if rule == CodeRule():
        return value
    cases = " ".join(
        f"WHEN {fold_code(text(code), rule)} THEN {text(code)}" for code in sorted(codes)
    )
    return f"CASE {fold_code(value, rule)} {cases} ELSE {value} END"


def clashing(fact: Fact, rule: CodeRule) -> tuple[str, str] | None:
    """Two codes of a fact that are one under the rule; None if there are none."""
    seen: dict[str, str] = {}
    for code in fact.codes:
        folded = "".join(code.split()) if rule.fold_blanks else code
        folded = folded.lower() if rule.fold_case else folded
        if folded in seen:
            return seen[folded], code
        seen[folded] = code
    return None
