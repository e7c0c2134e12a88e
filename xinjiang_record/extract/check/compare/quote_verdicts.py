"""Give verdicts on quotations: whether the record holds these very words, and of which work.

A quotation agrees if its words stand in a text that the record holds, and the sentence names that
work or no other. The orders of leaked documents are translations, so other words of the same order
may be another translation: only a changed negation or number contradicts one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from xinjiang_record.extract.check.compare.unread_names import may_have_unread_names
from xinjiang_record.extract.check.reading.quotations import quoted
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.record_passages import Passage
from xinjiang_record.extract.check.record_tables import Record
from xinjiang_record.extract.check.verdict import Part, Verdict
from xinjiang_record.extract.check.verdict_text import combine
from xinjiang_record.extract.languages.context_words import group_words
from xinjiang_record.extract.languages.list_words import fold

NEAR = 0.5  # share of the words that a changed quotation has in common with its original
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:['’][^\W_]+)?")
_NOT = frozenset(group_words("meaning_words"))


def check_quotes(reading: Reading, record: Record) -> Iterator[Verdict]:
    """Yield the verdict on each quotation of at least three words, or of the words of a passage."""
    for start, end in quoted(reading.text):
        said = reading.text[start:end]
        words = _words(said)
        hits = [one for one in record.passages if _contains(_words(one.text), words)]
        if hits and len(words) >= 2:
            yield _found(reading, record, said, (start, end), hits)
        elif len(words) >= 3:
            yield _not_found(reading, record, said, words, (start, end))


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _contains(longer: list[str], words: list[str]) -> bool:
    size = len(words)
    return bool(size) and any(
        longer[at : at + size] == words for at in range(len(longer) - size + 1)
    )


def _found(
    reading: Reading, record: Record, said: str, place: tuple[int, int], hits: list[Passage]
) -> Verdict:
    named = _named(reading.text, record)
    own = [one for one in hits if one.names & named] or hits
    parts = [Part("quotation", said, "agrees", own[0].text)]
    works = [(at, at + len(name)) for name in named if (at := reading.text.find(name)) >= 0]
    if named and not any(one.names & named for one in hits):
        parts.append(Part("work", ", ".join(sorted(named)), "disagrees", own[0].where))
    elif not named and (
        not reading.words["document"].search(fold(reading.text))
        or may_have_unread_names(reading, [place, *works])
    ):
        parts.append(Part("work", "", "partly", f"who is quoted is not compared; {own[0].where}"))
    return _verdict(record, said, place, parts, own)


def _not_found(
    reading: Reading, record: Record, said: str, words: list[str], place: tuple[int, int]
) -> Verdict:
    named = _named(reading.text, record)
    near = max(
        record.passages,
        key=lambda one: (bool(one.names & named), _likeness(words, _words(one.text))),
        default=None,
    )
    if near is None or _likeness(words, _words(near.text)) < NEAR:
        text = "The record holds no such sentence. It holds few texts word for word."
        part = Part("quotation", said, "unknown")
        return Verdict(_shown(said), "quotation", "unknown", text, parts=(part,), at=place)
    is_changed = bool(_changed(words, _words(near.text)) & _telling(words, _words(near.text)))
    is_sure = bool(near.names & named) or reading.words["document"].search(fold(reading.text))
    if (is_changed or not near.is_translated) and is_sure:
        outcome = "disagrees"
    else:
        outcome = "partly" if is_sure else "unknown"
    return _verdict(record, said, place, [Part("quotation", said, outcome, near.text)], [near])


def _likeness(words: list[str], known: list[str]) -> float:
    """Return the share of the words that the nearest piece of a text has in common with them."""
    size = len(words)
    pieces = [known[at : at + size] for at in range(max(1, len(known) - size + 1))]
    return max(SequenceMatcher(None, words, piece, autojunk=False).ratio() for piece in pieces)


def _changed(words: list[str], known: list[str]) -> frozenset[str]:
    return frozenset(words) ^ frozenset(known)


def _telling(words: list[str], known: list[str]) -> frozenset[str]:
    """Return the words that turn a sentence round: negations and numbers."""
    return frozenset(w for w in (*words, *known) if w in _NOT or w.isdecimal())


def _named(text: str, record: Record) -> frozenset[str]:
    """Return the works that a text names, as the record names them."""
    folded = fold(text)
    names = {name for one in record.passages for name in one.names if len(name) > 5}
    return frozenset(name for name in names if fold(name) in folded)


def _shown(said: str) -> str:
    return f"“{said if len(said) <= 70 else said[:67] + '...'}”"


def _verdict(
    record: Record, said: str, place: tuple[int, int], parts: list[Part], found: list[Passage]
) -> Verdict:
    outcome = combine(parts)
    one = found[0]
    held = f"{one.where} ({one.record_id}): “{one.text}”."
    text = f"The record holds this of {held}"
    if parts[0].outcome != "agrees":
        text = f"The nearest that the record holds is of {held}"
        if parts[0].outcome == "partly":
            text += " It is a translation, and this may be another one."
    text += "".join(
        f" The work does not agree: {part.record}, not {part.said}."
        for part in parts
        if part.name == "work" and part.outcome == "disagrees"
    )
    if any(part.name == "work" and part.outcome == "partly" for part in parts):
        text += " Who is quoted is not compared."
    address = record.address(one.source_id)
    return Verdict(
        _shown(said),
        "quotation",
        outcome,
        text,
        records=tuple(dict.fromkeys(item.record_id for item in found))[:5],
        parts=tuple(parts),
        links=(address,) if address else (),
        at=place,
    )
