"""Which characters may be published, and which make a text show otherwise than it is stored."""

from __future__ import annotations

import json

import pytest

from xinjiang_record.untrusted.displayed_text import find_unseen, first_unseen
from xinjiang_record.untrusted.escape_text import escape_json, escape_unprintable

ALLOWED = [
    "",
    "Côte d'Ivoire",
    "Türkiye",
    "Việt Nam",
    "Åland",
    "São Tomé and Príncipe",
    "新疆“再教育营”：中国称学员已全部结业",  # fullwidth punctuation
    "ＷＨＯ（世界卫生组织）",  # fullwidth letters next to Chinese ones
    "عُمان",
    "شىنجاڭ ئۇيغۇر",
    "می\u200cخواهم",  # ZWNJ between Persian letters
    "ශ්\u200dරී ලංකාව",  # ZWJ in Sinhala
    "श्री लंका",
    "မြန်မာ",
    "Россия",
    "Ελλάδα",
    "Հայաստան",
    "საქართველო",
    "日本",
    "대한민국",
    "e\u0301",
    "§ 5 — “quoted” • 100 €",
    "x" * 100_000,
]
REFUSED = {
    "U+0000": "UN\0",
    "line feed": "a\n| injected |",
    "carriage return": "a\rb",
    "tab": "a\tb",
    "escape": "\x1b[2J",
    "C1 control": "a\x85b",
    "delete": "a\x7f",
    "RIGHT-TO-LEFT OVERRIDE": "\u202eUN",
    "LEFT-TO-RIGHT ISOLATE": "a\u2066b",
    "RIGHT-TO-LEFT MARK": "a\u200f",
    "ARABIC LETTER MARK": "a\u061c",
    "ZERO WIDTH SPACE": "Ku\u200bba",
    "WORD JOINER": "a\u2060b",
    "INVISIBLE SEPARATOR": "a\u2063b",
    "byte order mark": "\ufeffCuba",
    "SOFT HYPHEN": "Cu\u00adba",
    "ZERO WIDTH JOINER": "Cu\u200dba",
    "ZERO WIDTH NON-JOINER": "Cuba\u200c",
    "TAG LATIN CAPITAL LETTER A": "Cuba\U000e0041",
    "COMBINING LONG STROKE OVERLAY": "C\u0336u\u0336b\u0336a\u0336",
    "COMBINING SHORT SOLIDUS OVERLAY": "C\u0337uba",
    "COMBINING ENCLOSING CIRCLE": "C\u20dduba",
    "many marks": "C" + "\u0301" * 6,
    "NO-BREAK SPACE": "Saudi\u00a0Arabia",
    "NARROW NO-BREAK SPACE": "a\u202fb",
    "IDEOGRAPHIC SPACE": "a\u3000b",
    "FULLWIDTH LATIN CAPITAL LETTER C": "\uff23uba",
    "CIRCLED LATIN CAPITAL LETTER C": "\u24b8uba",
    "MODIFIER LETTER CAPITAL A": "\u1d2custria",
    "MATHEMATICAL BOLD CAPITAL C": "\U0001d402uba",
    "SQUARED LATIN CAPITAL LETTER C": "\U0001f132uba",
    "VARIATION SELECTOR-1": "a\ufe00",
    "HANGUL FILLER": "a\u3164b",
    "LINE SEPARATOR": "a\u2028b",
    "PARAGRAPH SEPARATOR": "a\u2029b",
    "private use": "a\ue000",
    "REPLACEMENT CHARACTER": "a\ufffd",
    "OBJECT REPLACEMENT CHARACTER": "a\ufffc",
    "BRAILLE PATTERN BLANK": "a\u2800b",
    "VARIATION SELECTOR-17": "a\U000e0100",
    "noncharacter": "a\uffff",
    "unassigned": "a\u0378",
    "surrogate": "a\ud800",
}


@pytest.mark.parametrize("text", ALLOWED, ids=lambda text: text[:20])
def test_what_is_displayed_as_stored_is_allowed(text: str) -> None:
    assert list(find_unseen(text)) == []
    assert first_unseen(text) == ""


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_displayed_as_stored_is_found(name: str) -> None:
    text = REFUSED[name]
    found = list(find_unseen(text))
    assert found
    if name.isupper():
        assert found[0][1].startswith(name[:20])
    index = found[0][0]
    assert first_unseen(text).endswith(f"character {index + 1}")


def test_what_a_file_may_hold_is_named() -> None:
    assert list(find_unseen("a\tb", "\t")) == []
    assert list(find_unseen("a\nb", "\t"))


def test_what_could_control_a_terminal_is_escaped() -> None:
    text = "a\x1b]0;x\x07b\u202e\tc\u00e9\n"
    assert escape_unprintable(text, keep="\n\t") == "a\\x1b]0;x\\x07b\\u202e\tc\u00e9\n"
    assert escape_unprintable("a\nb") == "a\\nb"
    value = {"a\x9b": ["\u202eb\n", "\ud800", "\U000e0041", "\u00e9"]}
    written = escape_json(json.dumps(value, indent=1, ensure_ascii=False))
    assert json.loads(written) == value and "\u00e9" in written
    assert all(map(str.isprintable, written.split("\n")))
