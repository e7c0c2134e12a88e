"""One item of a list, as printed, to the names in it.

An item is what stands between two separators. It is read whole first; then with the separators that may have gone missing
(a comma, a space, "and"); then with a descriptor before the name ("West African nation Benin"). What is left over is never
thrown away to reach a name: an item that names do not cover is ``unknown``, with candidates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from xinjiang_record.extract.languages.list_cues import FILLERS, OWN
from xinjiang_record.reconcile.countries import Match, exact, find
from xinjiang_record.reconcile.normalize import key, tidy

MAX_WORDS = 12  # words of one name, at most ("the United Kingdom of Great Britain and Northern Ireland" has ten)
MAX_ITEM_WORDS = 600  # words of one item in which names are looked for
AND = frozenset(
    [
        "and",
        "&",
        "und",
        "et",
        "y",
        "e",
        "ve",
        "dan",
        "en",
        "и",
        "і",
        "و",
        "och",
        "og",
        "i",
        "da",
        "a",
        "plus",
        "also",
        "ainsi",
        "que",
        "sowie",
        "sowie",
        "и/или",
        "as",
        "well",
        "или",
    ]
)
THE = frozenset(
    [
        "the",
        "la",
        "le",
        "les",
        "el",
        "los",
        "las",
        "il",
        "lo",
        "gli",
        "die",
        "der",
        "das",
        "den",
        "dem",
        "des",
        "o",
        "os",
        "as",
        "het",
        "du",
        "de",
        "do",
        "dos",
        "das",
        "l",
        "d",
    ]
)
# What the item may end or begin with beside a name: footnote marks, list numbers, bullets, mark-up of bold.
_BULLET = re.compile(
    r"^\s*(?:[-*+•·・‣▪▫●○■□◆◇►▶✓✔–—−]+\s*|[(（\[]?\d{1,3}\s*[.)）\]:、．]\s*|\d{1,3}\s+(?=[^\W\d])|[a-z]\)\s+|[①-⑳㉑-㉟]\s*)+"
)
_MARKS = re.compile(r"\*\*|__|\[\d{1,3}\]|[¹²³⁰-⁹†‡]+|(?<=\w)\*+")
_SIGNED = re.compile(
    r"^\W*(?:signed|signé|firmado|gezeichnet|gez\.|подписано|签字|签署)[)）:]\s*", re.IGNORECASE
)
EDGE = " \t\r\n,;:.!?。．、，；：،؛|\"“”„«»‘’'「」『』<>"
_ALSO = re.compile(
    r"^(?:and )?(?:as well as|together with|along with|and also|ainsi que|así como|sowie|nonché|assim como|bem como|serta)\s+",
    re.IGNORECASE,
)
_LEADING_AND = re.compile(
    r"^(?:as well as|together with|and also|ainsi que|así como|sowie|and|und|et|y|e|ve|dan|en|и|&)\s+",
    re.IGNORECASE,
)
_NOTE = re.compile(r"\s*[(（\[]([^()（）\[\]]*)[)）\]]")
_DESCRIPTOR = re.compile(
    r"^(?:the\s+)?(?:[\w-]+\s+){0,5}?(?:nations?|country|state|neighbou?rs?|ally|archipelago|sultanate|emirate|giant|powerhouse|republic|kingdom|pays|país|land|staat|paese|negara)\s+(?!of\b|de\b|du\b|d['’]|del\b|da\b|do\b)(?P<name>[^\W\d_].*)$",
    re.IGNORECASE,
)
_CJK_DESCRIPTOR = re.compile(r"^.{1,8}?(?:国家|國家|島国|岛国|島國|の)(?P<name>.+)$")
_PROTOCOL = re.compile(
    r"^(?:the\s+)?(?:(?:federal|federative|democratic|islamic|socialist|people['’]s|arab|united|co-?operative|independent|bolivarian|plurinational|eastern|oriental|hashemite|grand|autonomous)\s+)*"
    r"(?:republic|kingdom|state|states|commonwealth|principality|sultanate|emirate|duchy|union|federation)\s+of\s+(?:the\s+)?(?P<name>[^\W\d_].*)$",
    re.IGNORECASE,
)
_PROTOCOL_NOT = frozenset(
    {"CHN", "COG", "COD", "KOR", "PRK", "GIN", "IRL", "SDN", "SSD", "TWN", "USA", "PSE"}
)
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_CJK_AND = (
    "以及",
    "および",
    "ならびに",
    "並びに",
    "及び",
    "和",
    "及",
    "与",
    "與",
    "暨",
    "と",
    "や",
    "・",
    "·",
    "、",
    " ",
)
_CJK_END = re.compile(r"(?:など|等|の|は|が|と|와|과|는|은|이|가|의|등)$|^(?:以及|和|及|与|與)")
_CJK_TAIL = re.compile(
    r"(?:等(?:\d+)?(?:个|個|か|カ|ヵ)?(?:国家|國家|国|國)?|など(?:\d+)?(?:か国|カ国)?|各国|の各国|である|です)$"
)


@dataclass(frozen=True, slots=True)
class Named:
    """One name in an item: as printed, what it was matched to, the remark in brackets, and whether it is the speaker's own state."""

    text: str
    match: Match
    note: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """What an item holds. ``kind``: names (covered whole), filler (names nobody; ``is_own``: the speaker's state follows), or other."""

    kind: str
    names: tuple[Named, ...] = ()
    is_own: bool = False
    missing: bool = field(default=False)  # a separator between two names went missing


