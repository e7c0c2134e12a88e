"""Read a printed name as a country or a body, or say why that is not certain.

A name that does not resolve is a finding with candidates (``unknown-country``,
``ambiguous-country``), unless a reviewed ``[[corrections]]`` entry of the same statement says how
it is read. "Did a comma go missing" is asked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xinjiang_record.reconcile import countries
from xinjiang_record.reconcile.iso3166 import english_name

# Bodies that have signed or spoken and are not states: they have no ISO code.
BODIES = {
    "European Union": "european-union",
    "the European Union": "european-union",
    "the EU": "european-union",
    "the secretary-general of the Gulf Cooperation Council": "gulf-cooperation-council",
}
BODY_NAMES = {
    "european-union": "European Union",
    "gulf-cooperation-council": "Secretary-General of the Gulf Cooperation Council",
}


@dataclass(frozen=True, slots=True)
class Name:
    """Hold a printed name as read.

    Attributes:
        iso3: The country, or None for a body that is not a state.
        english: The English short name.
        key: The identifier within a statement.
        correction: The reason of the reading, where a ``[[corrections]]`` entry gave it.
    """

    iso3: str | None
    english: str
    key: str
    correction: str = ""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Hold why a printed name has no certain reading: type, message and candidates."""

    finding_type: str
    message: str
    candidates: tuple[str, ...]


MOST_WORDS = 20  # of two names, between which a comma may be missing


def resolve_name(
    printed: str, reading: Mapping[str, Any] | None, *, suggest: bool = True
) -> Name | Unresolved:
    """Return the country or body of a printed name, or why it is not certain.

    Args:
        printed: The name as printed.
        reading: The statement's ``[[corrections]]`` entry for it, if there is one.
        suggest: Whether near names are looked for, which takes a millisecond for each name.
    """
    name, reason = (reading["read_as"], reading["reason"]) if reading else (printed, "")
    if name in BODIES:
        key = BODIES[name]
        return Name(None, BODY_NAMES[key], key, reason)
    match = countries.reconcile(name) if suggest else countries.find(name)
    if match is None:
        return Unresolved("unknown-country", f'"{printed}" is not the name of a country.', ())
    if match.iso3:
        return Name(match.iso3, english_name(match.iso3), match.iso3, reason)
    kind = "ambiguous-country" if match.status == "ambiguous" else "unknown-country"
    return Unresolved(kind, _explain(printed, match), match.candidates)


def _explain(printed: str, match: countries.Match) -> str:
    pair = _missing_comma(printed)
    unknown = f'"{printed}" is not the name of a country.'
    if pair:
        return f"{unknown} Did a comma go missing ({pair[0]}, {pair[1]})?"
    shown = ", ".join(f"{code} {english_name(code)}" for code in match.candidates)
    entry = "a [[corrections]] entry"
    if match.status == "ambiguous":
        return f'"{printed}" can be {shown}. Say which in {entry} of this statement, with a reason.'
    ask = f" Is it {shown}?" if shown else ""
    return f"{unknown}{ask} Correct the name, or say how it is read in {entry}."


def _missing_comma(printed: str) -> tuple[str, str] | None:
    words = printed.split()
    if len(words) > MOST_WORDS:
        return None
    for cut in range(1, len(words)):
        halves = (" ".join(words[:cut]), " ".join(words[cut:]))
        first, second = map(countries.find, halves)
        if first and second and first.iso3 and second.iso3:
            return english_name(first.iso3), english_name(second.iso3)
    return None
