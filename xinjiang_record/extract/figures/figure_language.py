"""Find which language's words a sentence's numbers are read with, script by script."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from xinjiang_record.extract.languages.detect_language import detect_language
from xinjiang_record.extract.languages.load_language import load_language
from xinjiang_record.extract.languages.number_words import figure_languages, figure_words

SAMPLE = 1500  # letters from which a language is detected
_SCRIPTS = {
    "cjk": r"\u3040-\u30ff\u3400-\u9fff\uff66-\uff9d",
    "ko": r"\uac00-\ud7af\u1100-\u11ff",
    "hi": r"\u0900-\u097f",
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


def language_of_figures(text: str, default: str = "en") -> str:
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
    if not _LETTERS["Arab"].search(text) or not any(char.isdecimal() for char in text):
        return ""
    code = detect_language(text)
    return code if code and code not in (*figure_languages(), "zh", "ja") else ""


@lru_cache(maxsize=4096)
def _code(script: str, text: str, default: str) -> str:
    if script in ("cjk", "ko", "hi"):
        return script
    if script == "Arab":
        return "ar" if detect_language(text, "ar") in ("ar", "") else ""
    known = [code for code in figure_languages() if _script_of(code) == script]
    sure = clear_language(text, script)
    if sure in known:
        return sure
    scores = {
        code: len(_hints(code).findall(text)) + len(_own_letters(code).findall(text))
        for code in known
    }
    best = max(scores, key=lambda code: (scores[code], code == default, code in ("en", "ru")))
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
        if _script_of(code) == script
    )
    if len(counts) < 2:
        return counts[0][1] if counts else ""
    (second, _), (best, code) = counts[-2:]
    if best and any(count == best and name == default for count, name in counts):
        return default
    return code if best >= 4 and second * 2 <= best else ""


@cache
def _common_words() -> tuple[tuple[str, frozenset[str]], ...]:
    codes = [code for code in figure_languages() if code != "cjk"]
    return tuple((code, frozenset(load_language(code)["common_words"])) for code in codes)


def _script_of(code: str) -> str:
    return "cjk" if code == "cjk" else str(load_language(code)["script"])


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


@cache
def _own_letters(code: str) -> re.Pattern[str]:
    """Return the letters of a language that its neighbours do not have; case kept."""
    letters = figure_words(code).phrases.get("letters", "")
    return re.compile(f"[{letters}]" if letters else "(?!)")