def clean(text: str) -> str:
    """The item without bullets, numbers, footnote marks, quotes and end punctuation (the point of "U.S." stays out: keys ignore it)."""
    bare = _SIGNED.sub("", _BULLET.sub("", _MARKS.sub("", tidy(text))))
    out = bare.strip(EDGE)
    return (
        out + "."
        if re.search(r"(?:^|\s)(?:[A-Za-z]\.)+[A-Za-z]$", out) and f"{out}." in bare
        else out
    )


def is_cased(text: str) -> bool:
    """Whether the first letter stands in a script that has capitals."""
    letter = next((char for char in text if char.isalpha()), "")
    return letter != letter.swapcase()


def looks_like_name(text: str) -> bool:
    """A name in a script with capitals begins with one (after an article); a short one has no small letter but in "the"."""
    words = [
        word
        for word in re.split(r"[\s'’]+", text)
        if word and word.lower() not in THE and word.lower() not in AND
    ]
    if not words:
        return False
    if len(key(text)) <= 2 and is_cased(text):
        return words[0].upper() == words[0]
    first = words[0]
    return not is_cased(first) or next(char for char in first if char.isalpha()).isupper()


@lru_cache(maxsize=65536)
def match_name(text: str) -> Match | None:
    """The match of a text that is one name and nothing else; None when it is not one. Codes such as AND or CAN are no names here."""
    if not text or not looks_like_name(text) or not key(text) or _is_torn(text):
        return None
    match = find(text)
    if match is None or match.status == "unknown":
        return match if match is not None and match.note.startswith("a body") else _protocol(text)
    return None if match.note.startswith("an ISO") else match


def _is_torn(text: str) -> bool:
    """Half of a pair of brackets: a piece of something else."""
    return sum(text.count(sign) for sign in "(（[") != sum(text.count(sign) for sign in ")）]")


def _protocol(text: str) -> Match | None:
    """ "Republic of X" for a state whose long form no library has."""
    found = _PROTOCOL.match(tidy(text))
    if not found:
        return None
    match = find(found["name"])
    if (
        match is not None
        and match.status == "resolved"
        and match.iso3 not in _PROTOCOL_NOT
        and not match.note
    ):
        return Match(text, "resolved", match.iso3, match.candidates)
    return None


@lru_cache(maxsize=65536)
def read_item(text: str) -> Item:
    """An item of a list to its names."""
    text = clean(text)
    if not any(char.isalpha() for char in text):
        return Item("empty")
    text = _ALSO.sub("", text)
    for is_own, pattern in FILLERS.items():
        if pattern.search(text):
            return Item("filler", is_own=is_own)
    own = OWN.match(text)
    if own and (inner := read_item(text[own.end() :])).kind == "names":
        return Item("names", tuple(Named(n.text, n.match, n.note, True) for n in inner.names), True)
    if (own := OWN.search(text)) and own.start() > 0:
        return _own_last(text, own) or Item("other")
    whole = match_name(text)
    if whole is not None and not (whole.status == "ambiguous" and _is_pair(text)):
        return Item("names", (Named(_stem(text), whole),))
    return _split(text) or _described(text) or _annotated(text) or Item("other")


def _own_last(text: str, own: re.Match[str]) -> Item | None:
    """ "Sweden and of course the United Kingdom": names, then the speaker's own state."""
    left, right = read_item(text[: own.start()]), read_item(text[own.start() :])
    if left.kind != "names" or right.kind != "names":
        return None
    return Item("names", (*left.names, *right.names), missing=left.missing or right.missing)


def _stem(text: str) -> str:
    """The name as printed, without the particle that was attached to it."""
    text = _LEADING_AND.sub("", text)
    if exact(text) is None:
        for shorter in (text[1:] if text.startswith("و") else "", _CJK_END.sub("", text)):
            if shorter and exact(shorter) is not None:
                return shorter
    return text


def _is_pair(text: str) -> bool:
    return any(word.lower() in AND for word in text.split())


