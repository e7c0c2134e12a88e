"""Read the words, letters and endings that stand with a name in print: ``attached_words.toml``.

Endings give nominative forms of inflected names: "Wielkiej Brytanii", "Германии", "Deutschlands".
They are proposals only: a form counts where it is, letter by letter, a known name of that language,
and where all forms that are known name one state.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Any

MAX_EXPANSIONS = 16  # ways to write the abbreviations of one name out
MAX_WORDS, MAX_FORMS = 5, 400  # words of a name, forms of a name that are tried
_CYRILLIC = re.compile("[\u0400-\u04ff]")


@cache
def load_words() -> Mapping[str, Mapping[str, Any]]:
    """Return the words of each language, by what they are."""
    return tomllib.loads(Path(__file__).with_name("attached_words.toml").read_text("utf-8"))


def any_of(kind: str) -> str:
    """Return a pattern for the words of a kind in all languages, the longest first."""
    words = {word for language in load_words().values() for word in language.get(kind, ())}
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))})"


_OFFICIAL = re.compile(rf"\s{any_of('of')}$", re.IGNORECASE)


@cache
def _endings(*, cyrillic: bool) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return the endings by language, each with that of the nominative."""
    return {
        language: tuple(
            (pair.partition(":")[0], pair.partition(":")[2]) for pair in words["endings"]
        )
        for language, words in load_words().items()
        if "endings" in words and words.get("is_cyrillic", False) is cyrillic
    }


def nominative_forms(name: str, may_begin: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Yield (language, form) for each nominative that a name may be an inflected form of.

    Args:
        name: The name as printed.
        may_begin: Whether a known name begins with a word; forms of other words are left out.
    """
    words = name.split()
    if not 0 < len(words) <= MAX_WORDS or len(name) < 4 or not name[0].isupper():
        return
    for language, endings in _endings(cyrillic=_CYRILLIC.search(name) is not None).items():
        first = tuple(filter(may_begin, _forms(words[0], endings)))
        if not first:
            continue
        others = [tuple(_forms(word, endings)) for word in words[1:]]
        for form in islice(product(first, *others), MAX_FORMS):
            if form != tuple(words):
                yield language, " ".join(form)


def _forms(word: str, endings: tuple[tuple[str, str], ...]) -> Iterator[str]:
    yield word
    if len(word) < 3:
        return
    for ending, nominative in endings:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            yield word[: len(word) - len(ending)] + nominative


def spelled_out(name: str) -> Iterator[str]:
    """Yield the name with its abbreviations written out: "Rep. of the Marshall Is."."""
    known = {
        short: full
        for words in load_words().values()
        for short, full in words.get("abbreviations", {}).items()
    }
    words = name.split()
    ways = [known.get(word.strip(".,"), [word]) for word in words]
    if len(words) > 2 * MAX_WORDS or all(
        word == way[0] for word, way in zip(words, ways, strict=True)
    ):
        return
    for form in islice(product(*ways), MAX_EXPANSIONS):
        yield " ".join(form)


def official_form(head: str, inner: str) -> str:
    """Return "Grand Duchy of Luxembourg" for the halves of "Luxembourg (Grand Duchy of)".

    Empty where what is in the brackets does not end in such a word.
    """
    return f"{inner} {head}" if _OFFICIAL.search(inner) else ""
