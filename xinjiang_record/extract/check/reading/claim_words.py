"""Give the words of one language that claims are read with, compiled.

They are those of ``[claims]`` in the language's file, and the cues of ``[labels]``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from xinjiang_record.extract.figures.figure_language import (
    clear_language,
    language_of_figures,
)
from xinjiang_record.extract.languages.detect_language import detect_language, script_of_han
from xinjiang_record.extract.languages.list_words import (
    KINDS,
    NOTHING,
    ListWords,
    Patterns,
    fold,
    list_words,
    word_source,
)
from xinjiang_record.extract.languages.load_language import DEFAULT, language_codes, load_language
from xinjiang_record.extract.languages.number_words import figure_code
from xinjiang_record.extract.languages.writing import languages_of_script

_VOTE_KINDS = ("voted_yes", "voted_no", "abstained")


@dataclass(frozen=True)
class ClaimWords:
    """Hold the compiled words of one language. A group that the language lacks matches nothing."""

    code: str
    lists: ListWords
    groups: Mapping[str, re.Pattern[str]]
    short_votes: Mapping[str, re.Pattern[str]]
    cues: Mapping[str, re.Pattern[str]]

    def __getitem__(self, name: str) -> re.Pattern[str]:
        """Return the pattern of a group of [claims]."""
        return self.groups.get(name, NOTHING)

    @property
    def figure_code(self) -> str:
        """Return the code of the words for numbers: Chinese and Japanese are read together."""
        return figure_code(self.code)


@cache
def claim_languages() -> tuple[str, ...]:
    """Return the codes of the languages whose claims are read."""
    return tuple(code for code in language_codes() if "claims" in load_language(code))


@cache
def claim_words(code: str) -> ClaimWords:
    """Return the compiled words of a language that ``claim_languages`` names."""
    language = load_language(code)
    script = language["script"]
    labels = language["labels"]
    short = labels["short"]
    return ClaimWords(
        code,
        list_words(code),
        Patterns({name: word_source(words, script) for name, words in language["claims"].items()}),
        Patterns(
            {
                kind: word_source(
                    [
                        word
                        for word in short.get(kind, ())
                        if len(re.sub(r"[\W_]", "", word)) >= (3 if script == "Latn" else 2)
                    ],
                    script,
                )
                for kind in _VOTE_KINDS
            }
        ),
        Patterns({kind: word_source(labels["cues"].get(kind, ()), script) for kind in KINDS}),
    )


@cache
def ordinal_words(code: str) -> tuple[tuple[int, re.Pattern[str]], ...]:
    """Return the words for "second" to "tenth" of a language, each with its number."""
    language = load_language(code)
    words = language["claims"].get("ordinals", ())
    script = language["script"]
    return tuple((place, re.compile(word_source([w], script))) for place, w in enumerate(words, 2))


@lru_cache(maxsize=4096)
def language_of(text: str, default: str) -> str:
    """Return the language that a sentence's claims are read in, or an empty text.

    Neighbours such as Italian and Spanish share small words, so the words of claims count too.
    """
    code = detect_language(text) or language_of_figures(text, default or DEFAULT)
    if code not in language_codes():  # Chinese and Japanese, which are read together
        code = languages_of_script(script_of_han(text))[0]
    if code not in claim_languages():
        return ""
    script = load_language(code)["script"]
    rivals = [one for one in claim_languages() if load_language(one)["script"] == script]
    if len(rivals) == 1:
        return code
    sure = clear_language(text, script, default)
    if sure in rivals:
        return sure
    folded = fold(text)
    scores = {one: _score(folded, one) for one in rivals}
    return max(rivals, key=lambda one: (scores[one], one == default, one == code, one == DEFAULT))


def _score(folded: str, code: str) -> int:
    """Return how many words of a sentence are of a language."""
    words = claim_words(code)
    common = frozenset(load_language(code)["common_words"])
    score = sum(word in common for word in re.findall(r"[^\W\d_]+", folded))
    score += sum(word in _month_names(code) for word in re.findall(r"[^\W\d_]+", folded))
    groups = (
        *("critical", "supportive", "spoken", "letter", "led", "held", "votes"),
        *("sanctions", "imposed", "parliament", "genocide", "humanity", "first_time"),
    )
    score += sum(2 * bool(words[name].search(folded)) for name in groups)
    score += 2 * bool(words.lists.any_cue.search(folded))
    return score + 2 * bool(words.lists.words["country_nouns"].search(folded))


@cache
def _month_names(code: str) -> frozenset[str]:
    """Return the full names of the months in a language."""
    forms = load_language(code).get("months", {}).get("forms", [])
    return frozenset(word for form in forms for word in form.lower().split() if len(word) > 3)
