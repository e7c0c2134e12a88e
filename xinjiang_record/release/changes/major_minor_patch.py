"""Say which change is major, minor or a patch, by the Data Package version recipe, and why.

Major: fields or tables renamed, removed, reordered or retyped; a field added inside a table
(readers by position break); anything constrained more tightly. Minor: a table added, a constraint
loosened, rows added or retracted. Patch: values and words changed. A rename is seen as a removal
and an addition. Each constraint says itself which change of it is tighter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xinjiang_record.constraints.registry import is_tighter
from xinjiang_record.errors import ReleaseError, UsageError, VersionTooLowError
from xinjiang_record.model import Bump
from xinjiang_record.release.integrity.version_numbers import VERSION, check_version, version_key

LEVELS: tuple[Bump, ...] = ("major", "minor", "patch")
FIRST = "1.0.0"
MOST_DECLARED = 99_999  # a version above would leave no room below the six digits of VERSION
Counts = Mapping[str, Mapping[str, int]]
Schemas = Mapping[str, Mapping[str, Any]]
Reason = tuple[str, str]  # the level of a change, and the words
RETYPED = ("type", "format", "unit")  # a unit that changes changes what the number means


@dataclass(frozen=True, slots=True)
class Decision:
    """Hold what the next release is called and why.

    ``counts`` are the records added, changed, retracted and restored, by table. ``corrections``
    are the sentences about changed values that have a reason.
    """

    version: str
    bump: Bump
    reasons: tuple[str, ...]
    previous: str | None = None
    previous_id: str | None = None
    counts: Counts = field(default_factory=dict)
    corrections: tuple[str, ...] = ()


def decide_first(declare: str | None) -> Decision:
    """Return the decision for a package without a release."""
    return Decision(_declared(FIRST, declare), "first", ("First release.",))


def decide_next(
    newest: Mapping[str, Any],
    structure: Sequence[Reason],
    counts: Counts,
    words_changed: bool,
    declare: str | None,
) -> Decision:
    """Return the decision for the release after ``newest``, an entry of the ledger.

    Raises:
        VersionTooLowError: The declared version is smaller than the change needs.
        UsageError: The declared version is not a version.
    """
    found = [*structure, *_of_rows(counts)]
    if words_changed:
        found.append(("patch", "titles, descriptions or other words changed"))
    if not found:  # a structure that differs only in how it is written
        found.append(("patch", "the description changed in form"))
    bump = next(level for level in LEVELS if any(item == level for item, _ in found))
    reasons = tuple(
        f"{level}: {text}" for wanted in LEVELS for level, text in found if level == wanted
    )
    version = _declared(_next(newest["version"], bump), declare)
    return Decision(version, bump, reasons, newest["version"], newest["release_id"], counts)


def _of_rows(counts: Counts) -> list[Reason]:
    levels = {"added": "minor", "restored": "minor", "retracted": "minor", "changed": "patch"}
    return [
        (levels[word], f"{table}: {number:,} record{'s' if number > 1 else ''} {word}")
        for table, count in counts.items()
        for word, number in count.items()
        if number
    ]


def counts_rows(reason: str) -> bool:
    """Return whether a decision's reason is a number of records."""
    return re.search(r": [0-9,]+ records? [a-z]+$", reason) is not None


def _next(version: str, bump: Bump) -> str:
    major, minor, patch = version_key(version)
    raised = {"major": f"{major + 1}.0.0", "minor": f"{major}.{minor + 1}.0"}
    found = raised.get(bump, f"{major}.{minor}.{patch + 1}")
    if not VERSION.fullmatch(found):
        raise ReleaseError(
            f"The next version would be {found}: expected numbers of at most six digits."
        )
    return found


def _declared(needed: str, declare: str | None) -> str:
    if declare is None:
        return needed
    check_version(declare, needed)
    if version_key(declare) < version_key(needed):
        raise VersionTooLowError(
            f"The change needs at least version {needed}; {declare} was declared. "
            f"Declare {needed} or higher, or nothing."
        )
    if max(version_key(declare)) > MOST_DECLARED:
        raise UsageError(
            f"{declare} was declared: expected no number above {MOST_DECLARED}, so that there are "
            f"numbers left for later versions. Declare {needed}, or nothing."
        )
    return declare


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
