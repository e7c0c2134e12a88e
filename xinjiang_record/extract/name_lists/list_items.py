"""Read one item of a list to the names in it.

An item is the text between two separators. It is read as one name first; then without the words
that join it to the list ("as well as", "the EFTA countries"); then with the separators that may
have gone missing; then with a descriptor before the name ("West African nation Benin"). An item
that names do not cover is not read: no part of it is dropped to reach a name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import fold, pattern_of_all, union
from xinjiang_record.extract.name_lists.cover_names import (
    AND,
    EDGE,
    Cover,
    cover_letters,
    cover_words,
)
from xinjiang_record.extract.name_lists.joining_words import fold_words
from xinjiang_record.reconcile.countries import Match, begins_name, exact, find, known
from xinjiang_record.reconcile.normalize import key, tidy

THE = frozenset(union("lists", "articles"))
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# What an item may begin or end with next to a name: bullets, list numbers, footnote marks, bold.
_BULLET = re.compile(
    r"^\s*(?:[-*+•·・‣▪▫●○■□◆◇►▶✓✔▽▼△▲◎※–—−]+\s*"
    r"|[(（\[]?(?:[0-9]{1,3}|[٠-٩]{1,3})\s*(?:[.)）\]:、．]|[-–—−](?=\s*[^\W\d]))\s*"
    r"|[0-9]{1,3}\s+(?=[^\W\d])|[a-z]\)\s+|[①-⑳㉑-㉟]\s*"
    rf"|(?:{either('list_numbers')})[、．.])+"
)
_ATTACHED_ARTICLE = either("attached_article")
_ARABIC, _HANGUL = re.compile("[\u0600-\u06ff]"), re.compile("[\uac00-\ud7a3]")
_MARKS = re.compile(
    r"[\U0001f1e6-\U0001f1ff]+\s*|\*\*|__|\[[0-9]{1,3}\]|[¹²³⁰-⁹†‡§]+|(?<=\w)\*+"
    r"|(?<=[^\W\d_])\s(?:[a-z]/|[0-9]{1,2}\))(?=\W*$)"
)
_GLUED = re.compile(r"(?<=[^\W\d_]{3})[0-9]{1,2}(?=\W*$)")  # a footnote whose mark lost its place
_SIGNED = re.compile(rf"^\W*(?:{either('signed_mark')})[)）:]\s*", re.IGNORECASE)
_NOTE = re.compile(r"\s*[(（\[]([^()（）\[\]]*)[)）\]]")
_OWN = pattern_of_all("lists", "own").pattern
_JOIN = "|".join(pattern_of_all("lists", name).pattern for name in ("and", "also", "articles"))
_FILL = f"{_JOIN}|{pattern_of_all('lists', 'fillers').pattern}"
_GROUP = pattern_of_all("lists", "groups").pattern
_FILLER = re.compile(rf"(?:(?:{_FILL}|{_GROUP})[\s,،、'’]*)+")
_OWN_ALONE = re.compile(rf"(?:(?:{_FILL})[\s,]*)*(?:{_OWN})")
_OWN_FIRST = re.compile(rf"(?:(?:{_FILL})[\s,]*)*(?:{_OWN})(?:\s*[,:،]\s*|\s+|(?=[^\x00-\u3000]))")
_OWN_INSIDE = re.compile(rf"\s(?:{_OWN})(?:\s*[,:،]\s*|\s+)")
_OWN_LAST = re.compile(rf"\s(?:(?:{_FILL})[\s,]*)*(?:{_OWN})$")
_JOIN_FIRST = re.compile(rf"(?:(?:{_FILL}|{_GROUP})[\s,،'’]*)+(?=\S)")
_AND_FIRST = re.compile(
    rf"(?:{pattern_of_all('lists', 'also').pattern}|{pattern_of_all('lists', 'and').pattern})\s+"
)
_GROUP_LAST = re.compile(rf"[\s,]+(?:{_FILL}|{_GROUP})$")
_BEFORE_NAME = "|".join(word for word in union("lists", "descriptors") if word.isalpha())
_THE = rf"(?:(?:{either('leading_the')})\s+)?"
_DESCRIPTOR = re.compile(
    rf"^{_THE}(?:[\w-]+\s+){{0,5}}?(?:{_BEFORE_NAME}|{either('descriptions')})\s+"
    rf"(?!{either('description_of')})(?P<name>[^\W\d_].*)$",
    re.IGNORECASE,
)
_GLUED_DESCRIPTOR = re.compile(rf"^.{{1,8}}?(?:{either('descriptions_end')})(?P<name>.+)$")
_PROTOCOL = re.compile(
    rf"^{_THE}(?:{either('official_forms')})(?P<name>[^\W\d_].*)$",
    re.IGNORECASE,
)
_PROTOCOL_NOT = frozenset(
    ["CHN", "COG", "COD", "KOR", "PRK", "GIN", "IRL", "SDN", "SSD", "TWN", "USA", "PSE"]
)
_GLUED_PARTICLE = re.compile(either("glued_particles"))
_LIST_TAIL = re.compile(rf"(?:{either('list_tails')})$")
_ATTACHED_AND = re.compile(rf"^(?:{either('attached_and')})")
MAX_ITEM_LETTERS = 6000  # of an item in which names are looked for
MAX_DEPTH = 8  # items in items: "and of course" between names, a remark in brackets
MAX_SHORT_WORDS, MAX_SHORT_LETTERS, MAX_SHORT_CJK = 5, 45, 14  # of an item that may be a name


@dataclass(frozen=True, slots=True)
class Named:
    """Hold one name in an item: as printed, its match, the remark in brackets.

    ``is_own``: it is the state of the speaker.
    """

    text: str
    match: Match
    note: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """Hold one item of a list. ``kind``: names, filler (words that name no state), empty or other.

    ``is_own`` of a filler, and ``is_own_next`` of names: the state of the speaker follows.
    ``is_missing``: a separator between two names went missing.
    """

    kind: str
    names: tuple[Named, ...] = ()
    is_own: bool = False
    is_missing: bool = False
    is_own_next: bool = False


@lru_cache(maxsize=65536)
def clean(text: str) -> str:
    """Return an item without bullets, numbers, footnote marks, quotes and end punctuation."""
    bare = _SIGNED.sub("", _BULLET.sub("", _MARKS.sub("", tidy(_MARKS.sub("", text)))))
    bare = _GLUED.sub("", bare)
    out = bare.strip(EDGE)
    is_abbreviation = re.search(r"(?:^|\s)(?:[A-Za-z]\.)+[A-Za-z]$", out) and f"{out}." in bare
    return out + "." if is_abbreviation else out


def is_cased(text: str) -> bool:
    """Return whether the first letter is of a script that has capitals."""
    letter = next((char for char in text if char.isalpha()), "")
    return letter != letter.swapcase()


def may_hold_name(text: str) -> bool:
    """Return whether a text has a letter that a name may begin with: none that is small."""
    if text.isascii():
        return not text.islower()
    return any(char.isalpha() and not char.islower() for char in text)


def looks_like_name(text: str) -> bool:
    """Return whether a text begins as a name does: with a capital, in a script that has them."""
    words = [
        word
        for word in re.split(r"[\s'’]+", text)
        if word and word.lower() not in THE and word.lower() not in AND
    ]
    if not words:
        return False
    first = words[0]
    if len(key(text)) <= 2 and is_cased(text):
        return first.upper() == first
    return not is_cased(first) or next(char for char in first if char.isalpha()).isupper()


@lru_cache(maxsize=65536)
def may_begin_name(word: str) -> bool:
    """Return whether a name may begin with this word, so that longer texts need not be tried."""
    bare = re.split("[·・/]", word.strip(EDGE + "()（）[]*•"))[0]
    for mark in ("'", "’"):  # "l'Iran", "d’Albanie"
        head, found, tail = bare.partition(mark)
        if found and len(head) <= 4 and tail:
            bare = tail
    if not bare or not any(char.isalpha() for char in bare):
        return False
    lower = bare.lower()
    if lower in THE:
        return False
    if is_cased(bare) and not bare[0].isupper():
        return False
    forms = (bare, re.split(r"['’]", bare)[0], *_bare_forms(bare))
    # A genitive may have other letters than its name: Polish "Węgier" of Węgry.
    return any(map(begins_name, forms)) or find(bare) is not None


def _bare_forms(word: str) -> tuple[str, ...]:
    """Return a word without what may be attached to it: particles, endings."""
    if _ARABIC.match(word):
        return (word[1:], _ATTACHED_ARTICLE + word[2:])
    if _HANGUL.match(word):
        return (word[:-1], word[:-2]) if len(word) > 2 else (word[:-1],)
    return (word[:-1], word[:-2]) if len(word) > 3 else ()


def _may_begin(word: str) -> bool:
    """Return whether a name, or an article before it, may begin with this word."""
    return word.strip(EDGE).lower() in THE or may_begin_name(word)


def is_short(text: str) -> bool:
    """Return whether an item that is not read is short enough to be a name."""
    bare = clean(text)
    if not bare or "/" in bare or "@" in bare:
        return False
    if any(unicodedata.category(char) == "Nd" for char in bare):
        return False
    if CJK.search(bare):
        return len(bare) <= MAX_SHORT_CJK
    return len(bare.split()) <= MAX_SHORT_WORDS and len(bare) <= MAX_SHORT_LETTERS


@lru_cache(maxsize=65536)
def match_name(text: str) -> Match | None:
    """Return the match of a text that is one name; None where it is not one.

    Codes such as AND or CAN are not read as names here.
    """
    if not text or not key(text) or _is_torn(text):
        return None
    if not looks_like_name(text) and not _is_long_form(text):
        return None
    match = find(text)
    if match is None or match.status == "unknown":
        is_body = match is not None and match.note.startswith("a body")
        return match if is_body else _protocol(text)
    return None if match.note.startswith("an ISO") else match


def _is_long_form(text: str) -> bool:
    """Return whether a name of several words begins small: "the former Yugoslav Republic of X"."""
    return len(text.split()) > 2 and not text.islower() and known(text)


def _is_torn(text: str) -> bool:
    """Return whether half of a pair of brackets is missing."""
    return sum(text.count(sign) for sign in "(（[") != sum(text.count(sign) for sign in ")）]")


def _protocol(text: str) -> Match | None:
    """Return the match of "Republic of X" for a state whose long form is in no list."""
    found = _PROTOCOL.match(tidy(text))
    match = find(found["name"]) if found else None
    if match is None or match.status != "resolved" or match.note:
        return None
    if match.iso3 in _PROTOCOL_NOT:
        return None
    return Match(text, "resolved", match.iso3, match.candidates)


@lru_cache(maxsize=65536)
def read_item(text: str, depth: int = 0) -> Item:
    """Return what an item of a list holds; ``depth`` is the number of items around it."""
    text = clean(text)
    if not any(char.isalpha() for char in text):
        return Item("empty")
    if depth > MAX_DEPTH or len(text) > MAX_ITEM_LETTERS:
        return Item("other")
    whole = match_name(text)
    if whole is not None and not (whole.status == "ambiguous" and _is_pair(text)):
        return Item("names", (Named(_stem(text), whole),))
    folded = fold_words(text)
    if _OWN_ALONE.fullmatch(folded):
        return Item("filler", is_own=True)
    if _FILLER.fullmatch(folded):
        return Item("filler")
    if not may_hold_name(text):
        return Item("other")
    return _own_first(text, folded, depth + 1) or _read_parts(text, folded, depth + 1)


def _own_first(text: str, folded: str, depth: int) -> Item | None:
    """Read "my own country, Sweden", and "Sweden and of course the United Kingdom"."""
    found = _OWN_FIRST.match(folded)
    if found:
        inner = read_item(text[found.end() :], depth)
        if inner.kind == "names":
            names = tuple(Named(n.text, n.match, n.note, True) for n in inner.names)
            return Item("names", names, True)
        return None
    found = _OWN_LAST.search(folded)
    if found:
        inner = read_item(text[: found.start()], depth)
        return replace(inner, is_own_next=True) if inner.kind == "names" else None
    found = _OWN_INSIDE.search(folded)
    if not found:
        return None
    left = read_item(text[: found.start()], depth)
    right = read_item(text[found.start() :].strip(), depth)
    if left.kind != "names" or right.kind != "names":
        return None
    is_missing = left.is_missing or right.is_missing
    return Item("names", (*left.names, *right.names), is_missing=is_missing)


def _read_parts(text: str, folded: str, depth: int) -> Item:
    covered = _split(text)
    if covered is not None:
        return covered
    first, last = _JOIN_FIRST.match(folded), _GROUP_LAST.search(folded)
    for start, end in (
        (first.end() if first else 0, len(text)),
        (0, last.start() if last else len(text)),
        (first.end() if first else 0, last.start() if last else len(text)),
    ):
        if 0 < end - start < len(text):
            inner = read_item(text[start:end], depth)
            if inner.kind == "names":
                return inner
    return _described(text) or _annotated(text, depth) or Item("other")


def _stem(text: str) -> str:
    """Return a name as printed, without the particle that is attached to it."""
    joined = _AND_FIRST.match(fold(text))
    text = text[joined.end() :] if joined else text
    if exact(text) is None:
        forms = (pattern.sub("", text) for pattern in (_ATTACHED_AND, _GLUED_PARTICLE))
        for shorter in map(str.strip, forms):
            if shorter and exact(shorter) is not None:
                return shorter
    return text


def _is_pair(text: str) -> bool:
    return any(word.lower() in AND for word in text.split())


def _annotated(text: str, depth: int) -> Item | None:
    """Read "Russia (which promoted the letter)": the name, with the remark kept."""
    note = "; ".join(part.strip() for part in _NOTE.findall(text))
    bare = _NOTE.sub(" ", text).strip()
    if not note or bare == text or not bare or narrows(note):
        return None
    inner = read_item(bare, depth)
    if inner.kind != "names" or any(name.match.status == "ambiguous" for name in inner.names):
        return None
    last = inner.names[-1]
    names = (*inner.names[:-1], Named(last.text, last.match, note, last.is_own))
    return Item("names", names, inner.is_own, inner.is_missing)


def narrows(note: str) -> bool:
    """Return whether a remark could make it another place: "British", "U.S. state"."""
    words = re.findall(r"[^\W\d_]+", note)
    if not 0 < len(words) <= 3 or any(char.isdigit() for char in note):
        return False
    return words[0][:1].isupper() and find(note) is None


def _described(text: str) -> Item | None:
    """Read "West African nation Benin": the name after its descriptor."""
    pattern = _GLUED_DESCRIPTOR if CJK.search(text) else _DESCRIPTOR
    found = pattern.match(text)
    match = match_name(found["name"].strip()) if found else None
    if found is None or match is None or match.status != "resolved":
        return None
    return Item("names", (Named(found["name"].strip(), match),))


def _split(text: str) -> Item | None:
    """Read several names with nothing, or only "and" or a weak mark, between them."""
    if len(CJK.findall(text)) * 2 > len(text.replace(" ", "")):
        bare = _LIST_TAIL.sub("", text)
        return _item(cover_letters(_LIST_TAIL.sub("", bare)))
    return _item(cover_words(text, match_name, _may_begin)) if looks_like_name(text) else None


def _item(cover: Cover | None) -> Item | None:
    if cover is None:
        return None
    names = tuple(Named(_stem(text), match) for text, match in cover.names)
    return Item("names", names, is_missing=cover.is_missing)
