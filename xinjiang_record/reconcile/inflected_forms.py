"""Nominative forms of inflected names: "Wielkiej Brytanii", "Германии", "Deutschlands".

The endings are proposals only: a form counts where it is, letter by letter, a known name of that
language, and where all forms that are known name one state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice, product

MAX_WORDS, MAX_FORMS = 5, 400  # words of a name, forms of a name that are tried
# Endings of the genitive and the instrumental, with the ending of the nominative.
_POLISH = (
    "ii:ia ii:ie ji:ja ei:ea i:ia i:a y:a u: ów:y iej:a ej:a iego:i ego:y ich:ie ych:e :y :e iec:cy"
    " gier:gry igru:iger burga:burg aela:ael si:ś że:ża eża:eże ymi:e imi:ie ią:ia ą:a"
    " em: iem: ami:y i:e"
)
_UKRAINIAN = (
    "ії:ія ї:я и:а і:я у: ю:й я:й а: ої:а ої:я ої:ська их:і ів:и ею:я єю:я ією:ія ою:а ом: ем: :и"
    " ого:ий і:а і:ь ту:ет ю:ь ими:і"
)
_RUSSIAN = (
    "ии:ия ы:а и:я и:а и:ь а: я:й я:ь у: ой:ая ой:а ей:яя ей:я ией:ия их:ие ых:ые ов:ы ого:ый"
    " ом: ем:й :ы иев:ии ства:ство та:ет ыми:ые ими:ие"
)


def _table(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (pair.partition(":") for pair in text.split())
    return tuple((ending, nominative) for ending, _, nominative in pairs)


ENDINGS = {
    "de": (("s", ""),),
    "pl": _table(_POLISH),
    "uk": _table(_UKRAINIAN),
    "ru": _table(_RUSSIAN),
}
_CYRILLIC = re.compile("[\u0400-\u04ff]")


def nominative_forms(name: str, may_begin: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Yield (language, form) for each nominative that a name may be an inflected form of.

    Args:
        name: The name as printed.
        may_begin: Whether a known name begins with a word; forms of other words are left out.
    """
    words = name.split()
    if not 0 < len(words) <= MAX_WORDS or len(name) < 4 or not name[0].isupper():
        return
    languages = ("ru", "uk") if _CYRILLIC.search(name) else ("pl", "de")
    for language in languages:
        first = tuple(filter(may_begin, _forms(words[0], ENDINGS[language])))
        if not first:
            continue
        others = [tuple(_forms(word, ENDINGS[language])) for word in words[1:]]
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
