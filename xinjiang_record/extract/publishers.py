"""Find the publishers of figures and the areas of Xinjiang that a text names.

The names are those of ``publishers.toml``: what is not in it is not found, and not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from xinjiang_record.errors import UsageError
from xinjiang_record.schema.check_toml import Shape, read_toml

Named = tuple[int, int, str]
_FILE = Path(__file__).with_name("publishers.toml")
_SHAPE = Shape(required={"publishers": {str: [str]}, "areas": {str: [str]}})


def publishers_in(text: str) -> list[Named]:
    """Return the publishers named in a text: start, end, the record's own name."""
    return list(_find(text, "publishers"))


def areas_in(text: str) -> list[Named]:
    """Return the areas named in a text: start, end, area id. The widest name of a place wins."""
    return list(_find(text, "areas"))


@lru_cache(maxsize=512)  # of sentences, and of what the rows of the record say
def _find(text: str, section: str) -> tuple[Named, ...]:
    found = [
        (match.start(), match.end(), name)
        for name, pattern in _patterns()[section].items()
        for match in pattern.finditer(text)
    ]
    out: list[Named] = []
    for item in sorted(found, key=lambda one: (one[0], -one[1])):
        if not out or item[0] >= out[-1][1]:
            out.append(item)
    return tuple(out)


@cache
def _patterns() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    names = read_toml(_FILE, _SHAPE, UsageError)
    return {
        section: {name: _compile(words) for name, words in names[section].items()}
        for section in ("publishers", "areas")
    }


def _compile(words: list[str]) -> re.Pattern[str]:
    """Return one pattern; names in letters of an alphabet begin and end at a word."""
    spaced = [
        word for word in words if not re.search("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", word)
    ]
    joined = [word for word in words if word not in spaced]
    letters = "A-Za-z0-9\u00c0-\u024f\u0400-\u04ff"
    parts = [rf"(?<![{letters}])(?:{'|'.join(spaced)})(?![{letters}])"] if spaced else []
    return re.compile("|".join([*parts, *joined]))
