"""Hold what reading a document gives: statements, rows, and why each row has its event."""

from __future__ import annotations

from dataclasses import dataclass, field

from xinjiang_record.extract.languages.list_words import VOTES
from xinjiang_record.extract.name_lists.document_text import DocumentText
from xinjiang_record.extract.name_lists.find_name_lists import NameList
from xinjiang_record.model import Finding
from xinjiang_record.reconcile.countries import Match


@dataclass(frozen=True, slots=True)
class Because:
    """Say why a row has its event: the cue as printed, its language and its place.

    ``form`` says how the list is tied to the cue: heading, before, after, remark or column.
    ``start`` and ``end`` are offsets in the text of the document. ``is_confirmed``: a number in
    the document agrees with the length of the list.
    """

    cue: str
    event: str
    language: str
    locator: str
    start: int
    end: int
    form: str
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Signatory:
    """Hold one row: a state and what it did.

    ``event`` is signed, joined, withdrew, aligned, voted_yes, voted_no, abstained or sponsored; it
    is None where the document does not say it for sure, and then a finding says so. ``role`` is
    lead, signatory, voter or sponsor. ``date`` is the state's own date (EDTF), where printed.
    ``start`` and ``end`` are offsets of the name in the text of the document.
    """

    name: str
    iso3: str | None
    role: str
    event: str | None
    locator: str
    match: Match
    note: str = ""
    date: str = ""
    because: Because | None = None
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class Statement:
    """Hold one proposed statement or vote.

    ``title`` and ``symbol``: its heading and its draft symbol.
    """

    declared_count: int | None = None
    lead_iso3: str | None = None
    lead_name: str = ""
    signatories: list[Signatory] = field(default_factory=list)
    title: str = ""
    symbol: str = ""
    locator: str = ""

    def codes(self, *events: str) -> list[str]:
        """Return the codes of the rows, in their order; of these events only, where given."""
        return [
            row.iso3
            for row in self.signatories
            if row.iso3 and (not events or (row.event or "") in events)
        ]

    @property
    def is_vote(self) -> bool:
        """Return whether a row is a vote."""
        return any(row.event in VOTES for row in self.signatories)


@dataclass(slots=True)
class StatementsFound:
    """Hold all that reading a document gave: statements, findings, the text and the lists in it."""

    statements: list[Statement]
    findings: list[Finding]
    text: DocumentText
    lists: list[NameList]
