"""Find the clauses that are a condition: "if 500 people were held", "had Chile signed"."""

from __future__ import annotations

import re
from functools import cache

from xinjiang_record.extract.languages.list_words import NOTHING, list_words, word_source
from xinjiang_record.extract.languages.load_language import load_language
from xinjiang_record.extract.languages.writing import writing


def condition_at(folded: str, code: str) -> int | None:
    """Return the end of the word, such as "if", with which a condition begins, or None.

    In scripts with spaces such a word must begin a clause: in "the question if" it does not.
    "If not two million" supposes nothing: it says how sure a figure is.

    Args:
        folded: A sentence as ``fold`` returns it.
        code: Its language.
    """
    negation = list_words(code).words.get("negations", NOTHING)
    return next(
        (
            found.end()
            for found in _condition(code).finditer(folded)
            if not negation.match(folded[found.end() :].lstrip())
        ),
        None,
    )


@cache
def _condition(code: str) -> re.Pattern[str]:
    language = load_language(code)
    words = language.get("claims", {}).get("condition_of_clause", ())
    pattern = word_source(words, language["script"])
    if writing(code).script not in ("Latn", "Cyrl"):
        return re.compile(pattern)
    joiner = list_words(code).words.get("and", NOTHING).pattern
    return re.compile(rf"(?:^|[,;:–—]|\s-)\s*[\"']?(?:{joiner}\s+)?(?:{pattern})")
