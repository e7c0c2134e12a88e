"""Compile the words of ``[lists]``, ``[labels]`` and ``[leads]`` of all languages.

A word in a language file is a regular expression over folded text (see ``fold``). A space is
any white space and an apostrophe for either apostrophe. Word boundaries are added here, except
in scripts that write no space between words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from xinjiang_record.extract.languages.load_language import language_codes, load_language
from xinjiang_record.extract.languages.writing import languages_of_script, writing

VOTES = ("voted_yes", "voted_no", "abstained")
EVENTS = (*VOTES, "signed", "joined", "withdrew", "aligned", "sponsored")
# What a cue may say next to an event: three whose event the context gives, and two that say that
# nothing was done.
KINDS = (*EVENTS, "supported", "opposed", "named_office", "absent", "not_signed")
_NO_SPACES = ("Hani", "Jpan", "Kore", "Deva")
DEVANAGARI = "\u0900-\u0963\u0970-\u097f"
_FOLDED = {
    **dict.fromkeys("’‘ʼ`´", "'"),
    **dict.fromkeys("أإآٱ", "ا"),
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ё": "е",
    "і̇": "і",
    "İ": "i",
    "İ".lower(): "i",
    "：": ":",
    "（": "(",
    "）": ")",
    "«": '"',
    "»": '"',
    "“": '"',
    "”": '"',
    "„": '"',
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
    "‐": "-",
    "‑": "-",
}
_VOWELED = re.compile("[\u0600-\u06ff]*[\u064b-\u0652\u0670][\u0600-\u06ff]*")
_VOWEL_MARKS = re.compile("[\u064b-\u0652\u0670]")
_TABLE = str.maketrans({sign: plain for sign, plain in _FOLDED.items() if len(sign) == 1})


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Return the text in small letters and with one form of each sign; its length is the same.

    An Arabic word without its vowel marks is shorter: spaces behind it take their place.
    """
    plain = text.translate(_TABLE)
    if _VOWEL_MARKS.search(plain):
        plain = _VOWELED.sub(_without_vowel_marks, plain)
    small = plain.lower()
    if len(small) == len(plain):
        return small
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in plain)


def _without_vowel_marks(found: re.Match[str]) -> str:
    return _VOWEL_MARKS.sub("", found[0]).ljust(len(found[0]))


class Patterns(Mapping[str, re.Pattern[str]]):
    """Map names to patterns, each compiled when it is first asked for: most never are."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        """Take the source of each pattern."""
        self._sources, self._compiled = sources, dict[str, re.Pattern[str]]()

    def __getitem__(self, name: str) -> re.Pattern[str]:
        """Return the pattern of a name.

        Raises:
            KeyError: no such name.
        """
        if name not in self._compiled:
            self._compiled[name] = re.compile(self._sources[name])
        return self._compiled[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names, in the order of the language file."""
        return iter(self._sources)

    def __len__(self) -> int:
        """Return the number of patterns."""
        return len(self._sources)


