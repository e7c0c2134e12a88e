"""Check ``uniqueKeys`` of Data Package v2, which Frictionless 5.21 accepts and ignores (#937)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xinjiang_record.model import Finding, Place, Severity
from xinjiang_record.validate.constraints.field_rules import FieldRules

SHOWN = 100  # findings of one key


class UniqueKey:
    """One key, given each row that may repeat it, in order. A key with a missing value has no equal."""

    def __init__(
        self, names: Sequence[str], places: tuple[int, ...], checks: Sequence[FieldRules]
    ) -> None:
        self.names, self.places, self._checks = tuple(names), places, checks
        self._seen: dict[tuple[Any, ...], int] = {}
        self._found: list[tuple[int, int, list[str]]] = []
        self._count = 0

    def add_row(self, record: int, cells: list[str]) -> None:
        """Add one row; ``record`` is its number from 0."""
        if max(self.places) >= len(cells):
            return
        values = tuple(self._checks[place].cells(cells[place])[1] for place in self.places)
        try:
            if None in values:
                return
            first = self._seen.setdefault(values, record)
        except Exception:  # a value without a hash, such as a list, is not compared
            return
        if first != record:
            self._count += 1
            if len(self._found) < SHOWN:
                self._found.append((first, record, [cells[place] for place in self.places]))

    def repeated(self) -> Iterator[tuple[int, int, list[str]]]:
        """Yield rows that repeat a key, up to ``SHOWN``: the first row, the row (from 1), the cells."""
        yield from ((first + 1, record + 1, cells) for first, record, cells in self._found)

    def findings(self, shown: str, resource: str, severity: Severity) -> Iterator[Finding]:
        """Yield a finding for each row that repeats a key, up to ``SHOWN``."""
        for first, row, cells in self.repeated():
            key = ", ".join(
                f"{name} {cell!r}" for name, cell in zip(self.names, cells, strict=True)
            )
            more = f" ({self._count} rows repeat this key in all)" if self._count > 1 else ""
            message = f"row {row}: {key} stands in row {first} already, and uniqueKeys wants it once{more}."
            place = Place(shown, row)
            yield Finding(
                "unique-keys",
                message,
                place,
                resource=resource,
                field=self.names[0],
                severity=severity,
            )


def declared_keys(schema: Any, place: dict[str, int]) -> Iterator[list[str]]:
    """Yield the keys that a schema declares and whose fields the table has."""
    keys = schema.custom.get("uniqueKeys")
    for names in keys if isinstance(keys, list) else ():
        names = [names] if isinstance(names, str) else names
        if isinstance(names, list) and names and all(name in place for name in names):
            yield names
