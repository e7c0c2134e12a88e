"""Give the words for numbers, qualifiers, units and quantities of one language, from its data file.

A language's words are used for text in that language alone: "on" is ten in Turkish, "bin" a
thousand, "elf" eleven in German. Chinese and Japanese are read together as ``cjk``: a number in
Han characters does not show which of the two it is in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.load_language import language_codes, load_language
from xinjiang_record.extract.languages.writing import writing

# "of the", in the languages that put such words between a number and its noun.
_OF = rf"(?:(?:{either('number_of')})\s*(?:(?:{either('number_of_articles')})\s+)?)?"


@dataclass(frozen=True)
class FigureWords:
    """Hold the words that the figures of one language, or of two together, are read with."""

    code: str
    numbers: Mapping[str, int] = field(default_factory=dict)
    scales: Mapping[str, int] = field(default_factory=dict)
    alone: frozenset[str] = frozenset()
    ones: frozenset[str] = frozenset()
    about: Mapping[str, int] = field(default_factory=dict)
    inner: frozenset[str] = frozenset()
    joints: tuple[str, ...] | None = None
    suffixes: str = ""
    ordinals: Mapping[str, int] = field(default_factory=dict)
    fractions: Mapping[str, int] = field(default_factory=dict)
    multiples: Mapping[str, str] = field(default_factory=dict)
    digits: Mapping[str, int] = field(default_factory=dict)
    small: Mapping[str, int] = field(default_factory=dict)
    large: Mapping[str, int] = field(default_factory=dict)
    measure: str = ""
    parts_before: Mapping[str, str] = field(default_factory=dict)
    parts_of_next: Mapping[str, str] = field(default_factory=dict)
    parts_between: Mapping[str, str] = field(default_factory=dict)
    parts_behind: Mapping[str, str] = field(default_factory=dict)
    decimal_comma: bool = False
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    inner_after: str = "tens"
    needs_scale: bool = False
    shares: tuple[str, ...] = ()
    share_words: Mapping[str, int] = field(default_factory=dict)
    nouns: Mapping[str, str] = field(default_factory=dict)
    quantities: Mapping[str, str] = field(default_factory=dict)
    population: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_spaced(self) -> bool:
        """Return whether the language puts spaces between a number and the words around it."""
        return not any(writing(part).is_glued for part in languages_read_with(self.code))

    @property
    def is_noun_before(self) -> bool:
        """Return whether "number of" may be behind the noun that it counts."""
        return any(writing(part).is_verb_final for part in languages_read_with(self.code))

    def phrase(self, name: str) -> str:
        """Return a pattern of the section ``[figures]``, or one that matches nothing."""
        return self.phrases.get(name) or r"(?!)"


@cache
def figure_languages() -> tuple[str, ...]:
    """Return the codes of the languages whose figures are read; Chinese and Japanese as cjk."""
    codes = [code for code in language_codes() if "figures" in load_language(code)]
    alone = [code for code in codes if figure_code(code) == code]
    return (*alone, *dict.fromkeys(figure_code(code) for code in codes if code not in alone))


def figure_code(code: str) -> str:
    """Return the code of the words that the numbers of a language are read with."""
    return writing(code).numbers_with


@cache
def languages_read_with(code: str) -> tuple[str, ...]:
    """Return the languages that are read together under a code, Chinese before Japanese."""
    parts = [part for part in language_codes() if figure_code(part) == code]
    return tuple(sorted(parts, key=lambda part: writing(part).is_verb_final))


@cache
def script_of_figures(code: str) -> str:
    """Return the script of a language, or the one that has the letters of all that are joined."""
    return writing(languages_read_with(code)[-1]).script


@cache
def figure_words(code: str) -> FigureWords:
    """Return the words of a language that ``figure_languages`` names."""
    parts = [load_language(part) for part in languages_read_with(code)]
    numbers, figures = _merge(parts, "numbers"), _merge(parts, "figures")
    qualifiers = _merge(parts, "qualifiers")
    nouns = {unit: _any(words) for unit, words in _merge(parts, "units").items()}
    return FigureWords(
        code,
        numbers=_number_words(numbers),
        scales=numbers.get("scales", {}),
        alone=frozenset(numbers.get("alone", ())),
        ones=frozenset(numbers.get("one", ())),
        about=numbers.get("about", {}),
        inner=frozenset(numbers.get("inner", ())),
        joints=tuple(numbers["compound"]) if "compound" in numbers else None,
        suffixes=numbers.get("suffixes", ""),
        inner_after=numbers.get("inner_after", "tens"),
        needs_scale=bool(numbers.get("needs_scale")),
        ordinals=numbers.get("ordinals", {}),
        fractions=figures.get("fractions", {}),
        multiples=figures.get("multiples", {}),
        digits=numbers.get("digits", {}),
        small=numbers.get("small", {}),
        large=numbers.get("large", {}),
        measure=numbers.get("measure", ""),
        parts_before=numbers.get("parts_before", {}),
        parts_of_next=numbers.get("parts_of_next", {}),
        parts_between=numbers.get("parts_between", {}),
        parts_behind=numbers.get("parts_behind", {}),
        decimal_comma=bool(numbers.get("decimal_comma")),
        before={name: _any(words) for name, words in qualifiers.get("before", {}).items()},
        after={name: _any(words) for name, words in qualifiers.get("after", {}).items()},
        phrases={
            name: _any(words) if isinstance(words, list) else words
            for name, words in figures.items()
            if isinstance(words, str | list) and name != "share"
        },
        shares=tuple(part["figures"]["share"] for part in parts),
        share_words=figures.get("share_words", {}),
        nouns=nouns,
        quantities={name: _any(words) for name, words in _merge(parts, "quantities").items()},
        population={name: _any(words) for name, words in _merge(parts, "population").items()},
    )


@cache
def unit_patterns(code: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return for each unit the pattern of what follows a number that is counted in it."""
    words = figure_words(code)
    stop = words.phrases.get("stop", "").split()
    return tuple((unit, _unit_pattern(code, noun, stop)) for unit, noun in words.nouns.items())


