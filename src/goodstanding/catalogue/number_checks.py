"""The checks of identifier numbers: a closed list of algorithms, all of python-stdnum.

Invariant: a pack names a check of this list and nothing else; a module is loaded when a number
is checked with it, by this list's name alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol, cast

#: What a pack writes where numbers have no check character, or none that is known.
NO_CHECK = "none"


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """One algorithm. ``tells`` says whether it has check characters: a number of another kind
    then passes it only by chance, once in ten times or less."""

    module: str
    tells: bool = True


def _of(*modules: str, tells: bool = True) -> dict[str, NumberCheck]:
    return {f"stdnum.{module}": NumberCheck(f"stdnum.{module}", tells) for module in modules}


CHECKS: dict[str, NumberCheck] = {
    # The algorithms themselves, for numbers that are no more than digits and their check.
    **_of("luhn", "verhoeff", "damm", "iso7064.mod_11_2", "iso7064.mod_11_10"),
    **_of("iso7064.mod_37_2", "iso7064.mod_37_36", "iso7064.mod_97_10"),
    # Organisations and their establishments.
    **_of("lei", "cn.uscc", "kr.brn", "jp.cn", "tw.ubn", "in_.gstin", "au.abn", "au.acn"),
    **_of("br.cnpj", "ca.bn", "fr.siren", "fr.siret", "gb.vat", "gb.utr", "de.vat", "dk.cvr"),
    **_of("fi.ytunnus", "no.orgnr", "se.orgnr", "sg.uen"),
    **_of("us.ein", tells=False),
    # Persons: declared so that their numbers are recognised, whatever they are called.
    **_of("cn.ric", "kr.rrn", "jp.in_", "in_.aadhaar", "au.tfn", "br.cpf", "ca.sin", "fr.nir"),
    **_of("fr.nif", "gb.nhs", "de.idnr", "dk.cpr", "fi.hetu", "no.fodselsnummer"),
    **_of("se.personnummer"),
    **_of("us.ssn", "us.itin", "in_.pan", tells=False),
}


class _Module(Protocol):
    def is_valid(self, number: str) -> bool: ...


@cache
def check_of(name: str) -> Callable[[str], bool]:
    """Whether a number passes the check of this name, which is one of ``CHECKS``."""
    is_valid = cast(_Module, import_module(CHECKS[name].module)).is_valid

    def passes(number: str) -> bool:
        try:
            return is_valid(number)
        except (ValueError, LookupError):  # a number of another shape than the module expects
            return False

    return passes
