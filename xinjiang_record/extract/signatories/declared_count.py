"""Read how many states a text says there are, of this list and of no other."""

from __future__ import annotations

import re
from functools import cache

from xinjiang_record.extract.languages.list_words import fold, pattern_of_all

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS = {
    **{word: value for value, word in enumerate(_SMALL)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
    **{
        f"{ten}{joint}{_SMALL[one]}": 10 * value + one
        for value, ten in enumerate(_TENS, 2)
        for one in range(1, 10)
        for joint in ("-", " ")
    },
}
_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
_NUMBER = rf"(?P<n>(?<![\d.,/-])[0-9]{{1,3}}(?![\d,/%-]|\.\d)|\b(?:{_WORD})\b)"
_CHINESE = re.compile(r"(?P<n>[一二三四五六七八九十百]{1,5})(?:个|個|か|カ|ヵ)?(?:国|國)")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}
MOST = 195  # states that a text can declare
# A number that counts the members of a body, or of which the states are a part, does not count.
_MEMBERS = re.compile(
    r"\s*(?:\(\s*[0-9]+\s*\)\s*)?(?:(?:other |fellow )?(?:eu|european "
    r"union|union|nato|oic|un|g77|au"
    r"|asean|african union|arab league|ue|unión europea|union européenne|União Europeia)\b|"
    r"(?:member|membre|miembro|membro|mitglied|lid)\w*[\s-]+(?:states?|countries|nations)\s+of\b"
    r"|états membres|estados miembros|estados[- ]membros|stati membri|mitgliedstaaten|lidstaten"
    r"|państw\w* członkowsk\w+|member states of)",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?:one|two|three|some|many|most|several|all|[0-9]+)\s+of\s+(?:the\s+|its\s+)?$"
    r"|(?:group|groupe|grupo|gruppe|gruppo|groep|группа|grupa)\s+(?:of|des|de "
    r"los|dos|der|dei|van)?\s*$"
    r"|(?:out of|sur|de los|von|von den|der|dei|из|among|parmi les)\s+(?:the\s+|les\s+)?$"
    r"|(?:^|[.;:,]\s+)(?:of|d[eo]s|dei|van|z|з)\s+(?:the\s+|its\s+|de\s+)?$|\bg-?$|77集?",
    re.IGNORECASE,
)
_COUNCIL = pattern_of_all("lists", "council_members")


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    noun = pattern_of_all("lists", "country_nouns").pattern
    return (
        re.compile(
            rf"{_NUMBER}\s*(?:\(\s*[0-9]{{1,3}}\s*\)\s*)?(?:[^\W\d]+[\s-]+){{0,3}}?(?:{noun})"
        ),
        re.compile(rf"(?:{noun})[^.:()（）]{{0,30}}[(（]\s*(?P<n>[0-9]{{1,3}})\s*[)）]"),
    )


def declared_count(text: str) -> int | None:
    """Return the last number of states that a text declares ("39 countries"), or None."""
    folded = fold(text)
    found = []
    for pattern in _patterns():
        for match in pattern.finditer(folded):
            before, after = folded[max(0, match.start() - 24) : match.start()], match.end("n")
            rest = folded[after:]
            is_body = _COUNCIL.match(rest.lstrip()) or _MEMBERS.match(rest)
            if not (_PART.search(before) or is_body):
                found.append((match.start(), _value(match["n"])))
    found += [
        (match.start(), _chinese(match["n"]))
        for match in _CHINESE.finditer(text)
        if len(match["n"]) > 1
    ]
    sensible = [(start, value) for start, value in found if 2 <= value <= MOST]
    return max(sensible)[1] if sensible else None


def _value(text: str) -> int:
    return WORDS[text] if text in WORDS else int(text)


def _chinese(text: str) -> int:
    total, digit = 0, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total, digit = total + (digit or 1) * {"十": 10, "百": 100}[char], 0
    return total + digit
