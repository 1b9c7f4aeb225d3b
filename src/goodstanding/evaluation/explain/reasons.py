"""The reasons of a standing in words: each with its points, figures, article and records."""

from __future__ import annotations

from goodstanding.catalogue import Titles
from goodstanding.evaluation.explain.base import Base
from goodstanding.evaluation.explain.records import explained_record
from goodstanding.evaluation.explain.weight import weight
from goodstanding.evaluation.explanation import Part
from goodstanding.evaluation.language import Node
from goodstanding.evaluation.model import (
    Bands,
    Counts,
    GradeException,
    Group,
    Joint,
    PerUnit,
    Points,
    ReasonKind,
    Rule,
)
from goodstanding.evaluation.results import Reason


def part(b: Base, reason: Reason) -> Part:
    """One reason, explained."""
    titles, words, source = _source(b, reason)
    rule = source if isinstance(source, Rule) else None
    selected = {
        (record.item, record.leaf): (record, b.scheme.selections[selection])
        for selection in (source.selections if source else ())
        for record in b.found.selected[selection]
    }
    weights = {
        key: weight(b, record, rule, source.indicators if source else ())
        for key, (record, _) in selected.items()
    }
    ordered = sorted(selected, key=weights.__getitem__, reverse=True)
    records = [explained_record(b, *selected[key], rule) for key in ordered]
    return Part(
        kind=str(reason.kind),
        id=reason.rule,
        title=b.title(titles),
        points=None if reason.points is None else str(reason.points),
        words=words,
        article=None if reason.article is None else b.article(reason.article),
        records=tuple(records),
    )


def _source(b: Base, reason: Reason) -> tuple[Titles, str, Rule | Joint | GradeException | None]:
    """The titles and the words of what a reason comes from, and that itself where it looks at
    records."""
    scheme = b.scheme
    match reason.kind:
        case ReasonKind.RULE:
            rule = scheme.rules[reason.rule]
            return rule.titles, _rule(b, rule), rule
        case ReasonKind.GROUP:
            group = scheme.groups[reason.rule]
            return group.titles, _group(b, group), None
        case ReasonKind.JOINT:
            joint = next(j for j in scheme.grades.joint if j.id == reason.rule)
            return joint.titles, _joint(b, joint), joint
        case ReasonKind.EXCEPTION:
            e = next(e for e in scheme.grades.exceptions if e.id == reason.rule)
            return e.titles, _exception(b, e), e
        case ReasonKind.ABSENCE if scheme.absence is not None:
            effect = b.say("gives", grade=b.grade(scheme.absence.grade))
            return scheme.absence.titles, _because(b, effect, scheme.absence.when), None
    parameter = scheme.parameters[scheme.base or ""]
    return parameter.titles, b.say("begins_with", number=b.number(parameter.id)), None


def _rule(b: Base, rule: Rule) -> str:
    said = [_points(b, rule)]
    for key, limit in (("at_most", rule.cap), ("at_least", rule.floor)):
        if limit is not None:
            said.append(b.say(key, limit=b.number(limit)))
    return b.phrases.listed(said, "semicolon")


def _points(b: Base, rule: Rule) -> str:
    if rule.per_record is not None:
        count = len(b.found.selected[rule.per_record.of])
        key = "per_record_one" if count == 1 else "per_record"
        said = b.say(key, number=b.phrases.records(count))
        said += b.say("decaying") if rule.per_record.decays else ""
        return _because(b, said, rule.when)
    match rule.points:
        case PerUnit():
            each = b.number(rule.points.points)
            said = b.say("per_unit", shown=b.shown(rule.points.of), each=each)
            return _because(b, said, rule.when)
        case Bands():
            return _because(b, _band(b, rule.points), rule.when)
        case Points():
            figures = b.figures(rule.when, rule.points.value)
            return b.phrases.listed(figures) or b.say("fixed")


def _because(b: Base, said: str, when: Node | None, *more: Node) -> str:
    """What is said, with the figures that its condition looks at."""
    figures = b.phrases.listed(b.figures(when, *more))
    return b.say("with_figures", effect=said, figures=figures) if figures else said


def _band(b: Base, bands: Bands) -> str:
    value, shown = b.value(bands.of), b.shown(bands.of)
    for step in reversed(bands.steps):
        if step.start is None or not isinstance(value, int):
            break
        if b.question.reaches(value, bands.of, step.start):
            return b.say("band_from", shown=shown, bound=b.number(step.start))
    return b.say("band_below", shown=shown)


def _group(b: Base, group: Group) -> str:
    said = [] if group.counts is Counts.ALL else [b.say(str(group.counts))]
    limits = [
        b.say(key, limit=b.number(limit))
        for key, limit in (("at_most", group.cap), ("at_least", group.floor))
        if limit is not None
    ]
    if limits:
        joined = b.phrases.listed(limits, "and")
        said.append(b.say("together", limits=joined, unit=b.phrases.unit(b.scheme.unit)))
    return b.phrases.listed(said, "semicolon")


def _joint(b: Base, joint: Joint) -> str:
    effect = b.say("leaves_at_best", grade=b.grade(b.found.joint[joint.id]))
    return _because(b, effect, None, joint.of)


def _exception(b: Base, e: GradeException) -> str:
    return _because(b, _effect(b, e), e.when)


def _effect(b: Base, e: GradeException) -> str:
    if e.grade is not None:
        return b.say("gives", grade=b.grade(e.grade))
    if e.carry is not None:
        return b.say("carries", grade=b.grade(str(b.value(e.carry))))
    if e.at_best is not None:
        return b.say("leaves_at_best", grade=b.grade(e.at_best))
    if e.at_worst is not None:
        return b.say("leaves_at_worst", grade=b.grade(e.at_worst))
    steps = b.fixed(e.down or "")
    return b.say("lowers_one") if steps.units == 1 else b.say("lowers", steps=steps)
