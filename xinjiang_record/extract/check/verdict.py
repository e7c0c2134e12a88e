"""Give the values of a check: parts, verdicts, and the report of an article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xinjiang_record import exit_codes

OUTCOMES = {
    "agrees": "agrees",
    "disagrees": "disagrees",
    "partly": "partly agrees",
    "claimed": "claimed; the record has the claim and no more",
    "ambiguous": "ambiguous",
    "unknown": "not in the record",
    "not_understood": "not understood",
}


MOST_PAGES = 5  # of records, and of states, that one verdict links to


@dataclass(frozen=True, slots=True)
class Part:
    """Hold one part of a claim: what the article says, the outcome, and what the record says."""

    name: str
    said: str
    outcome: str
    record: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the fields of ``xrecord check --format json``."""
        return {
            "part": self.name,
            "said": self.said,
            "outcome": self.outcome,
            "record": self.record,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Hold one claim and what the record says about it.

    ``text`` is one plain sentence. ``start`` and ``end`` are the place of the claim's sentence in
    the text of its block, ``at`` is that of its own words; ``(0, 0)`` if they are the sentence.
    ``pages`` are those of the site on the records and states, ``links`` those of the sources.
    ``carried`` says which parts come from a sentence before, and why.
    """

    claim: str
    kind: str
    outcome: str
    text: str
    locator: str = ""
    records: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    sentence: str = ""
    start: int = 0
    end: int = 0
    links: tuple[str, ...] = ()
    carried: str = ""
    at: tuple[int, int] = (0, 0)
    states: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the fields of ``xrecord check --format json``."""
        return {
            "claim": self.claim,
            "kind": self.kind,
            "outcome": self.outcome,
            "label": OUTCOMES[self.outcome],
            "text": self.text,
            "locator": self.locator,
            "records": list(self.records),
            "parts": [part.as_dict() for part in self.parts],
            "sentence": self.sentence,
            "start": self.start,
            "end": self.end,
            "phrase_start": self.at[0],
            "phrase_end": self.at[1],
            "pages": list(self.pages),
            "links": list(self.links),
            "carried": self.carried,
        }


def pages_of(site: str, records: Sequence[str], states: Sequence[str]) -> tuple[str, ...]:
    """Return the pages of the site on these records and states; none if the site is not known."""
    if not site:
        return ()
    folders = {"F": "figures", "E": "responses", "D": "documents"}
    paths = [
        f"{folders.get(name[:1], 'statements')}/{name.split('.')[0] if name[:1] == 'D' else name}"
        for name in records[:MOST_PAGES]
    ]
    paths += [f"countries/{iso3}" for iso3 in states[:MOST_PAGES]]
    return tuple(f"{site.rstrip('/')}/{path}.html" for path in paths)


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """Hold one sentence of the article with its place and verdicts."""

    text: str
    block: int
    start: int
    locator: str
    is_checkable: bool
    verdicts: tuple[Verdict, ...] = ()

    @property
    def is_understood(self) -> bool:
        """Return whether the sentence has a claim that could be read."""
        return any(item.outcome != "not_understood" for item in self.verdicts)


@dataclass(frozen=True)
class Report:
    """Hold all verdicts on an article, in its order, and how much of it was understood."""

    sentences: tuple[CheckedSentence, ...] = ()
    blocks: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Return every verdict, in the order of the article."""
        return tuple(item for sentence in self.sentences for item in sentence.verdicts)

    @property
    def checkable_count(self) -> int:
        """Return how many sentences have a number or a state."""
        return sum(item.is_checkable for item in self.sentences)

    @property
    def understood_count(self) -> int:
        """Return how many of the sentences with a number or a state were understood."""
        return sum(item.is_checkable and item.is_understood for item in self.sentences)

    @property
    def coverage(self) -> str:
        """Return one line: how much of the article was understood."""
        if not self.checkable_count:
            return "No sentence with a number or a state was found."
        return (
            f"{self.understood_count} of {self.checkable_count} sentences with a number or a "
            "state were understood."
        )

    @property
    def outcome(self) -> str:
        """Return the outcome of the whole: it agrees only if every verdict agrees."""
        found = {item.outcome for item in self.verdicts}
        for name in ("disagrees", "partly", "ambiguous", "unknown", "claimed"):
            if name in found:
                return name
        if "agrees" in found:
            return "partly" if "not_understood" in found else "agrees"
        return "not_understood"

    @property
    def exit_code(self) -> int:
        """Return FINDINGS if a part disagrees, NOT_UNDERSTOOD if nothing could be checked."""
        if any(item.outcome == "disagrees" for item in self.verdicts):
            return exit_codes.FINDINGS
        if any(item.outcome != "not_understood" for item in self.verdicts):
            return exit_codes.DONE
        return exit_codes.NOT_UNDERSTOOD
