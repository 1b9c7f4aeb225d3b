"""Write docs/reference/errors.md from the declared codes.

python -m tools.errors_page            writes the page
python -m tools.errors_page --check    fails if it is not current
"""

from __future__ import annotations

import importlib
import pkgutil
import string
import sys
from pathlib import Path

from tools.pages import write_or_check

import goodstanding
from goodstanding.kernel import Code, all_codes

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "errors.md"
_HEAD = """# Errors

Every refusal has a stable code, says what happened and why, and what to do. This page is
written from the code by `tools/errors_page.py`; a test holds that it is current.
"""


def errors_page() -> str:
    """The page, by package and number."""
    for module in pkgutil.walk_packages(goodstanding.__path__, "goodstanding."):
        importlib.import_module(module.name)
    parts, area = [_HEAD], ""
    for code in all_codes():
        if area != (area := code.id.split("-")[1]):
            parts.append(f"\n## {area.capitalize()}\n")
        parts.append(_entry(code))
    return "\n".join(parts)


def _entry(code: Code) -> str:
    what = _readable(code.what)
    return (
        f"### {code.id}\n\n{what}\n\n*Why:* {code.why}\n\n*What to do:* {_readable(code.remedy)}\n"
    )


def _readable(template: str) -> str:
    """``{field!r}`` becomes *field*, so that the sentence reads as one."""
    parts = string.Formatter().parse(template)
    return "".join(
        text + (f"*{field.split('!')[0]}*" if field else "") for text, field, *_ in parts
    )


def main() -> int:
    """Write or check the page."""
    return write_or_check(errors_page(), PAGE)


if __name__ == "__main__":
    sys.exit(main())
