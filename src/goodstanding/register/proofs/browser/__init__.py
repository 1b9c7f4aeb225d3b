"""The second verifier of proof bundles: one JavaScript file, and a page that uses it.

Invariant: nothing here is needed to verify in Python, and nothing there is needed here. Both
hold to docs/formats/0002-bundle.md and to the same vectors.

>>> "export async function verifyBundle" in verifier_script()
True
"""

from __future__ import annotations

from importlib.resources import files

_IMPORT = 'import { TITLES, verifyBundle } from "./verify-bundle.js";\n'


def verifier_script() -> str:
    """``verify-bundle.js``."""
    return files(__name__).joinpath("verify-bundle.js").read_text("utf-8")


def verifier_page() -> str:
    """``index.html``, which loads the script from beside it."""
    return files(__name__).joinpath("index.html").read_text("utf-8")


def standalone_page() -> str:
    """The page with the script in it: one file that works from a disk, without a server."""
    return verifier_page().replace(_IMPORT, verifier_script())
