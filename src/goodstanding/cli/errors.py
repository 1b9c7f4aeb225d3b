"""The commands' own refusals."""

from goodstanding.cli import stop
from goodstanding.kernel.errors import code

SYSTEM_REFUSED = code(
    "GS-CLI-001",
    "The system says of {file}: {reason}.",
    why="A file or folder that the command needs cannot be read or written.",
    remedy="Put it right and give the command again: what the log has acknowledged stands, and "
    "what it has not is not there.",
)

#: Said by ``stop``, which cannot wait until this module is imported.
STOPPED = code(stop.ID, stop.WHAT, why=stop.WHY, remedy=stop.REMEDY)
