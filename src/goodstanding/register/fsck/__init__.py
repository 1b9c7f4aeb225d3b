"""The check of a register from its files alone, apart from the code that writes them.

It reads checkpoint, segments, digests and tiles, makes every byte that follows from the rows
a second time, by docs/formats/0001, RFC 6962 and C2SP tlog-tiles, and compares.

>>> from pathlib import Path
>>> from goodstanding.register.fsck.settle import Place
>>> Place(0, 1234067, 256).path
'tile/0/x001/x234/067'
"""

from goodstanding.register.fsck.check import verify
from goodstanding.register.fsck.follow import Follower
from goodstanding.register.fsck.report import Finding, Step, VerifyReport

__all__ = ["Finding", "Follower", "Step", "VerifyReport", "verify"]
