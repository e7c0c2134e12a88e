"""Match printed names of areas of Xinjiang to the record's areas: Konasheher, Shufu, 疏附.

The list of areas is data of the ``detention-figures`` package (``raw/detention-figures/areas.csv``
and ``area_names.csv``) and nowhere else: an ``AreaIndex`` is made from its rows. The outcomes are
those of ``countries``: an exact key resolves, with or without the word for its kind ("County",
"县", "nahiyisi"); a name that two areas bear asks; a near one is proposed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xinjiang_record.reconcile.attached_words import any_of
from xinjiang_record.reconcile.normalize import key, tidy

NEAR = 78.0  # per cent of letters in common from which a name is proposed
PROPOSALS = 4
# What kind of unit a printed name says it is, and the units of the list that this fits.
_KINDS: list[tuple[re.Pattern[str], tuple[str, ...]]] = [
    (re.compile(rf"\s*{any_of(kind)}$", re.IGNORECASE), fitting)
    for kind, fitting in (
        ("prefecture", ("prefecture",)),
        ("county", ("county", "county_level_city")),
        ("city", ("county_level_city", "prefecture_level_city", "prefecture", "county")),
        ("district", ("district", "county")),
    )
]


@dataclass(frozen=True, slots=True)
class AreaMatch:
    """Hold one printed name with its outcome; ``area_id`` only when resolved."""

    name: str
    status: str
    area_id: str | None = None
    candidates: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the fields of ``xrecord reconcile --areas --format json``."""
        return {
            "name": self.name,
            "status": self.status,
            "area_id": self.area_id,
            "candidates": list(self.candidates),
        }


class AreaIndex:
    """Index the areas by the keys of their names.

    ``areas``: rows with area_id, area_type, parent_area_id; ``names``: area_id, name.
    """

    def __init__(
        self, areas: Iterable[Mapping[str, str]], names: Iterable[Mapping[str, str]]
    ) -> None:
        """Index the rows of the two tables."""
        rows = list(areas)
        self.types = {row["area_id"]: row["area_type"] for row in rows}
        self.keys: dict[str, set[str]] = {}
        self.alike: dict[
            str, set[str]
        ] = {}  # areas that share a name once its kind is left out: Hotan has three
        titled = [
            {"area_id": row["area_id"], "name": row.get("title", "")}
            for row in rows
            if row.get("title")
        ]
        for row in [*titled, *names]:
            for form in _forms(row["name"]):
                self.keys.setdefault(key(form), set()).add(row["area_id"])
        for group in self.keys.values():
            for area in group:
                self.alike.setdefault(area, set()).update(group)

    def reconcile(self, name: str) -> AreaMatch:
        """Return the area of one printed name."""
        text = tidy(name).strip(" ,;.，。、")
        for wanted, kinds in _readings(text):
            found = sorted(self.keys.get(key(wanted), ()))
            fitting = [area for area in found if kinds is None or self.types.get(area) in kinds]
            if fitting and kinds is None and not _has_kind(text):
                return _outcome(name, sorted(set().union(*(self.alike[area] for area in fitting))))
            if fitting:
                return _outcome(name, fitting)
        return AreaMatch(name, "unknown", None, self._near(key(text)))

    def reconcile_all(self, names: Sequence[str]) -> list[AreaMatch]:
        """Return the areas of many names, in their order."""
        return [self.reconcile(name) for name in names]

    def _near(self, wanted: str) -> tuple[str, ...]:
        from rapidfuzz import fuzz, process  # deferred: start-up

        if len(wanted) < 3:
            return ()
        found = process.extract(
            wanted, list(self.keys), scorer=fuzz.ratio, score_cutoff=NEAR, limit=2 * PROPOSALS
        )
        return tuple(
            dict.fromkeys(
                area for name, _score, _place in found for area in sorted(self.keys[name])
            )
        )[:PROPOSALS]


def _outcome(name: str, found: list[str]) -> AreaMatch:
    if len(found) == 1:
        return AreaMatch(name, "resolved", found[0], tuple(found))
    return AreaMatch(name, "ambiguous", None, tuple(found))


def _has_kind(text: str) -> bool:
    return any(pattern.search(text) and pattern.sub("", text) for pattern, _kinds in _KINDS)


def _forms(name: str) -> Iterator[str]:
    """Yield the name, and the name without the word for its kind."""
    yield name
    for pattern, _kinds in _KINDS:
        bare = pattern.sub("", name)
        if bare != name and len(key(bare)) > 1:
            yield bare


def _readings(text: str) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """Yield the ways to read a printed name, the strictest first.

    As printed; without its kind, among units of that kind; its half in brackets.
    """
    yield text, None
    for pattern, kinds in _KINDS:
        bare = pattern.sub("", text)
        if bare != text and key(bare):
            yield bare, kinds
    found = re.fullmatch(r"(.+?)\s*[(（](.+?)[)）]", text)
    if found:
        yield found[1], None
        yield found[2], None


def load(folder: Path) -> AreaIndex:
    """Return the index of the record's list: ``areas.csv`` and ``area_names.csv``."""
    with (
        open(folder / "areas.csv", encoding="utf-8", newline="") as areas,
        open(folder / "area_names.csv", encoding="utf-8", newline="") as names,
    ):
        return AreaIndex(list(csv.DictReader(areas)), list(csv.DictReader(names)))
