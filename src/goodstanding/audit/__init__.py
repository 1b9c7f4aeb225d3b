"""Who did and saw what: named events, in a log of their own.

Every act on a register and every look at what is not public is noted before it happens, and
``note`` returns the receipt without which no writer and no reader of payload can be called. The
access log has the register's format and its own key and origin, so it is checked the same way.
What may be noted is one published list (docs/reference/events.md).

>>> from goodstanding.audit import EVENTS
>>> EVENTS["file_explained"].kind
<Kind.LOOK: 'look'>
"""

from goodstanding.audit.access import AccessLog
from goodstanding.audit.events import EVENTS
from goodstanding.audit.found import found_node
from goodstanding.audit.model import COMMON_MEMBERS, Entry, EventType, Kind, Member, Need

__all__ = [
    "COMMON_MEMBERS",
    "EVENTS",
    "AccessLog",
    "Entry",
    "EventType",
    "Kind",
    "Member",
    "Need",
    "found_node",
]
