"""Find which language's words a sentence's numbers are read with, script by script."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from xinjiang_record.extract.languages.context_words import compiled
from xinjiang_record.extract.languages.detect_language import detect_language, own_letters
from xinjiang_record.extract.languages.load_language import (
    DEFAULT,
    language_codes,
    load_language,
)
from xinjiang_record.extract.languages.number_words import (
    figure_code,
    figure_languages,
    figure_words,
    script_of_figures,
)
from xinjiang_record.extract.languages.writing import languages_of_script, writing

SAMPLE = 1500  # letters from which a language is detected
_SCRIPTS = {
    "Jpan": r"\u3040-\u30ff\u3400-\u9fff\uff66-\uff9d",
    "Kore": r"\uac00-\ud7af\u1100-\u11ff",
    "Deva": r"\u0900-\u097f",
    "Arab": r"\u0600-\u065f\u066e-\u06ef\u06fa-\u06ff\u0750-\u077f",
    "Cyrl": r"\u0400-\u04ff",
    "Latn": r"A-Za-z\u00c0-\u024f\u1e00-\u1eff",
}
_LETTERS = {script: re.compile(f"[{letters}]") for script, letters in _SCRIPTS.items()}
_OTHERS = {
    script: re.compile(
        f"[{''.join(letters for other, letters in _SCRIPTS.items() if other != script)}]"
    )
    for script in _SCRIPTS
}


def language_of_figures(text: str, default: str = DEFAULT) -> str:
    """Return the code of the words to read the numbers of ``text`` with, by its main script."""
    counts = {script: len(pattern.findall(text)) for script, pattern in _LETTERS.items()}
    counts["Latn"] //= 4  # a word has more letters than a sign of Han
    script = max(counts, key=lambda name: counts[name])
    if not counts[script]:
        script = "Latn"
    return _code(script, text[:SAMPLE], default) or default


def readings(text: str, default: str) -> list[tuple[str, str]]:
    """Return for each script in a sentence its language, and the text with the rest blanked.

    The texts are as long as ``text``. A script whose language is not read gives nothing.
    """
    scripts = [script for script, pattern in _LETTERS.items() if pattern.search(text)]
    if not scripts:
        return [(default, text)]
    out = []
    for script in scripts:
        code = _code(script, text[:SAMPLE], default)
        if code:
            masked = text if len(scripts) == 1 else _OTHERS[script].sub("\u2060", text)
            out.append((code, masked))
    return out


def unread_language(text: str) -> str:
    """Return the code of a language whose figures are not read, or an empty text."""
    if not _LETTERS["Arab"].search(text):
        return ""
    code = detect_language(text) or _most_own_letters(text)
    if not code or figure_code(code) in figure_languages():
        return ""
    scales = load_language(code).get("numbers", {}).get("scales", {})
    has_number = any(char.isdecimal() for char in text) or any(
        compiled(rf"(?<!\w){word}(?!\w)").search(text) for word in scales
    )
    return code if has_number else ""


def _most_own_letters(text: str) -> str:
    """Return the language of the script of Arabic with most letters that its neighbours lack."""
    counts = {code: len(own_letters(code).findall(text)) for code in languages_of_script("Arab")}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] else ""


@lru_cache(maxsize=4096)
def _code(script: str, text: str, default: str) -> str:
    known = [code for code in figure_languages() if script_of_figures(code) == script]
    if len(known) == 1:
        is_alone = len(languages_of_script(script)) == 1
        return known[0] if is_alone or detect_language(text, known[0]) in (known[0], "") else ""
    sure = clear_language(text, script)
    if sure in known:
        return sure
    scores = {
        code: len(_hints(code).findall(text)) + len(own_letters(code).findall(text))
        for code in known
    }
    best = max(scores, key=lambda code: (scores[code], code == default, _is_first(code)))
    if scores[best]:
        return best
    return default if default in known else known[0]


@lru_cache(maxsize=4096)
def clear_language(text: str, script: str, default: str = "") -> str:
    """Return the language whose small words are far more than those of any other, or nothing.

    The language of the document around the text wins where no other has more of such words.
    """
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", text[:SAMPLE])]
    counts = sorted(
        (sum(word in common for word in words), code)
        for code, common in _common_words()
        if script_of_figures(code) == script
    )
    if len(counts) < 2:
        return counts[0][1] if counts else ""
    (second, _), (best, code) = counts[-2:]
    if best and any(count == best and name == default for count, name in counts):
        return default
    return code if best >= 4 and second * 2 <= best else ""


@cache
def _common_words() -> tuple[tuple[str, frozenset[str]], ...]:
    codes = [code for code in figure_languages() if code in language_codes()]
    return tuple((code, frozenset(load_language(code)["common_words"])) for code in codes)


def _is_first(code: str) -> bool:
    """Return whether a language is the first one of its script, which wins where all is equal."""
    return code == languages_of_script(writing(code).script)[0]


@cache
def _hints(code: str) -> re.Pattern[str]:
    """Return the words by which a language is recognised."""
    words = figure_words(code)
    own = [word for word in (*words.numbers, *words.scales) if len(word) > 2]
    nouns = "|".join(noun for noun in words.nouns.values() if noun)
    common = "|".join(map(re.escape, load_language(code)["common_words"]))
    return re.compile(
        rf"(?<!\w)(?:{words.phrase('hints')}|{common}|{'|'.join(own)}|{nouns})(?!\w)", re.IGNORECASE
    )
