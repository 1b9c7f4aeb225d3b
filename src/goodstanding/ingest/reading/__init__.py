"""From an agency's file to the table `delivered`: received, unpacked, decoded, split.

Whatever is not taken as it was sent is refused or said, with its place in the file.
"""

from goodstanding.ingest.reading.delivered import Delivered, open_delivered
from goodstanding.ingest.reading.received import receive

__all__ = ["Delivered", "open_delivered", "receive"]
