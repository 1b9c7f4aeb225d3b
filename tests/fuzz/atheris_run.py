"""Fuzz one target by coverage.

python -m tests.fuzz.atheris_run TARGET CORPUS-FOLDER [libFuzzer arguments]

libFuzzer ends the process itself; status 0 means that nothing was found in the time given
with -max_total_time. What it finds lies where -artifact_prefix says.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["goodstanding.kernel", "goodstanding.register"]):
    from tests.fuzz.targets import TARGETS, withstand

#: Bytes; an input that needs more is a defect.
_MOST_MEMORY = 2 << 30


def main() -> None:
    name, corpus, *arguments = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_MEMORY, _MOST_MEMORY))
    target = TARGETS[name]
    for number, seed in enumerate(target.seeds + target.hostile):
        Path(corpus, str(number)).write_bytes(seed)
    atheris.Setup([sys.argv[0], *arguments, corpus], lambda data: withstand(target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
