"""Read the footnotes of names: "Palau*" in a list and "* withdrew on 5 July" below it."""

from __future__ import annotations

import re
from bisect import bisect_right

from xinjiang_record.extract.languages.find_labels import Label, find_labels
from xinjiang_record.extract.name_lists.document_text import DocumentText
from xinjiang_record.extract.name_lists.find_name_lists import Entry
from xinjiang_record.extract.name_lists.prose_names import find_names

_MARK = r"(?:\*{1,4}|[†‡§]{1,3}|[¹²³⁰⁴-⁹]{1,3}|[a-z]/|[0-9]{1,2}\))"
_BEHIND = re.compile(rf"\s?(?P<mark>{_MARK})")
_NOTE = re.compile(rf"^[ \t]*(?P<mark>{_MARK})[ \t]*(?P<words>\S[^\n]*)$", re.MULTILINE)
_CHANGES = ("joined", "withdrew", "not_signed")


class Footnotes:
    """Hold what the footnotes of a document say of the states that have their mark."""

    def __init__(self, text: DocumentText, language: str) -> None:
        """Read the footnotes that name no state and report one change."""
        self.text = text.text
        self.notes: dict[str, list[tuple[int, Label | None]]] = {}
        for found in _NOTE.finditer(text.text):
            start = found.start("words")
            labels = [
                label.moved(start)
                for label in find_labels(found["words"], language)
                if label.kind in _CHANGES
            ]
            is_change = len({label.kind for label in labels}) == 1 and not find_names(
                found["words"]
            )
            self.notes.setdefault(found["mark"], []).append(
                (start, labels[0] if is_change else None)
            )

    def of(self, entry: Entry) -> Label | None:
        """Return the change that the footnote of an entry reports; None where it has none."""
        found = _BEHIND.match(self.text, entry.end)
        if found is None:
            return None
        notes = self.notes.get(found["mark"], [])
        below = bisect_right(notes, entry.end, key=lambda note: note[0])
        return notes[below][1] if below < len(notes) else None
