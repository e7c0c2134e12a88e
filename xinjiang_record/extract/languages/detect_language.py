"""Find which language a piece of text is in, from its script and its common words."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path

from xinjiang_record.errors import UsageError
from xinjiang_record.extract.languages.load_language import language_codes, load_language
from xinjiang_record.extract.languages.writing import languages_of_script, writing
from xinjiang_record.schema.check_toml import Shape, read_toml

SAMPLE = 4000  # letters of a text that are looked at
FEWEST_WORDS = 10  # words of a text that is long enough to say that its language is not read
LEAST_SHARE = (
    0.08  # share of common words in prose; in the languages that are read it is 0.1 to 0.5
)
LEAST_AHEAD = 2  # common words of a language that a text has more than of the next one
_LETTERS = {
    "Kore": re.compile("[\uac00-\ud7af]"),
    "Hani": re.compile("[\u3400-\u9fff\u3040-\u30ff]"),
    "Deva": re.compile("[\u0900-\u097f]"),
    "Cyrl": re.compile("[\u0400-\u04ff]"),
    "Arab": re.compile("[\u0600-\u06ff]"),
    "Latn": re.compile("[A-Za-z\u00c0-\u024f]"),
}
_UNREAD = Path(__file__).parent.parent / "unread_languages.toml"
_UNREAD_SHAPE = Shape(required={"common_words": {str: [str]}})
_KANA = re.compile("[\u3040-\u30ff]")
_WORD = re.compile(r"[^\W\d_]+['’]?")


def detect_language(text: str, default: str = "") -> str:
    """Return the code of the language of ``text``, or ``default`` where nothing shows it."""
    return _detect(text[:SAMPLE]) or default


def is_sure_language(text: str) -> bool:
    """Return whether a text has several more words of its language than of any other."""
    ranked = _scores(text[:SAMPLE]).most_common(2)
    return len(ranked) == 1 or (len(ranked) == 2 and ranked[0][1] - ranked[1][1] >= LEAST_AHEAD)


def is_unread_language(text: str) -> bool:
    """Return whether a text is in none of the languages that are read.

    That is a script of none of them, or Latin letters with hardly a common word of any, or with
    more of a language that is known as one that is not read.
    """
    text = text[:SAMPLE]
    words = Counter(word.casefold() for word in _WORD.findall(text))
    script = _script(text)
    if not script:
        return bool(words)
    count = sum(words.values())
    if script != "Latn":
        return False
    best = max(sum(words[word] for word in own) for own in _common_words().values())
    other = max(sum(words[word] for word in own) for own in _unread_words().values())
    if count < FEWEST_WORDS:
        return other > best
    return best < LEAST_SHARE * count or (other > best and other >= LEAST_SHARE * count)


@lru_cache(maxsize=4096)
def _detect(text: str) -> str:
    ranked = _scores(text).most_common(2)
    if len(ranked) < 2:
        return "".join(code for code, _ in ranked)
    if not ranked[0][1]:
        return ""
    return "" if ranked[0][1] == ranked[1][1] else ranked[0][0]


@lru_cache(maxsize=4096)
def _scores(text: str) -> Counter[str]:
    """Return for each language of the script of a text how many of its words the text has."""
    languages = languages_of_script(_script(text))
    scores = Counter({code: len(own_letters(code).findall(text)) for code in languages})
    counts = Counter(word.casefold() for word in _WORD.findall(text))
    for word, count in counts.items():
        for code in _languages_with(word):
            if code in scores:
                scores[code] += count
    return scores


def _script(text: str) -> str:
    """Return the script of most letters of a text, or an empty text."""
    counts = {script: len(letters.findall(text)) for script, letters in _LETTERS.items()}
    counts["Latn"] //= 3  # a word has more letters than a sign of Han
    best = max(counts, key=lambda script: counts[script])
    if not counts[best]:
        return "Latn" if _LETTERS["Latn"].search(text) else ""
    return script_of_han(text) if best == "Hani" else best


def script_of_han(text: str) -> str:
    """Return Japanese script for a text with kana, else Han."""
    return "Jpan" if _KANA.search(text) else "Hani"


@cache
def own_letters(code: str) -> re.Pattern[str]:
    """Return the letters of a language that its neighbours do not have; case kept."""
    letters = writing(code).own_letters
    return re.compile(f"[{letters}]" if letters else "(?!)")


@cache
def _common_words() -> dict[str, frozenset[str]]:
    return {code: frozenset(load_language(code)["common_words"]) for code in language_codes()}


@cache
def _unread_words() -> dict[str, frozenset[str]]:
    found = read_toml(_UNREAD, _UNREAD_SHAPE, UsageError)["common_words"]
    return {code: frozenset(words) for code, words in found.items()}


@cache
def _words_to_languages() -> dict[str, tuple[str, ...]]:
    """Return for each common word the languages that have it."""
    common = _common_words()
    every = frozenset().union(*common.values())
    return {word: tuple(code for code in common if word in common[code]) for word in every}


def _languages_with(word: str) -> tuple[str, ...]:
    return _words_to_languages().get(word, ())
