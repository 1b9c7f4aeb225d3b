"""The types of facts: what the catalogue declares, ingestion reads and the register seals."""

from enum import StrEnum


class FactType(StrEnum):
    """How a fact is written. Text and code, decimal and money differ only in the catalogue."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    BOOLEAN = "boolean"

    @property
    def is_number(self) -> bool:
        """Whether values are exact numbers."""
        return self in (FactType.INTEGER, FactType.DECIMAL, FactType.MONEY)
