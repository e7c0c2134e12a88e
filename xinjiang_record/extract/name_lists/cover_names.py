"""Cover a text by names: several names with nothing, or only "and", between them.

Every word (or letter, in scripts without spaces) must belong to a name or a joining word. The
cover with the fewest names wins; there is none where two different covers are as good.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from xinjiang_record.extract.languages.context_words import either, group_words
from xinjiang_record.extract.languages.list_words import union
from xinjiang_record.reconcile.countries import Match, exact

MAX_WORDS = 12  # words of one name ("the United Kingdom of Great Britain and Northern Ireland": 10)
MAX_ITEM_WORDS = 600  # words of one item in which names are looked for
MAX_LETTERS = 240  # letters of one item without spaces in which names are looked for
MAX_NAME_LETTERS = 24  # letters of one name in a script without spaces
EDGE = " \t\r\n,;:.!?。．、，；：،؛|\"“”„«»‘’'「」『』<>"
AND = frozenset(union("lists", "and"))
_ARTICLES = frozenset(union("lists", "articles"))
_ALSO_NAMES = frozenset(group_words("also_names"))
# What joins names in a script without spaces, the longest first.
GLUED_JOINTS = (*group_words("glued_joints"), "・", "·", "、")
_ATTACHED_AND = group_words("attached_and")
_STOPS = re.compile(r"[,;:!?。，；：、]$|(?<=[^\W\d_]{3})\.$")
_AND_ENDING = re.compile(rf"[\uac00-\ud7a3](?:{either('and_endings')})$")

_PARTICLE = re.compile(rf"[\uac00-\ud7a3](?:{either('case_particles')})$")

Reader = Callable[[str], "Match | None"]


@dataclass(slots=True)
class _Path:
    cost: float
    ways: int
    names: tuple[tuple[str, Match], ...]
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Cover:
    """Hold the names of a cover, and whether two of them have no separator between them."""

    names: tuple[tuple[str, Match], ...]
    is_missing: bool


def cover_words(text: str, match_name: Reader, may_begin: Callable[[str], bool]) -> Cover | None:
    """Return the cover of a text in a script with spaces; None where there is none."""
    spaced = text.replace("・", " ・ ").replace("·", " · ")
    words = re.sub(r"\s*([/&])\s*", r" \1 ", spaced).split()
    if not 1 < len(words) <= MAX_ITEM_WORDS or any(_STOPS.search(word) for word in words[:-1]):
        return None
    paths: list[_Path | None] = [_Path(0, 1, (), False)] + [None] * len(words)
    begins = list(map(may_begin, words))
    is_upper = text.isupper()
    joined = [
        not any(char.isalnum() for char in word)
        or (word.lower() in AND and (len(word) == 1 or not word.isupper() or is_upper))
        for word in words
    ]
    for end in range(1, len(words) + 1):
        before = paths[end - 1]
        if before is not None and joined[end - 1]:
            _better(paths, end, before)
        for start in range(max(0, end - MAX_WORDS), end):
            path = paths[start]
            if (
                path is None
                or not begins[start]
                or (joined[start] and words[start].lower() not in _ALSO_NAMES)
            ):
                continue
            if end - start > 1 and end < len(words) and words[end - 1] in _ARTICLES:
                continue  # "Si le Canada": the article of the next name
            name = " ".join(words[start:end]).strip(EDGE)
            match = match_name(name)
            if match is None or (end - start == len(words) and match.status == "ambiguous"):
                continue
            is_joint = not path.names or _is_joined(words, joined, start)
            if not is_joint and has_particle(words[start - 1]):
                continue  # "스웨덴이 중국에": what follows is another part of the sentence
            gap = path.is_missing or not is_joint
            _better(paths, end, _Path(path.cost + 1, path.ways, (*path.names, (name, match)), gap))
    return _cover(paths[-1], 2)


def _is_joined(words: list[str], joined: list[bool], start: int) -> bool:
    """Return whether a joining word, or one attached to a name, is before ``start``."""
    if start == 0 or joined[start - 1] or words[start].startswith(_ATTACHED_AND):
        return True
    return bool(_AND_ENDING.search(words[start - 1]))


def has_particle(word: str) -> bool:
    """Return whether a Korean name has a particle that says what part of the sentence it is."""
    bare = word.strip(EDGE)
    return bool(_PARTICLE.search(bare)) and exact(bare) is None


def cover_letters(text: str) -> Cover | None:
    """Return the cover of a text in a script that puts no space between words."""
    if not 2 <= len(text) <= MAX_LETTERS:
        return None
    paths: list[_Path | None] = [_Path(0, 1, (), False)] + [None] * len(text)
    for end in range(1, len(text) + 1):
        for joint in (*GLUED_JOINTS, " "):
            is_joint = end >= len(joint) and text.endswith(joint, 0, end)
            before = paths[end - len(joint)] if is_joint else None
            if before is not None:
                cost = before.cost + 0.01
                _better(paths, end, _Path(cost, before.ways, before.names, before.is_missing))
        for start in range(max(0, end - MAX_NAME_LETTERS), end - 1):
            path = paths[start]
            if path is None or not text[start].isalnum():
                continue
            match = exact(text[start:end])
            if match is None:
                continue
            has_joint = text[:start].endswith((*GLUED_JOINTS, " "))
            gap = path.is_missing or (bool(path.names) and not has_joint)
            names = (*path.names, (text[start:end], match))
            _better(paths, end, _Path(path.cost + 1, path.ways, names, gap))
    return _cover(paths[-1], 1)


def _better(paths: list[_Path | None], end: int, new: _Path) -> None:
    old = paths[end]
    if old is None or new.cost < old.cost - 0.005:
        paths[end] = _Path(new.cost, new.ways, new.names, new.is_missing)
    elif abs(new.cost - old.cost) <= 0.005:
        states = [[match.candidates for _, match in path.names] for path in (new, old)]
        if states[0] != states[1]:
            old.ways += new.ways


def _cover(path: _Path | None, least: int) -> Cover | None:
    if path is None or path.ways > 1 or len(path.names) < least:
        return None
    return Cover(path.names, path.is_missing)
