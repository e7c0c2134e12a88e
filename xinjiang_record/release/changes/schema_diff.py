"""Compare two structures (tables, fields, constraints, keys) by the Data Package version recipe.

Major: fields or tables renamed, removed, reordered or retyped; a field added inside a table
(readers by position break); anything constrained more tightly. Minor: a table added, a constraint
loosened. A rename is seen as a removal and an addition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xinjiang_record.validate.constraints.registry import is_tighter

Schemas = Mapping[str, Mapping[str, Any]]
Reason = tuple[str, str]  # "major" or "minor", and the words
RETYPED = ("type", "format", "unit")  # a unit that changes changes what the number means


def compare_schemas(old: Schemas, new: Schemas) -> list[Reason]:
    """Return every difference of structure, with its level."""
    reasons: list[Reason] = [("major", f"table {name} removed") for name in old if name not in new]
    reasons += [("minor", f"table {name} added") for name in new if name not in old]
    both = [name for name in new if name in old]
    if both != [name for name in old if name in new]:
        reasons.append(("major", "tables reordered"))
    for name in both:
        reasons += _fields(name, old[name]["fields"], new[name]["fields"])
        reasons += _keys(name, old[name], new[name])
    return reasons


def _fields(
    table: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[Reason]:
    before, after = ({item["name"]: item for item in items} for items in (old, new))
    yield from (("major", f"{table}.{name} removed") for name in before if name not in after)
    yield from (("major", f"{table}.{name} added") for name in after if name not in before)
    both = [name for name in after if name in before]
    if both != [name for name in before if name in after]:
        yield "major", f"fields of {table} reordered"
    for name in both:
        where = f"{table}.{name}"
        for key in RETYPED:
            if before[name].get(key) != after[name].get(key):
                old_value, new_value = before[name].get(key), after[name].get(key)
                yield "major", f"{where}: {key} changed from {old_value} to {new_value}"
        if before[name].get("categories") != after[name].get("categories"):
            yield "minor", f"{where}: categories changed"
        yield from _constraints(
            where, before[name].get("constraints", {}), after[name].get("constraints", {})
        )


def _constraints(where: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Reason]:
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if before == after or (not before and not after and name in ("required", "unique")):
            continue
        tighter = is_tighter(name, before, after)
        yield (
            ("major" if tighter else "minor"),
            f"{where}: {name} {'tightened' if tighter else 'loosened'}",
        )


def _keys(table: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Reason]:
    if old.get("primaryKey") != new.get("primaryKey"):
        yield "major", f"{table}: primary key changed"
    for key, word in (("foreignKeys", "foreign key"), ("uniqueKeys", "unique key")):
        before, after = old.get(key, []), new.get(key, [])
        yield from (("major", f"{table}: {word} added") for item in after if item not in before)
        yield from (("minor", f"{table}: {word} removed") for item in before if item not in after)
