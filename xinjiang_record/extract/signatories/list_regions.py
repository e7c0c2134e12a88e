"""Find what lies between the lists of one sentence, in time that grows with the sentence only.

A sentence can have thousands of lists and labels. Their places are sorted once, and each question
about the neighbours of a list is a search in them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from xinjiang_record.extract.languages.find_labels import Label
from xinjiang_record.extract.languages.list_words import VOTES
from xinjiang_record.extract.name_lists.find_name_lists import NameList


def is_in_spans(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Return whether a passage shares a letter with one of the spans, which are sorted."""
    place = bisect_left(spans, (end,)) - 1
    return place >= 0 and start < spans[place][1]


class Regions:
    """Hold where the lists of a sentence begin and end."""

    def __init__(self, sentence: tuple[int, int], lists: Sequence[NameList]) -> None:
        """Sort the places of the lists."""
        self.sentence = sentence
        self._starts = sorted(one.start for one in lists)
        self._ends = sorted(one.end for one in lists)

    def start(self, one: NameList) -> int:
        """Return where the words before a list begin: behind the list before it, or the sentence.

        The list itself never counts: it ends behind its beginning.
        """
        place = bisect_right(self._ends, one.start)
        return max(self.sentence[0], self._ends[place - 1]) if place else self.sentence[0]

    def end(self, one: NameList) -> int:
        """Return where the words behind a list end: at the next list, or with the sentence."""
        start = self.next_start(one.end)
        return self.sentence[1] if start is None else min(self.sentence[1], start)

    def next_start(self, offset: int) -> int | None:
        """Return where the first list at an offset or behind it begins; None where none does."""
        place = bisect_left(self._starts, offset)
        return self._starts[place] if place < len(self._starts) else None


class LabelRow:
    """Hold the labels of a sentence from left to right; no two of them overlap."""

    def __init__(self, labels: Sequence[Label]) -> None:
        """Keep the labels, which are sorted."""
        self.labels = labels
        self._starts = [label.start for label in labels]
        self._ends = [label.end for label in labels]
        self.has_vote = any(label.kind in VOTES for label in labels)

    def last_before(self, offset: int) -> int:
        """Return the number of the last label that ends at an offset or before it; -1: none."""
        return bisect_right(self._ends, offset) - 1

    def first_from(self, offset: int) -> int:
        """Return the number of the first label that begins at an offset or behind it.

        It is the number of labels where none does.
        """
        return bisect_left(self._starts, offset)

    def inside(self, start: int, end: int) -> range:
        """Return the numbers of the labels that begin at ``start`` or behind it, before ``end``."""
        return range(self.first_from(start), self.first_from(end))

    def ending(self, start: int, low: int, high: int) -> range:
        """Return the numbers of the labels that begin from ``start`` on and end in a stretch."""
        first = max(self.first_from(start), bisect_left(self._ends, low))
        return range(first, self.last_before(high) + 1)

    def beginning(self, low: int, high: int, end: int) -> range:
        """Return the numbers of the labels that begin in a stretch and end at ``end`` at last."""
        return range(
            self.first_from(low), min(self.first_from(high + 1), self.last_before(end) + 1)
        )


def without_exceptions(text: str, taken: Sequence[NameList], regions: Regions) -> str:
    """Return a text without its exceptions, such as ", but not Cuba or Nepal,"."""
    parts, place = list[str](), 0
    for one in sorted(taken, key=lambda one: one.start):
        start = regions.start(one)
        lead = text[start : one.start]
        cut = start + max(lead.rfind(","), lead.rfind("،"), lead.rfind("("), 0)
        parts += [text[place:cut], " " * (one.end - cut)]
        place = one.end
    return "".join([*parts, text[place:]])
