"""Read "the only African state" and "the first joint statement": what is said to be alone or first.

A word such as "only" counts with the group or the noun that is next to it. "Only 15 countries"
says nothing of its own. What is next to no group and no noun is left to the reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from xinjiang_record.extract.check.reading.claim_words import ClaimWords, ordinal_words
from xinjiang_record.extract.languages.context_words import compiled, either
from xinjiang_record.extract.languages.writing import writing

REGIONS = ("central_asia", "latin_america", "africa", "asia", "europe", "americas", "oceania")
BLOCS = ("european_union", "arab", "gulf", "muslim")
AFTER, BEFORE = 46, 24  # letters around the word in which its group or noun is looked for
_NUMBER = re.compile(rf"\s*(?:{either('about_number')})?\s*[0-9]")
# "The first since 1989", "of this kind": words that narrow what is said to be first.
_NARROW = re.compile(rf"\b(?:{either('narrows_first')})\b|{either('narrows_first_unspaced')}")
_STATE = re.compile(either("state_signs"))
# The words behind "no" or "all" in which the group is: "six Gulf Cooperation Council".
_FIRST_WORDS = re.compile(r"(?:\W*\w+){1,6}")
_CLAUSE_END = re.compile(r"[.,;:。；，、()]")
NEAR_OWN = 12  # letters before an ordinal in which "its" is looked for
_ORDINAL = re.compile(
    rf"(?<![\w.,])([2-9]|1[0-9])(?:(?:{either('ordinal_endings')})(?!\w)|\.)(?=\s+[^\W\d])"
)
_TO = re.compile(rf"\s+(?:{either('first_to')})\b")


@dataclass(frozen=True, slots=True)
class Superlative:
    """Hold one "only" or "first". ``group`` is a region, a bloc, or empty for all states.

    ``noun`` is what is alone or first; it is empty if no word says.
    """

    start: int
    end: int
    group: str
    noun: str  # state, text, parliament, time, one ("the first to"), or empty
    is_narrow: bool = False  # whether more words say of which kind or time it is the first


@dataclass(frozen=True, slots=True)
class Scope:
    """Hold "no African state", "all six Gulf states": of which group all or none did something."""

    start: int
    end: int
    group: str
    is_none: bool


@dataclass(frozen=True, slots=True)
class Ordinal:
    """Hold one "second" or "3rd": its number, and whether a text or a time is counted.

    ``is_own`` is whether a word such as "its" is before it.
    """

    start: int
    end: int
    value: int
    noun: str  # text, time, or empty
    is_own: bool
    is_digits: bool


def read_scope(folded: str, words: ClaimWords) -> Scope | None:
    """Return the only "no" or "all" of a sentence that speaks of states, with their group.

    "All states" without a group is not one: which states it means is not clear.
    """
    if words.lists.is_verb_final or writing(words.code).is_glued:
        return None
    found = [
        (match, name == "no_state")
        for name in ("no_state", "every_state")
        for match in words[name].finditer(folded)
    ]
    if len(found) != 1:
        return None
    match, is_none = found[0]
    near = _FIRST_WORDS.match(folded, match.end())
    window = near[0] if near else ""
    verb = words.lists.any_cue.search(window)
    window = window[: verb.start()] if verb else window
    groups = _groups(window, words)
    if len(groups) > 1 or _noun(window, words)[0] in ("text", "parliament"):
        return None
    noun = words.lists.words["country_nouns"]
    if not groups and not (is_none and compiled(rf"\s*(?:{noun.pattern})").match(window)):
        return None
    return Scope(match.start(), match.end(), groups[0] if groups else "", is_none)


def read_only(folded: str, words: ClaimWords) -> tuple[Superlative | None, bool]:
    """Return the only "only" of a sentence, and whether each other one is before a number."""
    found, is_plain = [], True
    for match in words["only"].finditer(folded):
        if _NUMBER.match(folded, match.end()):
            continue
        is_plain = False
        found.append(_read(folded, match, words))
    if len(found) != 1 or found[0] is None or found[0].noun != "state":
        return None, is_plain
    return found[0], False


def read_first(folded: str, words: ClaimWords) -> Superlative | None:
    """Return the only "first" of a sentence that has a group or a noun."""
    times = list(words["first_time"].finditer(folded))
    if len(times) == 1:
        is_narrow = bool(_NARROW.search(folded))
        return Superlative(times[0].start(), times[0].end(), "", "time", is_narrow)
    found = [_read(folded, match, words) for match in words["first"].finditer(folded)]
    return found[0] if len(found) == 1 else None


def read_ordinals(folded: str, words: ClaimWords) -> list[Ordinal]:
    """Return the "second" to "tenth" of a sentence, without those of the names of bodies."""
    bodies = {
        at
        for name in ("third_committee", "other_body")
        for found in words[name].finditer(folded)
        for at in range(*found.span())
    }
    at = [
        (value, found.start(), found.end())
        for value, pattern in ordinal_words(words.code)
        for found in pattern.finditer(folded)
    ]
    at += [(int(found[1]), found.start(), found.end()) for found in _ORDINAL.finditer(folded)]
    found_all = (
        _ordinal(folded, item, words)
        for item in sorted(at, key=lambda item: item[1])
        if item[1] not in bodies
    )
    return [item for item in found_all if item.noun or not item.is_digits]


def _ordinal(folded: str, at: tuple[int, int, int], words: ClaimWords) -> Ordinal:
    value, start, end = at
    behind = _CLAUSE_END.split(folded[end : end + AFTER])[0]
    before = folded[max(0, start - BEFORE) : start]
    text = compiled(f"(?:{words['letter'].pattern})|(?:{words['spoken'].pattern})")
    is_own = bool(words["its"].search(before[-NEAR_OWN:]))
    noun = ""
    if words["times"].match(behind.lstrip()) or words["times"].search(folded, start, end):
        noun = "time"
    elif text.search(" ".join(behind.split()[:3])):
        noun = "text"
    elif is_own and not behind.strip():
        noun = "text"  # "its third"
    return Ordinal(start, end, value, noun, is_own, folded[start].isdigit())


def _read(folded: str, match: re.Match[str], words: ClaimWords) -> Superlative | None:
    after = re.split(r"[.;:。；]|,\s", folded[match.end() : match.end() + AFTER])[0]
    is_late = words.lists.is_verb_final or writing(words.code).is_glued
    low = max(0, match.start() - BEFORE) if is_late else match.start()
    before = folded[low : match.start()]
    windows = ((after, match.end()), (before, low))
    groups = [name for text, _ in windows for name in _groups(text, words)]
    if len(set(groups)) > 1:
        return None
    noun, at = _noun(after, words)
    is_narrow = bool(noun) and len(re.findall(r"[^\W_]+", after[:at])) > 1
    is_narrow = is_narrow or bool(_NARROW.search(folded))
    if not noun and _TO.match(folded, match.end()):
        noun = "one"  # "the first to call it genocide"
    if not noun:
        noun, _ = _noun(before, words)
    if groups and not noun:
        noun = "state"
    group = groups[0] if groups else ""
    return Superlative(match.start(), match.end(), group, noun, is_narrow)


def _noun(text: str, words: ClaimWords) -> tuple[str, int]:
    """Return what the nearest noun of a text says is meant, and its place."""
    nouns = words.lists.words["country_nouns"]
    patterns = {
        "state": nouns,
        "text": compiled(f"(?:{words['letter'].pattern})|(?:{words['spoken'].pattern})"),
        "parliament": words["parliament"],
    }
    at = {
        name: found.start() for name, pattern in patterns.items() if (found := pattern.search(text))
    }
    if not at and writing(words.code).is_unspaced and _STATE.search(text):
        return "state", 0
    name = min(at, key=lambda one: at[one]) if at else ""
    return name, at.get(name, 0)


def _groups(text: str, words: ClaimWords) -> list[str]:
    """Return the regions and blocs that a text names; a part of a region that is not read is odd.

    "Odd" is a group that the record does not have, so that nothing is compared with it.
    """
    out: list[str] = []
    taken: list[tuple[int, int]] = []
    unions = [found.span() for found in words["european_union"].finditer(text)]
    for name in (*REGIONS, *BLOCS):
        for found in words[name].finditer(text):
            if any(start < found.end() and found.start() < end for start, end in taken):
                continue
            if name == "europe" and any(low <= found.start() < high for low, high in unions):
                continue  # "European Union", "Unión Europea": the bloc, read below
            taken.append((found.start(), found.end()))
            out.append(name if not _is_part(text, found, words) else "odd")
    if "european_union" in out and "europe" in out:
        out = [name for name in out if name != "europe"]
    return list(dict.fromkeys(out))


def _is_part(text: str, found: re.Match[str], words: ClaimWords) -> bool:
    """Return whether a word such as "Western" makes a region a part of it."""
    before, after = text[: found.start()], text[found.end() :]
    near = re.search(r"[\w-]+[\s-]*$", before)
    if near and words["compass"].search(near[0]):
        return True
    behind = re.match(r"[\s-]*[\w-]+", after)
    is_behind = writing(words.code).is_adjective_last
    return bool(is_behind and behind and words["compass"].search(behind[0]))
