"""Find the state that speaks for the others, where a verb of speaking says so."""

from __future__ import annotations

import re
from functools import cache

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.find_labels import is_neutral
from xinjiang_record.extract.languages.list_words import all_words, fold, scripts_of
from xinjiang_record.extract.languages.load_language import language_codes, load_language
from xinjiang_record.extract.name_lists.list_items import CJK, Named, read_item
from xinjiang_record.extract.name_lists.prose_names import find_names
from xinjiang_record.reconcile.countries import Match, name_of

REACH = 90  # letters between a state and the verb of speaking
_STOP = re.compile(r"[;:.()，。、：（）]")
_SPEAKS_FOR = re.compile(
    rf"(?P<name>[\w ]{{3,30}}?)(?:['’]\w+)?\s+(?:{either('speaks_for')})", re.IGNORECASE
)


@cache
def _speakers() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of all languages in which who speaks for the others is ``name``."""
    sources = [
        word
        for code in language_codes()
        for word in load_language(code)["leads"].get("speaker", ())
    ]
    return (_SPEAKS_FOR, *map(re.compile, sources))


@cache
def _floors() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of all languages in which who has the floor is ``name``."""
    return tuple(
        re.compile(word)
        for code in language_codes()
        for word in load_language(code)["leads"].get("floor", ())
    )


@cache
def _office() -> re.Pattern[str]:
    words = "|".join(dict.fromkeys(word.offices.pattern for word in all_words()))
    return re.compile(rf"(?:{words})")


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    after = "|".join(dict.fromkeys(words.lead_after.pattern for words in all_words()))
    before = "|".join(dict.fromkeys(words.lead_before.pattern for words in all_words()))
    return re.compile(after), re.compile(before)


def find_lead(text: str) -> Match | None:
    """Return the one state that a text names as speaking or leading; None where it names none."""
    folded = fold(text)
    after, before = _patterns()
    for found in after.finditer(folded):
        lead = _first(text[found.end() : found.end() + REACH])
        if lead:
            return lead
    for found in before.finditer(folded):
        lead = _last(text[max(0, found.start() - REACH) : found.start()])
        if lead:
            return lead
    for pattern in _speakers():
        for found in pattern.finditer(text):
            item = read_item(found["name"].strip())
            if item.kind == "names" and len(item.names) == 1 and item.names[0].match.iso3:
                return item.names[0].match
    return None


def find_floor(text: str) -> Match | None:
    """Return the state that has the floor at the end of a text and speaks for others.

    A verbatim record writes "Mr. X (Cuba):" before a speech; the nearest one above is meant.
    """
    turns = [found for pattern in _floors() for found in pattern.finditer(text)]
    last = max(turns, key=lambda found: found.end(), default=None)
    if last is None or not _patterns()[1].search(fold(text[last.end() :])):
        return None
    item = read_item(last["name"].strip())
    return _state(item.names[0]) if item.kind == "names" and len(item.names) == 1 else None


def _first(text: str) -> Match | None:
    """Return the state at the beginning of a text, after its office."""
    piece = _STOP.split(text)[0].split(",")[0]
    found = find_names(piece)
    if not found or len(found[0].item.names) != 1:
        return _by_adjective(piece)
    lead = fold(piece[: found[0].start])
    return _state(found[0].item.names[0]) if _is_office(lead) else None


def _last(text: str) -> Match | None:
    """Return the state at the end of a text, before the verb, with its office or alone."""
    piece = _STOP.split(text)[-1]
    found = find_names(piece)
    if found and len(found[-1].item.names) == 1:
        between = fold(piece[found[-1].end :])
        if _is_office(between):
            return _state(found[-1].item.names[0])
        return None
    return _by_adjective(piece)


def _is_office(words: str) -> bool:
    """Return whether words next to a state name an office, or nothing else."""
    rest = _office().sub(" ", words)
    if is_neutral(rest):
        return True
    had_office = rest != words
    return had_office and len(rest.split()) <= 6


def _by_adjective(piece: str) -> Match | None:
    """Return the state of "the German ambassador"."""
    folded = fold(piece)
    if not _office().search(folded) or CJK.search(folded):
        return None
    scripts = scripts_of(folded)
    found = {
        iso3
        for words in all_words()
        if words.script in scripts
        for pattern, iso3 in words.adjectives
        if pattern.search(folded)
    }
    if len(found) != 1:
        return None
    iso3 = found.pop()
    return Match(name_of(iso3), "resolved", iso3, (iso3,), "named by an adjective")


def _state(named: Named) -> Match | None:
    return named.match if named.match.iso3 else None


def says_others(text: str) -> bool:
    """Return whether a text says that the list is of the others: "the other 6 countries"."""
    return bool(_OTHERS.search(fold(text)))


_OTHERS = re.compile(either("of_others"))
