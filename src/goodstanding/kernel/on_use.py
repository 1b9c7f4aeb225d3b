"""Exports of a package that are imported when they are used.

A package whose ``__init__`` imports all of its modules makes everybody pay for all of them who
needs one. It names its exports by place instead::

    if TYPE_CHECKING:
        from package.check import Report, verify
    else:
        __getattr__ = on_use(__name__, {"check": "verify Report"})
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def on_use(package: str, exports: Mapping[str, str]) -> Callable[[str], object]:
    """The ``__getattr__`` (PEP 562) of ``package``, given the names that each module has.

    A name that is also a module's own would be that module once someone has imported it, so
    there is none.
    """
    places = {name: module for module, names in exports.items() for name in names.split()}
    if shadowed := places.keys() & exports.keys():
        raise ValueError(f"{package} has modules of the names {sorted(shadowed)}")

    def imported(name: str) -> object:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{package}.{places[name]}"), name)
        # Found at once the next time.
        setattr(sys.modules[package], name, found)
        return found

    return imported