@dataclass(frozen=True, slots=True)
class ListWords:
    """Hold the compiled words of one language.

    A pattern that the language lacks matches nothing.
    """

    code: str
    script: str
    is_verb_final: bool
    short: Mapping[str, re.Pattern[str]]  # by kind: only where the label has no other word
    any_short: str
    any_cue: re.Pattern[str]
    words: Mapping[str, re.Pattern[str]]  # the other groups of [labels] and [lists], by name
    offices: re.Pattern[str]
    lead_after: re.Pattern[str]
    lead_before: re.Pattern[str]

    @property
    def cues(self) -> Mapping[str, tuple[re.Pattern[str], ...]]:
        """Return the cues by kind: anywhere in a sentence."""
        return _cues(self.code)

    @property
    def adjectives(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """Return the adjectives of states, each with its code."""
        return _adjectives(self.code)


NO_MATCH = r"(?!)"
NOTHING = re.compile(NO_MATCH)


def word_pattern(words: Iterable[str], script: str) -> re.Pattern[str]:
    """Return one pattern for words of a script, with the boundaries that the script has."""
    return re.compile(word_source(words, script))


def word_source(words: Iterable[str], script: str) -> str:
    """Return the source of ``word_pattern``."""
    sources = sorted((_source(word) for word in words), key=len, reverse=True)
    if not sources:
        return NO_MATCH
    either = f"(?:{'|'.join(sources)})"
    if script == "Deva":  # "re" counts no vowel sign as a letter: विपक्ष has पक्ष
        return rf"(?<![\w{DEVANAGARI}]){either}(?![\w{DEVANAGARI}])"
    if script in _NO_SPACES:
        return either
    letters = _attached_letters(script)
    prefix = rf"(?:[{letters}](?=\w{{3}}))?" if letters else ""
    return rf"(?<!\w){prefix}{either}(?!\w)"


@cache
def _attached_letters(script: str) -> str:
    """Return the letters that a language of a script attaches to the word behind them."""
    return "".join(writing(code).attached_letters for code in languages_of_script(script))


def _source(word: str) -> str:
    return fold(word).replace(" ?", r"\s*").replace(" ", r"\s+")


@cache
def list_words(code: str) -> ListWords:
    """Return the compiled words of one language."""
    language = load_language(code)
    script, lists, labels, leads = (
        language["script"],
        language["lists"],
        language["labels"],
        language["leads"],
    )
    short = {
        kind: rf"(?:{'|'.join(map(_source, words))})" if words else NO_MATCH
        for kind, words in labels["short"].items()
    }
    groups = {
        name: word_source(words, script)
        for name, words in [*lists.items(), *labels.items()]
        if name not in ("cues", "short")
    }
    every = [word for words in labels["cues"].values() for word in words]
    return ListWords(
        code,
        script,
        language["is_verb_final"],
        Patterns(short),
        "|".join(short.values()),
        word_pattern(every, script),
        Patterns(groups),
        word_pattern(leads["offices"], script),
        word_pattern(leads["after"], script),
        word_pattern(leads["before"], script),
    )


@cache
def _cues(code: str) -> Mapping[str, tuple[re.Pattern[str], ...]]:
    language = load_language(code)
    cues = language["labels"]["cues"]
    return {
        kind: tuple(word_pattern([word], language["script"]) for word in cues.get(kind, ()))
        for kind in KINDS
    }


@cache
def _adjectives(code: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    language = load_language(code)
    adjectives = language["leads"].get("adjectives", {})
    return tuple(
        (word_pattern(words, language["script"]), iso3) for iso3, words in adjectives.items()
    )


@cache
def all_words() -> tuple[ListWords, ...]:
    """Return the compiled words of every language."""
    return tuple(list_words(code) for code in language_codes())


@cache
def union(section: str, name: str) -> tuple[str, ...]:
    """Return the words of one group in all languages, folded, each once."""
    found = [fold(word) for code in language_codes() for word in load_language(code)[section][name]]
    return tuple(dict.fromkeys(found))


@cache
def pattern_of_all(section: str, name: str) -> re.Pattern[str]:
    """Return one pattern for a group of words in all languages, the longest words first."""
    by_script: dict[str, list[str]] = {}
    for code in language_codes():
        language = load_language(code)
        script = language["script"]
        kind = "Hani" if script in _NO_SPACES else "Arab" if script == "Arab" else "Latn"
        by_script.setdefault(kind, []).extend(language.get(section, {}).get(name, ()))
    parts = [
        word_source(dict.fromkeys(words), script) for script, words in by_script.items() if words
    ]
    return re.compile("|".join(parts)) if parts else NOTHING


_SCRIPTS = {
    "Latn": re.compile("[a-z\u00c0-\u024f]"),
    "Cyrl": re.compile("[\u0400-\u04ff]"),
    "Arab": re.compile("[\u0600-\u06ff]"),
    "Deva": re.compile("[\u0900-\u097f]"),
    "Jpan": re.compile("[\u3040-\u30ff\u3400-\u9fff]"),
    "Hani": re.compile("[\u3400-\u9fff]"),
    "Kore": re.compile("[\uac00-\ud7af]"),
}


def scripts_of(folded: str) -> set[str]:
    """Return the scripts whose letters a folded text has."""
    found = {name for name, letters in _SCRIPTS.items() if letters.search(folded)}
    if found >= {"Hani"} and re.search("[\u3040-\u30ff]", folded):
        found -= {"Hani"}
    elif "Hani" in found:
        found -= {"Jpan"}
    return found
