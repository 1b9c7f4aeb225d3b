"""The expressions of a scheme: a small SQL subset as typed nodes.

Text becomes nodes in ``parse`` (the only reader), nodes get their meaning in ``evaluate``
(plain Python) and become SQL in ``sql``. Nothing else looks inside a node.

>>> from goodstanding.evaluation.language import Scope, evaluate, parse
>>> parse("true or false", Scope({}, {}, "column")).type
BooleanType()
"""

from goodstanding.evaluation.language.evaluate import Lookup, Observer, Value, evaluate, rescale
from goodstanding.evaluation.language.nodes import (
    MAX_SCALE,
    BooleanType,
    Compare,
    DateType,
    Decayed,
    Name,
    NameKind,
    Node,
    NumberType,
    ParameterRef,
    TextType,
    Type,
    Unit,
    scale_of,
    walk,
)
from goodstanding.evaluation.language.parse import (
    Scope,
    describe,
    parse,
    parse_condition,
    parse_number,
)
from goodstanding.evaluation.language.sql import to_sql

__all__ = [
    "MAX_SCALE",
    "BooleanType",
    "Compare",
    "DateType",
    "Decayed",
    "Lookup",
    "Name",
    "NameKind",
    "Node",
    "NumberType",
    "Observer",
    "ParameterRef",
    "Scope",
    "TextType",
    "Type",
    "Unit",
    "Value",
    "describe",
    "evaluate",
    "parse",
    "parse_condition",
    "parse_number",
    "rescale",
    "scale_of",
    "to_sql",
    "walk",
]
