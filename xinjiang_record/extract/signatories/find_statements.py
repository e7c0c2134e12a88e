"""Find the statements and votes in a document: who did what, and why that is said.

1. ``document_text``: the text, with a place for every letter.
2. ``name_lists``: every list of names. 3. ``find_labels``: every cue that says what states did.
4. ``assign_labels``: the label of a list, by structure. 5. ``judge_events``: the event.
6. ``group_statements``: which lists are one statement. 7. ``check_statements``: what is not sure.

A list without a label that is understood has no event: its states are asked about in a finding.
A name has a code only when it is sure. Sponsors are not voters, and who is spoken about is neither.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from xinjiang_record.document_readers.document import Document
from xinjiang_record.extract.dates import dates_in
from xinjiang_record.extract.languages.detect_language import detect_language
from xinjiang_record.extract.languages.find_labels import find_labels
from xinjiang_record.extract.languages.list_words import VOTES, fold, pattern_of_all
from xinjiang_record.extract.name_lists.adjective_lists import find_adjective_lists
from xinjiang_record.extract.name_lists.document_text import (
    HEADINGS,
    DocumentText,
    Paragraph,
    read_text,
)
from xinjiang_record.extract.name_lists.find_name_lists import NameList, find_name_lists
from xinjiang_record.extract.name_lists.host_states import without_hosts
from xinjiang_record.extract.name_lists.list_items import is_short
from xinjiang_record.extract.name_lists.list_pieces import cut_paragraphs
from xinjiang_record.extract.signatories import check_statements as checks
from xinjiang_record.extract.signatories.assign_labels import LabelReader
from xinjiang_record.extract.signatories.declared_count import declared_count
from xinjiang_record.extract.signatories.group_statements import Draft, group_lists
from xinjiang_record.extract.signatories.judge_events import (
    LEAST_APART,
    LEAST_DOUBTED,
    LEAST_PROSE,
    LEAST_ROSTER,
    JudgedEntry,
    JudgedList,
    judge_lists,
)
from xinjiang_record.extract.signatories.lead_state import find_floor, find_lead, says_others
from xinjiang_record.extract.signatories.list_regions import is_in_spans
from xinjiang_record.extract.signatories.split_lists import split_lists
from xinjiang_record.extract.signatories.statement_model import (
    Because,
    Signatory,
    Statement,
    StatementsFound,
)
from xinjiang_record.model import Finding
from xinjiang_record.reconcile.countries import Match, reconcile_list

CONTEXT = 700  # letters before a list that are read for its count and its speaker
OPENING = 1500  # letters at the beginning of a document that can name the speaker
ENDS = 1500  # letters at each end of longer words around a list that are read for both
_ANNOUNCER = pattern_of_all("labels", "announcers")
_STATEMENT = pattern_of_all("labels", "statement")
MAX_CUT_OFF = 3  # paragraphs from the names above lines that are not read to those below
SAMPLE = 4000  # letters of a document that show its language

__all__ = ["Because", "Signatory", "Statement", "StatementsFound", "find_statements"]


def find_statements(document: Document) -> StatementsFound:
    """Return the statements and votes that a document reports, in its order, with findings."""
    text = read_text(document)
    language = detect_language(text.text[:SAMPLE])
    lists = _all_lists(text, language)
    ties = LabelReader(text, lists, language).ties()
    judged = judge_lists(text, lists, ties, language)
    findings = list(checks.one_letter_findings(text))
    labelled = [one for one in judged if one.is_labelled]
    changes = _Changes(text, labelled, language)
    for above, one in zip([None, *judged], judged, strict=False):
        if one.is_left_out:
            if one.names.size > 1 or one.doubt != "exception":
                findings.append(checks.left_out(text, one))
        elif not one.is_labelled and (
            _is_asked(text, one, language) or _is_cut_off(text, above, one)
        ):
            findings.append(checks.ask_event(text, one))
        elif not one.is_labelled and (kind := changes.of(one)):
            findings.append(checks.ask_change(text, one, kind))
    statements = []
    drafts = group_lists(text, labelled) or [
        Draft([one]) for one in judged if not one.is_left_out and _is_roster(one)
    ]
    mistaken = checks.find_mistaken(text) if drafts else {}
    floor = 0
    for draft in drafts:
        is_only = len(labelled) == len(draft.lists)
        statement, found = _finish(text, draft, is_only, mistaken, floor)
        statements.append(statement)
        findings += found
        floor = draft.lists[-1].names.end
    return StatementsFound(statements, findings, text, lists)


def _all_lists(text: DocumentText, language: str) -> list[NameList]:
    """Return the lists of names, and those of adjectives that no name is a part of."""
    pieces = cut_paragraphs(text)
    lists = list(without_hosts(text, find_name_lists(text, pieces)))
    named = sorted((entry.start, entry.end) for one in lists for entry in one.entries)
    adjectives = [
        one
        for one in find_adjective_lists(text, pieces, language)
        if not is_in_spans(one.start, one.end, named)
    ]
    lists = list(split_lists(text, lists, language))
    return sorted([*lists, *adjectives], key=lambda one: one.start)


def _is_asked(text: DocumentText, judged: JudgedList, language: str) -> bool:
    """Return whether a list without an event is long enough to be asked about."""
    names = judged.names
    if judged.tie is not None:
        return names.known >= LEAST_DOUBTED
    if names.form != "clause":
        return names.known >= LEAST_APART
    if not LEAST_APART <= names.known < LEAST_PROSE:  # a long sentence is not searched for each
        return names.known >= LEAST_PROSE
    start, end = names.sentence
    words = text.text[start:end]
    return bool(find_labels(words, language)) or bool(_STATEMENT.search(fold(words)))


def _is_cut_off(text: DocumentText, above: JudgedList | None, below: JudgedList) -> bool:
    """Return whether few lines that are not read part names from a list of names with a label."""
    if above is None or not above.is_labelled or below.tie is not None:
        return False
    if above.names.form != "lines" or below.names.form != "lines":
        return False
    first, last = text.paragraph_at(above.names.end), below.names.paragraph
    between = text.paragraphs[first + 1 : last]
    return 0 < len(between) < MAX_CUT_OFF and all(_may_be_entry(text, one) for one in between)


def _may_be_entry(text: DocumentText, paragraph: Paragraph) -> bool:
    """Return whether a paragraph may be an entry of a list that is not read."""
    words = text.text[paragraph.start : paragraph.end]
    return paragraph.kind not in HEADINGS and is_short(words) and not words[:1].islower()


class _Changes:
    """Find sentences that may report a change of a state: "it withdrew its signature".

    There is none where the document has no signatures, or reports the change elsewhere.
    """

    def __init__(self, text: DocumentText, labelled: list[JudgedList], language: str) -> None:
        """Keep what states did, and the kinds of change in each sentence that is asked for."""
        self.text, self.language = text, language
        self.done = {(one.entry.match.iso3, one.event) for j in labelled for one in j.entries}
        self.is_signed = any(event in ("signed", "joined", "aligned") for _, event in self.done)
        self.sentences = {judged.names.sentence for judged in labelled}
        self.kinds: dict[tuple[int, int], list[str]] = {}

    def of(self, judged: JudgedList) -> str:
        """Return the change that the sentence of a list may report; empty where it has none."""
        sentence = judged.names.sentence
        if not self.is_signed or sentence in self.sentences:
            return ""
        if sentence not in self.kinds:
            labels = find_labels(self.text.text[sentence[0] : sentence[1]], self.language)
            self.kinds[sentence] = sorted({label.kind for label in labels} & {"joined", "withdrew"})
        codes = {entry.match.iso3 for entry in judged.names.entries if entry.match.iso3}
        for kind in self.kinds[sentence]:
            if any((code, kind) not in self.done for code in codes):
                return kind
        return ""


def _is_roster(judged: JudgedList) -> bool:
    """Return whether a list without an event is given with its rows, and not only reported."""
    is_apart = judged.names.form != "clause" or judged.tie is not None
    return judged.names.known >= (LEAST_APART if is_apart else LEAST_ROSTER)


def _finish(
    text: DocumentText, draft: Draft, is_only: bool, mistaken: Mapping[str, str], floor: int
) -> tuple[Statement, list[Finding]]:
    rows = [(judged, one) for judged in draft.lists for one in judged.entries]
    rows, findings = checks.settle_two_groups(text, rows)
    statement = Statement(locator=text.locator(draft.lists[0].names.start), symbol=draft.symbol)
    statement.title = _title(text, draft)
    statement.signatories = _rows(text, rows)
    statement.signatories, found = checks.take_back_mistakes(text, statement.signatories, mistaken)
    findings += found
    codes = set(statement.codes())
    for row in statement.signatories:
        findings += [*checks.name_findings(text, row), *checks.remark_findings(text, row, codes)]
    for judged in draft.lists:
        if judged.doubt == "remarks" and (open_ones := checks.ask_remarks(text, judged)):
            findings.append(open_ones)
        if judged.names.is_missing:
            message = "Two names have no separator between them; both were read."
            at = judged.names.start
            findings.append(checks.finding(text, "missing-separator", message, at, ""))
    if statement.is_vote:
        findings += checks.check_groups(text, draft)
        is_refuted, found = checks.check_votes(text, draft, statement.signatories, floor)
        if is_refuted:
            statement.signatories = [
                replace(row, event=None, because=None) for row in statement.signatories
            ]
        return statement, findings + found
    words = _context(text, draft)
    statement.declared_count = _declared(text, draft, is_only)
    if draft.events():
        _set_lead(text, statement, draft, is_only)
    return statement, findings + checks.check_count(text, statement, words)


def _rows(text: DocumentText, rows: list[tuple[JudgedList, JudgedEntry]]) -> list[Signatory]:
    """Return the rows of a statement, each state once (and once more if it withdrew)."""
    settled = reconcile_list(one.entry.match.name for _, one in rows)
    out: list[Signatory] = []
    seen: set[tuple[str, str]] = set()
    for (_judged, one), match in zip(rows, settled, strict=True):
        entry = one.entry
        match = match if entry.match.status == "ambiguous" else entry.match
        phase = one.event if one.event in ("withdrew", "sponsored") else "first"
        mark = (match.iso3 or entry.text, phase or "")
        if mark in seen:
            continue
        seen.add(mark)
        dates = [found.edtf for found in dates_in(entry.remark) if found.edtf]
        out.append(
            Signatory(
                entry.text,
                match.iso3,
                _role(one),
                one.event,
                text.locator(entry.start),
                match,
                entry.remark,
                dates[0] if len(dates) == 1 and dates[0] else "",
                one.because,
                entry.start,
                entry.end,
            )
        )
    return out


def _role(one: JudgedEntry) -> str:
    if one.event == "sponsored":
        return "sponsor"
    if one.event in VOTES:
        return "voter"
    return "lead" if one.entry.is_own else "signatory"


def _title(text: DocumentText, draft: Draft) -> str:
    """Return the nearest heading above a statement."""
    paragraph = text.heading_above(draft.lists[0].names.paragraph)
    return text.text[paragraph.start : paragraph.end] if paragraph else ""


def _lead_in(text: DocumentText, judged: JudgedList) -> str:
    """Return the words of the sentence and the heading that stand before a list."""
    start = judged.names.sentence[0]
    heading = ""
    if judged.tie and judged.tie.label.start < start:
        paragraph = text.paragraphs[text.paragraph_at(judged.tie.label.start)]
        heading = text.text[paragraph.start : min(paragraph.end, start)] + " "
    return _ends(heading + text.text[start : judged.names.start])


def _ends(words: str) -> str:
    """Return words, or both ends of very long ones: each list in a sentence has its own.

    A word or number that is cut is left out, and a full stop is put between.
    """
    if len(words) <= 2 * ENDS:
        return words
    return re.sub(r"\w+$", "", words[:ENDS]) + ". " + re.sub(r"^\w+", "", words[-ENDS:])


def _before(text: DocumentText, judged: JudgedList) -> str:
    start = judged.names.sentence[0]
    return text.text[max(0, start - CONTEXT) : judged.names.start]


def _after(text: DocumentText, judged: JudgedList) -> str:
    return _ends(text.text[judged.names.end : max(judged.names.sentence[1], judged.names.end)])


def _context(text: DocumentText, draft: Draft) -> str:
    first = draft.lists[0]
    return f"{_before(text, first)} {_after(text, first)[:120]}"


def _declared(text: DocumentText, draft: Draft, is_only: bool) -> int | None:
    """Return the count that the words before the first list declare."""
    first = draft.lists[0]
    found = declared_count(_lead_in(text, first)) or declared_count(_announcement(text, first))
    if found is None and _has_members(draft):
        return None
    if found is None and is_only:
        found = declared_count(_before(text, first)) or declared_count(text.text[:3000])
    return found


def _has_members(draft: Draft) -> bool:
    """Return whether a body is in the first list, whose members the count may include."""
    return any(entry.match.note.startswith("a body") for entry in draft.lists[0].names.entries)


def _set_lead(text: DocumentText, statement: Statement, draft: Draft, is_only: bool) -> None:
    """Set the speaker, and add it to the rows where the count needs it."""
    first = draft.lists[0]
    own = next((row for row in statement.signatories if row.role == "lead" and row.iso3), None)
    lead: Match | None = own.match if own else None
    if lead is None:
        places = [_lead_in(text, first), _after(text, first)]
        if is_only:
            places = [places[0], _before(text, first), places[1], text.text[:OPENING]]
        else:
            places[1:1] = [_paragraph_before(text, first), _announcement(text, first)]
        lead = find_floor(_before(text, first))
        lead = lead or next((found for words in places if (found := find_lead(words))), None)
    if lead is None or lead.iso3 is None:
        return
    statement.lead_iso3, statement.lead_name = lead.iso3, lead.name
    for number, row in enumerate(statement.signatories):
        if row.iso3 == lead.iso3 and row.event == "signed":
            statement.signatories[number] = replace(row, role="lead")
            return
    signed = [row for row in statement.signatories if row.event == "signed"]
    is_short = statement.declared_count == len(signed) + 1
    is_other = statement.declared_count == len(signed) and says_others(_context(text, draft))
    is_own = first.names.is_own_last and statement.declared_count in (None, len(signed) + 1)
    if signed and (is_short or is_other or is_own):
        at = first.names.start
        statement.signatories.append(
            replace(
                signed[0],
                name=lead.name,
                iso3=lead.iso3,
                role="lead",
                match=lead,
                note="named as the speaker, not in the list",
                date="",
                locator=text.locator(at),
            )
        )


def _announcement(text: DocumentText, judged: JudgedList) -> str:
    """Return the paragraph above that announces a statement, such as "the following statement"."""
    number = judged.names.paragraph - 1
    if number < 0 or text.paragraphs[number].kind in HEADINGS:
        return ""
    paragraph = text.paragraphs[number]
    words = _ends(text.text[paragraph.start : paragraph.end])
    return words if _ANNOUNCER.search(fold(words)) else ""


def _paragraph_before(text: DocumentText, judged: JudgedList) -> str:
    paragraph = text.paragraphs[judged.names.paragraph]
    return _ends(text.text[paragraph.start : judged.names.start])
