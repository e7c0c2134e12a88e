"""Find characters that make a text show otherwise than it is stored.

One list for raw files, for values after their escapes are decoded, and for every table before it is
published. Not allowed are:

- controls, line and paragraph separators, line feeds and tabs in a value;
- marks that reorder or hide text: bidirectional controls, zero-width and invisible characters, soft
  hyphens, tag letters, variation selectors;
- joiners (ZWNJ, ZWJ), but for between letters of scripts that need them, such as Arabic;
- combining marks that strike a letter through or enclose it, and more than four marks on a letter;
- spaces other than U+0020, such as the no-break space;
- fullwidth Latin letters and digits in a text without Chinese, Japanese or Korean letters;
- Latin letters in circles, squares, small above the line, or in mathematical styles;
- private-use and unassigned characters, surrogates, the braille blank, and the signs for an object
  or a lost character (U+FFFC, U+FFFD).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MOST_MARKS = 4  # combining marks on one letter
# A text without a match is allowed. The pattern is for Python and for RE2, without escapes.
SUSPECT = "[^ -~\u00a1-\u00ac\u00ae-\u02ff\u03a3-\u0481\u048a-\u052f]"
_SUSPECT = re.compile(SUSPECT)
STRIKES = frozenset(
    "\u0334\u0335\u0336\u0337\u0338\u0488\u0489\u20d2\u20d3\u20d8\u20d9\u20da\u20dd\u20de\u20df"
    "\u20e0\u20e2\u20e3\u20e4\u20e5\u20e6\u20ea\u20eb"
)
_JOINERS = "\u200c\u200d"
_REFUSED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_SELECTORS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_BLANK = re.compile("[\u2800\ufffc\ufffd]")  # a braille blank, and signs for what is not there
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_STYLED = re.compile("[\u1d2c-\u1d6a\u24b6-\u24e9\U0001d400-\U0001d7ff\U0001f130-\U0001f189]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


def find_unseen(text: str, allowed: str = "") -> Iterator[tuple[int, str]]:
    """Yield the index and the name of each character that is not allowed in a text.

    ``allowed`` are characters that are fine here, such as line feeds in the text of a file.
    """
    if not _SUSPECT.search(text):
        return
    marks = 0
    for index, character in enumerate(text):
        if " " <= character <= "~" or character in allowed:
            marks = 0
            continue
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if (
            (category in _REFUSED and not (character in _JOINERS and _is_joiner(text, index)))
            or (category == "Zs" and character != " ")
            or character in STRIKES
            or _BLANK.match(character)
            or marks > MOST_MARKS
            or _SELECTORS.match(character)
            or _STYLED.match(character)
            or (_WIDE.match(character) and not _CJK.search(text))
        ):
            yield index, unicodedata.name(character, f"U+{ord(character):04X}")


def _is_joiner(text: str, index: int) -> bool:
    """Return whether a joiner is between letters of a script that needs it."""
    around = text[max(0, index - 1) : index] + text[index + 1 : index + 2]
    return len(around) == 2 and all(
        unicodedata.category(item) in ("Lo", "Mn", "Mc") and not _CJK.match(item) for item in around
    )


def first_unseen(text: str) -> str:
    """Return what is not allowed in a text, in words; an empty string if all of it is."""
    found = next(find_unseen(text), None)
    return f"{found[1]}, as character {found[0] + 1}" if found else ""
