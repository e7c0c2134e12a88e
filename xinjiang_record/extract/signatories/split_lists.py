"""Part a list that is two clauses: "against voted Chad and Cuba, India and Nepal abstained".

So is "after visiting Egypt and Oman, Chile, Kenya and Peru signed".

Slavic and Romance languages put no word between such clauses. A vote is then on each side of the
list, and "and" comes twice in it. Where the place of the cut is not sure, the list stays whole, and
two labels fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from xinjiang_record.extract.languages.find_labels import find_labels, is_neutral
from xinjiang_record.extract.languages.list_words import VOTES, fold, pattern_of_all
from xinjiang_record.extract.name_lists.document_text import DocumentText
from xinjiang_record.extract.name_lists.find_name_lists import NameList
from xinjiang_record.extract.signatories.label_context import is_object
from xinjiang_record.extract.signatories.list_regions import LabelRow

LEAST = 3  # names in a list that may be two
_AND = pattern_of_all("lists", "and")
_KINDS = {*VOTES, "supported", "opposed"}
_STOP = re.compile("[,;:،、，]")


def split_lists(text: DocumentText, lists: Sequence[NameList], language: str) -> Iterator[NameList]:
    """Yield the lists, with one that is two clauses as two."""
    rows: dict[tuple[int, int], LabelRow] = {}
    for one in lists:
        at = _cut(text.text, one) if one.form == "clause" and len(one.entries) >= LEAST else None
        if at is None:
            yield one
            continue
        start, end = one.sentence
        if one.sentence not in rows:
            labels = find_labels(text.text[start:end], language)
            rows[one.sentence] = LabelRow(
                [label.moved(start) for label in labels if label.kind in _KINDS]
            )
        is_behind = is_object(text.text, one.sentence, one.start)
        if not (is_behind or _is_between_votes(text.text, one, rows[one.sentence])):
            yield one
            continue
        yield replace(one, entries=one.entries[:at])
        yield replace(one, entries=one.entries[at:])


def _cut(text: str, one: NameList) -> int | None:
    """Return the place of the one comma that parts clauses; None where there is none, or two."""
    entries = one.entries
    gaps = [fold(text[first.end : second.start]) for first, second in pairwise(entries)]
    found = [
        number + 1
        for number in range(1, len(gaps))
        if _is_cut(gaps[number - 1], gaps[number].strip(" *"))
    ]
    return found[0] if len(found) == 1 else None


def _is_cut(before: str, gap: str) -> bool:
    """Return whether a comma parts clauses: "and" is before it, or the mark of Chinese lists."""
    return gap in (",", "，") and bool(_AND.search(before) or (gap == "，" and "、" in before))


def _is_between_votes(text: str, one: NameList, row: LabelRow) -> bool:
    before, after = row.last_before(one.start), row.first_from(one.end)
    if before < 0 or after == len(row.labels):
        return False
    first, second = row.labels[before], row.labels[after]
    if first.kind == second.kind:
        return False
    return _is_near(text[first.end : one.start], True) and _is_near(
        text[one.end : second.start], False
    )


def _is_near(between: str, is_before: bool) -> bool:
    bare = between.strip(" :") if is_before else between
    return is_neutral(bare) and not _STOP.search(bare)
