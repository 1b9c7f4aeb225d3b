"""A register that may be read and not written: what each act says then.

    python -m tests.durability.read_only FOLDER user
    unshare --map-root-user --mount python -m tests.durability.read_only FOLDER mount

The first takes away the right to write (of another user, if we are root), the second mounts
the node's folder read-only. Prints a JSON object: act -> what it gave, or the refusal.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.durability.work import CLOCK, NOTED, Worker, never

from goodstanding.kernel import GoodStandingError
from goodstanding.register import NewEvent, Node, verify
from goodstanding.register.erase import erase

_NOBODY = 65534


def lock(folder: Path, how: str) -> None:
    """Nothing can be written in ``folder`` from here on."""
    if how == "mount":
        subprocess.run(["mount", "--bind", folder, folder], check=True)
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        return
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    if os.geteuid() == 0:
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)


def main(folder: Path, how: str) -> None:
    node, event = folder / "node", NewEvent("hearing", {"berth": "N1"})
    Node.create(node, "register.example/lumen", "harbour", "cd", CLOCK, noted=NOTED)
    worker = Worker(node, "w", Random(1), os.open(os.devnull, os.O_WRONLY), [], never)
    worker.act("deliver")
    Node.open(node).index.consume()
    lock(node, how)
    words = {"basis": "port_act.12", "by": "officer", "reason": "asked"}
    acts: dict[str, Callable[[], object]] = {
        "verify": lambda: verify(node).verified,
        "open": lambda: Node.open(node).log.checkpoint().head.size > 1,
        "records": lambda: len(Node.open(node).log.records([2], noted=NOTED)) == 1,
        "records_of": lambda: Node.open(node).records_of("lum-ship:0", noted=NOTED) != [],
        "prove": lambda: Node.open(node).log.inclusion_proof(1).leaf == 1,
        "submit": lambda: Node.open(node).log.submit(event, clock=CLOCK, noted=NOTED),
        "append": lambda: Node.open(node).log.append([event], clock=CLOCK, noted=NOTED),
        "erase": lambda: erase(Node.open(node).log, [2], **words, clock=CLOCK, noted=NOTED),
        "create": lambda: Node.create(node / "x", "a.example/b", "p", "d", CLOCK, noted=NOTED),
    }
    told: dict[str, object] = {}
    for name, act in acts.items():
        try:
            told[name] = act()
        except GoodStandingError as error:
            told[name] = str(error)
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
