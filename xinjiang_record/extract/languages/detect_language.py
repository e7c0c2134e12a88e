"""Find which language a piece of text is in, from its script and its common words."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache

from xinjiang_record.extract.languages.load_language import language_codes, load_language

SAMPLE = 4000  # letters of a text that are looked at
FEWEST_WORDS = 10  # words of a text that is long enough to say that its language is not read
LEAST_SHARE = (
    0.08  # share of common words in prose; in the languages that are read it is 0.1 to 0.5
)
_HANGUL = re.compile("[\uac00-\ud7af]")
_KANA = re.compile("[\u3040-\u30ff]")
_HAN = re.compile("[\u3400-\u9fff]")
_DEVANAGARI = re.compile("[\u0900-\u097f]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"[^\W\d_]+['’]?")
# Letters that one language of a script has and its neighbours do not.
_LETTERS = {
    "uk": re.compile("[іїєґІЇЄҐ]"),
    "ru": re.compile("[ыэъёЫЭЪЁ]"),
    "fa": re.compile("[پچژگی]"),
    "ur": re.compile("[ٹڈڑںےہ]"),
    "ug": re.compile("[ۇۆۈېەڭۋ]"),
    "tr": re.compile("[ışğİŞĞ]"),
    "pl": re.compile("[łąęśźżńŁĄĘŚŹŻŃ]"),
}


def detect_language(text: str, default: str = "") -> str:
    """Return the code of the language of ``text``, or ``default`` where nothing shows it."""
    return _detect(text[:SAMPLE]) or default


def is_unread_language(text: str) -> bool:
    """Return whether a text is in none of the languages that are read.

    That is a script of none of them, or Latin letters with hardly a common word of any.
    """
    text = text[:SAMPLE]
    words = Counter(word.casefold() for word in _WORD.findall(text))
    script = _script(text)
    if not script:
        return bool(words)
    count = sum(words.values())
    if script != "Latn" or count < FEWEST_WORDS:
        return False
    best = max(sum(words[word] for word in own) for own in _common_words().values())
    return best < LEAST_SHARE * count


@lru_cache(maxsize=4096)
def _detect(text: str) -> str:
    script = _script(text)
    if script in ("ko", "ja", "zh", "hi", ""):
        return script
    scores = Counter[str]()
    words = Counter(word.casefold() for word in _WORD.findall(text))
    for code, own in _common_words().items():
        if load_language(code)["script"] == script:
            scores[code] = sum(words[word] for word in own)
    for code, letters in _LETTERS.items():
        if code in scores:
            scores[code] += len(letters.findall(text))
    ranked = scores.most_common(2)
    if not ranked or not ranked[0][1]:
        return ""
    return "" if len(ranked) > 1 and ranked[0][1] == ranked[1][1] else ranked[0][0]


def _script(text: str) -> str:
    """Return a code where the script shows the language, else the script, else an empty text."""
    counts = {
        "ko": len(_HANGUL.findall(text)),
        "zh": len(_HAN.findall(text)) + len(_KANA.findall(text)),
        "hi": len(_DEVANAGARI.findall(text)),
        "Cyrl": len(_CYRILLIC.findall(text)),
        "Arab": len(_ARABIC.findall(text)),
        "Latn": len(_LATIN.findall(text)) // 3,  # a word has more letters than a sign of Han
    }
    best = max(counts, key=lambda script: counts[script])
    if not counts[best]:
        return "Latn" if _LATIN.search(text) else ""
    return "ja" if best == "zh" and _KANA.search(text) else best


@cache
def _common_words() -> dict[str, frozenset[str]]:
    return {code: frozenset(load_language(code)["common_words"]) for code in language_codes()}