def _annotated(text: str) -> Item | None:
    """ "Russia (which promoted the letter)": the name, with the remark kept."""
    note = "; ".join(part.strip() for part in _NOTE.findall(text))
    bare = _NOTE.sub(" ", text).strip()
    if not note or bare == text or not bare:
        return None
    inner = read_item(bare)
    if (
        inner.kind != "names"
        or any(name.match.status == "ambiguous" for name in inner.names)
        or narrows(note)
    ):
        return None
    return Item(
        "names",
        tuple(Named(n.text, n.match, note, n.is_own) for n in inner.names),
        inner.is_own,
        inner.missing,
    )


def narrows(note: str) -> bool:
    """A remark that could make it another place ("British", "French part", "U.S. state") is not passed over."""
    words = re.findall(r"[^\W\d_]+", note)
    return len(words) <= 3 and bool(words) and words[0][:1].isupper() and find(note) is None


def _described(text: str) -> Item | None:
    """ "West African nation Benin", "西非国家贝宁": the name after its descriptor, if the descriptor is no name's own part."""
    pattern = _CJK_DESCRIPTOR if CJK.search(text) else _DESCRIPTOR
    found = pattern.match(text)
    if not found:
        return None
    match = match_name(found["name"].strip())
    if match is None or match.status != "resolved":
        return None
    return Item("names", (Named(found["name"].strip(), match),))


def _split(text: str) -> Item | None:
    """Several names with nothing, or only "and", an article or a weak mark, between them."""
    if len(CJK.findall(text)) * 2 > len(text.replace(" ", "")):
        return _split_letters(_CJK_TAIL.sub("", text))
    words = re.sub(r"\s*([/&])\s*", r" \1 ", text.replace("・", " ・ ").replace("·", " · ")).split()
    return _split_words(words) if 1 < len(words) <= MAX_ITEM_WORDS else None


@dataclass(slots=True)
class _Path:
    cost: float
    ways: int
    names: tuple[tuple[str, Match], ...]
    missing: bool


_STOPS = re.compile(r"[,;:!?。，；：、]$|(?<=[^\W\d_]{3})\.$")


def _split_words(words: list[str]) -> Item | None:
    """Cover all words by names and joining words, with the fewest names; None when there is no cover, or two as good."""
    if any(_STOPS.search(word) for word in words[:-1]):
        return None
    paths: list[_Path | None] = [_Path(0, 1, (), False)] + [None] * len(words)
    joined = [word.lower() in AND or not any(char.isalnum() for char in word) for word in words]
    for end in range(1, len(words) + 1):
        before = paths[end - 1]
        if before is not None and joined[end - 1]:
            _better(paths, end, _Path(before.cost, before.ways, before.names, before.missing))
        for start in range(max(0, end - MAX_WORDS), end):
            path = paths[start]
            if path is None or (joined[start] and words[start].lower() not in ("a", "da")):
                continue
            match = match_name(" ".join(words[start:end]).strip(EDGE))
            if match is None or (end - start == len(words) and match.status == "ambiguous"):
                continue
            gap = (
                bool(path.names)
                and start > 0
                and not joined[start - 1]
                and not words[start].startswith("و")
            )
            names = (*path.names, (" ".join(words[start:end]).strip(EDGE), match))
            _better(paths, end, _Path(path.cost + 1, path.ways, names, path.missing or gap))
    return _item(paths[-1], 2)


def _split_letters(text: str) -> Item | None:
    """The same for scripts that put no space between words."""
    if not 2 <= len(text) <= 240:
        return None
    paths: list[_Path | None] = [_Path(0, 1, (), False)] + [None] * len(text)
    for end in range(1, len(text) + 1):
        for joint in _CJK_AND:
            before = (
                paths[end - len(joint)]
                if end >= len(joint) and text.endswith(joint, 0, end)
                else None
            )
            if before is not None:
                _better(
                    paths, end, _Path(before.cost + 0.01, before.ways, before.names, before.missing)
                )
        for start in range(max(0, end - 24), end):
            path = paths[start]
            match = (
                exact(text[start:end])
                if path is not None and end - start > 1 and text[start].isalnum()
                else None
            )
            if path is None or match is None:
                continue
            gap = bool(path.names) and not text[:start].endswith(_CJK_AND)
            _better(
                paths,
                end,
                _Path(
                    path.cost + 1,
                    path.ways,
                    (*path.names, (text[start:end], match)),
                    path.missing or gap,
                ),
            )
    return _item(paths[-1], 1)


def _better(paths: list[_Path | None], end: int, new: _Path) -> None:
    old = paths[end]
    if old is None or new.cost < old.cost - 0.005:
        paths[end] = new
    elif abs(new.cost - old.cost) <= 0.005 and [m.candidates for _, m in new.names] != [
        m.candidates for _, m in old.names
    ]:
        old.ways += new.ways


def _item(path: _Path | None, least: int) -> Item | None:
    if path is None or path.ways > 1 or len(path.names) < least:
        return None
    return Item(
        "names",
        tuple(Named(_stem(text), match) for text, match in path.names),
        missing=path.missing,
    )
