"""What every other package stands on: words, dates, numbers, bytes, and how we refuse.

>>> from goodstanding.kernel import Identifier, canonical_bytes
>>> Identifier.parse("uscc:91350100M000100Y43")
Identifier(scheme='uscc', value='91350100M000100Y43')
>>> canonical_bytes({"b": 1, "a": "é"})
b'{"a":"\\xc3\\xa9","b":1}'
"""

from goodstanding.kernel.calendars import (
    Calendar,
    calendar_of,
    is_working_day,
    known_calendars,
    working_days_between,
)
from goodstanding.kernel.canonical import canonical_bytes, canonical_text
from goodstanding.kernel.clock import (
    Clock,
    FixedClock,
    SystemClock,
    day_of,
    instant_text,
    is_time_zone,
    parse_instant,
    today,
)
from goodstanding.kernel.errors import Code, GoodStandingError, Place, all_codes, code
from goodstanding.kernel.facts import FactType
from goodstanding.kernel.hashing import (
    EMPTY_ROOT,
    commitment,
    hash_hex,
    leaf_hash,
    node_hash,
)
from goodstanding.kernel.identifiers import Identifier
from goodstanding.kernel.noted import Noted
from goodstanding.kernel.numbers import Fixed, decimal_text, parse_fixed, ratio_half_up
from goodstanding.kernel.periods import Period, add_months
from goodstanding.kernel.persons import Nature, refuse_natural_person
from goodstanding.kernel.settings import read_settings

__all__ = [
    "EMPTY_ROOT",
    "Calendar",
    "Clock",
    "Code",
    "FactType",
    "Fixed",
    "FixedClock",
    "GoodStandingError",
    "Identifier",
    "Nature",
    "Noted",
    "Period",
    "Place",
    "SystemClock",
    "add_months",
    "all_codes",
    "calendar_of",
    "canonical_bytes",
    "canonical_text",
    "code",
    "commitment",
    "day_of",
    "decimal_text",
    "hash_hex",
    "instant_text",
    "is_time_zone",
    "is_working_day",
    "known_calendars",
    "leaf_hash",
    "node_hash",
    "parse_fixed",
    "parse_instant",
    "ratio_half_up",
    "read_settings",
    "refuse_natural_person",
    "today",
    "working_days_between",
]
