"""What may be recorded: packs, loaded and checked, with dated look-ups.

>>> from goodstanding.catalogue import load_pack
>>> pack = load_pack("us_nyc")
>>> pack.items["inspection_finding"].authorities
('dohmh',)
"""

from goodstanding.catalogue.documents import Document, read_document
from goodstanding.catalogue.ends import end_of, law_end, review_of
from goodstanding.catalogue.kept import FileChange, How, compare, keep_pack, load_kept
from goodstanding.catalogue.languages import check_language
from goodstanding.catalogue.load import find_pack, list_packs, load_pack, read_pack
from goodstanding.catalogue.misfits import misfits
from goodstanding.catalogue.model import (
    Act,
    Article,
    Authority,
    CodeRule,
    Confidence,
    ContractCheck,
    Effect,
    Fact,
    IdentifierScheme,
    Indefinite,
    Item,
    Label,
    Missing,
    NearKeys,
    Older,
    Pack,
    Parameter,
    ParameterValue,
    Permits,
    Persons,
    PersonsMark,
    Published,
    Repeats,
    SchemeFile,
    Source,
    SubjectKind,
    Table,
    TableValue,
    Titles,
    ToldBy,
    title,
    wording,
)
from goodstanding.catalogue.persons import lint_persons
from goodstanding.kernel import FactType

__all__ = [
    "Act",
    "Article",
    "Authority",
    "CodeRule",
    "Confidence",
    "ContractCheck",
    "Document",
    "Effect",
    "Fact",
    "FactType",
    "FileChange",
    "How",
    "IdentifierScheme",
    "Indefinite",
    "Item",
    "Label",
    "Missing",
    "NearKeys",
    "Older",
    "Pack",
    "Parameter",
    "ParameterValue",
    "Permits",
    "Persons",
    "PersonsMark",
    "Published",
    "Repeats",
    "SchemeFile",
    "Source",
    "SubjectKind",
    "Table",
    "TableValue",
    "Titles",
    "ToldBy",
    "check_language",
    "compare",
    "end_of",
    "find_pack",
    "keep_pack",
    "law_end",
    "lint_persons",
    "list_packs",
    "load_kept",
    "load_pack",
    "misfits",
    "read_document",
    "read_pack",
    "review_of",
    "title",
    "wording",
]
