"""Check ``uniqueKeys`` of Data Package v2, which Frictionless 5.21 accepts and ignores (#937)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from xinjiang_record.model import Finding, Place

if TYPE_CHECKING:
    from frictionless import Schema
    from frictionless.table.row import Row

SHOWN = 100  # warnings of one key


class UniqueKey:
    """Hold one key, given each row that may repeat it, in order. A key with a null has no equal."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._seen: dict[tuple[Any, ...], int] = {}
        self._found: list[tuple[int, int, list[str]]] = []
        self._count = 0

    @property
    def words(self) -> str:
        """Return the names of the key's fields, for messages."""
        return ", ".join(self.names)

    def add_row(self, row: Row) -> int:
        """Add one of Frictionless's rows; return the number of an equal row, 0 for none."""
        row.errors  # noqa: B018 - all cells at once, so that errors are in the order of the cells
        try:
            values = tuple(row[name] for name in self.names)
            if None in values:
                return 0
            first = self._seen.setdefault(values, row.row_number)
        except (KeyError, TypeError, ArithmeticError):  # a missing cell, or a value without a hash
            return 0
        if first == row.row_number:
            return 0
        self._count += 1
        if len(self._found) < SHOWN:
            cells = dict(zip(row.field_names, map(str, row.cells), strict=False))
            self._found.append(
                (first, row.row_number, [cells.get(name, "") for name in self.names])
            )
        return first

    def repeated(self) -> Iterator[tuple[int, int, list[str]]]:
        """Yield rows that repeat a key, up to ``SHOWN``: the first row, the row, the cells."""
        yield from self._found

    def warnings(self, shown: str, resource: str) -> Iterator[Finding]:
        """Yield a warning for each row that repeats a key, up to ``SHOWN``."""
        for first, row, cells in self._found:
            pairs = zip(self.names, cells, strict=True)
            key = ", ".join(f"{name} {cell!r}" for name, cell in pairs)
            more = f" ({self._count} rows repeat this key)" if self._count > 1 else ""
            yield Finding(
                "unique-keys",
                f"row {row}: {key} is in row {first} too; uniqueKeys allows it once{more}.",
                Place(shown, row),
                resource=resource,
                field=self.names[0],
                severity="warning",
            )


def list_declared_keys(schema: Schema, place: dict[str, int]) -> Iterator[list[str]]:
    """Yield the keys that a schema declares and whose fields the table has."""
    keys = schema.custom.get("uniqueKeys")
    for names in keys if isinstance(keys, list) else ():
        names = [names] if isinstance(names, str) else names
        if isinstance(names, list) and names and all(name in place for name in names):
            yield names