def _merge(parts: Iterable[Mapping[str, Any]], section: str) -> dict[str, Any]:
    """Return one section of several files: lists and tables put together, patterns joined."""
    out: dict[str, Any] = {}
    for part in parts:
        out = _joined(out, part.get(section, {}))
    return out


def _joined(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(first)
    for name, value in second.items():
        old = out.get(name)
        if not old:
            out[name] = value
        elif isinstance(value, dict):
            out[name] = _joined(old, value)
        elif isinstance(value, list):
            out[name] = [*old, *value]
        elif isinstance(value, str) and value and value != old:
            out[name] = f"{old}|{value}"
    return out


def _any(words: Iterable[str]) -> str:
    return "|".join(word for word in words if word)


def _number_words(section: Mapping[str, Any]) -> dict[str, int]:
    out: dict[str, int] = dict(section.get("other", {}))
    for name, start, step in (
        ("from_zero", 0, 1),
        ("from_ten", 10, 10),
        ("tens", 20, 10),
        ("hundreds", 100, 100),
    ):
        for place, group in enumerate(str(section.get(name, "")).split()):
            out.update(dict.fromkeys(group.split("/"), start + step * place))
    return out


def _unit_pattern(code: str, noun: str, stop: Iterable[str]) -> re.Pattern[str]:
    """Return what may follow a number that counts this: up to three words, then the noun."""
    if not figure_words(code).is_spaced:
        return re.compile(rf"[\s\u00a0)\]）-]*(?:{noun})", re.IGNORECASE)
    words = "|".join(map(re.escape, stop)) or "(?!)"
    gap = rf"(?:(?!(?:{words})(?!\w))[^\W\d_][\w’'-]*\s+){{0,3}}?"
    return re.compile(rf"[\s\u00a0)\]-]*{_OF}{gap}(?:{noun})(?![^\W_])", re.IGNORECASE)
