"""Find the names in prose: in text that is not an item of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.find_labels import find_labels, is_neutral, whole_label
from xinjiang_record.extract.languages.load_language import language_codes, load_language
from xinjiang_record.extract.name_lists.cover_names import (
    AND,
    EDGE,
    GLUED_JOINTS,
    MAX_WORDS,
    has_particle,
)
from xinjiang_record.extract.name_lists.list_items import (
    CJK,
    THE,
    Item,
    may_begin_name,
    narrows,
    read_item,
)
from xinjiang_record.extract.name_lists.list_pieces import Piece
from xinjiang_record.reconcile.countries import exact

MAX_LETTERS = 16  # letters of one name in a script without spaces
_PARTICLE_BEHIND = re.compile(r"[(（](?P<name>[^()（）]+)[)）][\uac00-\ud7a3]{1,2}")  # Korean
_WORD = re.compile(r"[(（\[]*[^\s(（\[]+")
_STATES = re.compile(rf"(?:{either('joined_state_nouns')})$")


@dataclass(frozen=True, slots=True)
class Found:
    """Hold names in a text: offsets, and the item that they make."""

    start: int
    end: int
    item: Item


@lru_cache(maxsize=16384)
def find_names(text: str) -> tuple[Found, ...]:
    """Return the names in a piece of prose, from left to right, the longest that read."""
    return tuple(names_in_order(text))


def names_in_order(text: str) -> Iterator[Found]:
    """Give the names in a piece of prose one after another, for who needs the first ones only."""
    return _in_letters(text) if CJK.search(text) else _in_words(text)


def _in_words(text: str) -> Iterator[Found]:
    words = list(_WORD.finditer(text))
    place = 0
    while place < len(words):
        found = _at(text, words, place)
        if found is None:
            place += 1
            continue
        count, item = found
        end = words[place + count - 1].end()
        while text[end - 1] in EDGE + ")）":
            end -= 1
        yield Found(_first_letter(text, words[place].start()), end, item)
        place += count


def _without_brackets(text: str) -> str:
    """Return a text without a bracket at one of its ends that has no other half in it."""
    text = text.strip(EDGE)
    particle = _PARTICLE_BEHIND.fullmatch(text)
    if particle:
        return particle["name"]
    if text[:1] in "(（[" and text.count(text[0]) > sum(map(text.count, ")）]")):
        text = text[1:]
    if text[-1:] in ")）]" and sum(map(text.count, ")）]")) > sum(map(text.count, "(（[")):
        text = text[:-1]
    return text[1:-1] if text[:1] in "(（" and text[-1:] in ")）" else text


def _first_letter(text: str, start: int) -> int:
    while text[start] in EDGE + "(（[*•":
        start += 1
    return start


def _at(text: str, words: list[re.Match[str]], place: int) -> tuple[int, Item] | None:
    """Return how many words from ``place`` are names, and the item; None where none are."""
    if not may_begin_name(words[place][0]) or _is_part_of_name(words, place):
        return None
    best: tuple[int, Item] | None = None
    most = min(len(words), place + MAX_WORDS)
    for end in range(most, place, -1):
        last = words[end - 1][0]
        if not any(char.isalnum() for char in last) or _is_cut(words, end):
            continue
        if end - place > 1 and last.islower() and last.strip(EDGE) in THE:
            continue  # "Oman a demandé": a verb here, an article elsewhere
        if any(word[0][-1] in ".!?;:" and len(word[0]) > 4 for word in words[place : end - 1]):
            continue
        first, final = words[place].start(), words[end - 1].end()
        item = read_item(_without_brackets(text[first:final]))
        if item.kind == "names" and item.names:
            best = (end - place, item)
            break
    return best


def _is_part_of_name(words: list[re.Match[str]], place: int) -> bool:
    """Return whether a capital word right before makes it a part of another name: New Jersey."""
    if place == 0:
        return False
    raw = words[place - 1][0]
    before = raw.strip(EDGE + "()（）[]*•\"'")
    if not before or not before[0].isupper() or raw[-1] in ':.,;)!?»”"-–—':
        return False
    if before.lower() in _months():
        return False  # "on 6 October Cuba abstained"
    if before.lower() in THE or before.lower() in AND or _STATES.match(before.lower()):
        return False
    if place > 1 and is_neutral(f"{words[place - 2][0]} {raw}"):
        return False  # "країни ЄАВТ Ісландія"
    return not (find_labels(before) or is_neutral(before))


@cache
def _months() -> frozenset[str]:
    """Return the names of the months in all languages, in small letters."""
    return frozenset(
        name
        for code in language_codes()
        for form in load_language(code).get("months", {}).get("forms", ())
        for name in form.lower().split()
        if len(name) > 3
    )


def _is_cut(words: list[re.Match[str]], end: int) -> bool:
    """Return whether the word after ``end`` belongs to the name: "Jordan Smith"."""
    if end >= len(words):
        return False
    last, after = words[end - 1][0], words[end][0]
    if re.match(r"[(（\[]", after):
        rest = " ".join(word[0] for word in words[end : end + 6])
        found = re.match(r"[(（\[]([^()（）\[\]]*)[)）\]]", rest)
        return found is not None and narrows(found[1])
    bare = after.strip(EDGE + "\"'*•")
    if not bare or not bare[0].isupper() or last[-1] in '.!?:),;»”"':
        return False
    is_joining = bare.lower() in AND and not last.islower()  # "Jepang dan AS"
    if is_joining or _STATES.match(bare.lower()):
        return False
    return not (find_labels(bare) or whole_label(bare))


def _in_letters(text: str) -> Iterator[Found]:
    """Yield names in a script that puts no space between words."""
    place = 0
    while place < len(text):
        if not text[place].isalpha():
            place += 1
            continue
        end = _letters_at(text, place)
        if end is None:
            place += 1
            continue
        while (joint := _joint(text, end)) and (more := _letters_at(text, end + joint)):
            end = more
        item = read_item(text[place:end])
        if item.kind == "names":
            yield Found(place, end, item)
        place = end


def _joint(text: str, place: int) -> int:
    return max((len(joint) for joint in GLUED_JOINTS if text.startswith(joint, place)), default=0)


def _letters_at(text: str, place: int) -> int | None:
    for end in range(min(len(text), place + MAX_LETTERS), place + 1, -1):
        wanted = text[place:end]
        if wanted[-1].isalnum() and exact(wanted) is not None:
            return end
    return None


def is_parted_by_particle(piece: Piece, end: int, start: int) -> bool:
    """Return whether only a space is between two names, and the first one has a particle."""
    return (
        end > 0 and piece.text[end:start].isspace() and has_particle(piece.text[:end].split()[-1])
    )
