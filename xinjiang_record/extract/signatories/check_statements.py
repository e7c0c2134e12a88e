"""Make findings about the lists of a document: what was not sure, and numbers that do not agree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from xinjiang_record.extract.figures.glued_numbers import number_in_letters
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.find_labels import find_labels
from xinjiang_record.extract.languages.list_words import VOTES, fold, pattern_of_all
from xinjiang_record.extract.languages.number_words import figure_code, figure_words
from xinjiang_record.extract.languages.writing import languages_of_script
from xinjiang_record.extract.name_lists.document_text import DocumentText
from xinjiang_record.extract.name_lists.prose_names import names_in_order
from xinjiang_record.extract.signatories.group_statements import Draft
from xinjiang_record.extract.signatories.judge_events import JudgedEntry, JudgedList
from xinjiang_record.extract.signatories.lead_state import says_others
from xinjiang_record.extract.signatories.statement_model import Signatory, Statement
from xinjiang_record.extract.signatories.vote_counts import VoteCounts, read_votes
from xinjiang_record.model import Finding, Place

AROUND = 40  # letters around states named by one letter in which a label is looked for
_HAN = figure_words(figure_code(languages_of_script("Hani")[0]))
_ONE_LETTER = re.compile(
    rf"(?P<letters>(?:[\u3400-\u9fff]、){{1,20}}[\u3400-\u9fff])[\u3040-\u309f]?"
    rf"(?P<n>[0-9]{{1,2}}|[{''.join(_HAN.digits)}{''.join(_HAN.small)}]{{1,3}})"
    rf"(?:{either('counters')})?(?:{either('state_signs')})"
)
SHOWN = 240  # letters of a sentence, or of a list of names, that a message shows
_PRINTED = re.compile(rf"\S{{1,{SHOWN + 1}}}")  # more of one word is not shown
_BODY = pattern_of_all("lists", "body_words")
_WHY = {
    "no label": "no word says what they did",
    "negated": "the text denies it",
    "unreal": "the text says that it was asked for, expected or not certain",
    "two labels": "two labels fit",
    "vote or statement": "the word is used of votes and of statements, and the text has neither",
    "opposed a statement": "opposing a statement is not an act that is recorded",
    "quoted": "a quotation names them, and the text itself names others",
    "of others": "the text may say it of others than the states",
    "an office": "their envoys or ministers are named, and no statement is",
    "another text": "what was signed is a treaty, an agreement or a contract",
    "another act": "it may be about something other than a statement or a draft",
    "remarks": "the remarks on the lines differ",
}


def finding(
    text: DocumentText, kind: str, message: str, at: int, value: str, codes: Sequence[str] = ()
) -> Finding:
    """Return a warning about a place in the text."""
    place = Place(text.path, None, text.locator(at))
    return Finding(kind, message, place, value=value, candidates=tuple(codes))


def ask_event(text: DocumentText, judged: JudgedList) -> Finding:
    """Return the finding for a list whose states have no event."""
    names = ", ".join(entry.text for entry in judged.names.entries)
    codes = [entry.match.iso3 for entry in judged.names.entries if entry.match.iso3]
    why = _WHY.get(judged.doubt, judged.doubt)
    message = (
        f"{judged.names.size} states are listed and {why}: expected a label such as"
        f' "in favour" or "signatories". Decide by hand. Sentence: {sentence_of(text, judged)}'
    )
    return finding(text, "no-event", message, judged.names.start, names, codes)


def ask_change(text: DocumentText, judged: JudgedList, kind: str) -> Finding:
    """Return the finding for a state in a sentence that may say that it joined or withdrew."""
    names = ", ".join(entry.text for entry in judged.names.entries)
    codes = [entry.match.iso3 for entry in judged.names.entries if entry.match.iso3]
    message = (
        f"{names}: the sentence may say that the state {kind}, and it is not sure."
        f" Decide by hand. Sentence: {sentence_of(text, judged)}"
    )
    return finding(text, "no-event", message, judged.names.start, names, codes)


def ask_remarks(text: DocumentText, judged: JudgedList) -> Finding | None:
    """Return the finding for the states of a roll call whose own remark is not understood."""
    open_ones = [one.entry for one in judged.entries if one.event is None]
    if not open_ones or len(open_ones) == len(judged.entries):
        return None
    names = ", ".join(entry.text for entry in open_ones)
    message = (
        f"{_shorten(names)}: what the text says of them is not understood, or says two things. "
        f"Decide by hand. Sentence: {sentence_of(text, judged)}"
    )
    codes = [entry.match.iso3 for entry in open_ones if entry.match.iso3]
    return finding(text, "no-event", message, open_ones[0].start, names, codes)


def left_out(text: DocumentText, judged: JudgedList) -> Finding:
    """Return the finding for states that the text names as not taking part."""
    names = ", ".join(entry.text for entry in judged.names.entries)
    message = f"{_shorten(names)}: named as not taking part, so left out."
    return finding(text, "not-signatories", message, judged.names.start, names)


def sentence_of(text: DocumentText, judged: JudgedList) -> str:
    """Return the sentence of a list, cut to what a message can show."""
    start, end = judged.names.sentence
    words, length = list[str](), 0
    for found in _PRINTED.finditer(text.text, start, max(end, judged.names.end)):
        words.append(found[0])
        length += len(found[0]) + 1
        if length > SHOWN + 1:
            break
    return _shorten(" ".join(words))


def _shorten(words: str) -> str:
    return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"


def name_findings(text: DocumentText, row: Signatory) -> Iterator[Finding]:
    """Yield the finding for a name that is not sure."""
    near, match = tuple(row.match.candidates), row.match
    if match.status == "ambiguous":
        message = f"Ambiguous name: {row.name!r} is {' or '.join(near)}. Decide by hand."
        yield finding(text, "ambiguous-country", message, row.start, row.name, near)
    elif match.status == "unknown" and (match.note or _is_body(row.name)):
        message = (
            f"{row.name!r} is a body and not a state, so it has no code."
            " Its members are not added. Decide by hand."
        )
        yield finding(text, "body-in-list", message, row.start, row.name)
    elif match.status == "unknown":
        hint = f"Near names: {', '.join(near)}." if near else "No name is near."
        message = f"Unknown name in a list of states: {row.name!r}. {hint} Decide by hand."
        yield finding(text, "unknown-country", message, row.start, row.name, near)


def remark_findings(text: DocumentText, row: Signatory, codes: set[str]) -> Iterator[Finding]:
    """Yield a finding for states that only a remark names: "Cuba (also on behalf of Nicaragua)"."""
    if not find_labels(row.note):
        return
    every = [name for one in names_in_order(row.note) for name in one.item.names]
    named = [name for name in every if name.match.iso3 and name.match.iso3 not in codes]
    if named:
        names = ", ".join(name.text for name in named)
        message = (
            f"{names}: named only in the remark on {row.name}, {_shorten(row.note)!r}."
            " Decide by hand what it did."
        )
        at, near = row.start, [name.match.iso3 or "" for name in named]
        yield finding(text, "no-event", message, at, names, near)


def one_letter_findings(text: DocumentText) -> Iterator[Finding]:
    """Yield a finding for states that are named by one letter each: "美、英、加、澳四国"."""
    for found in _ONE_LETTER.finditer(text.text):
        number = int(found["n"]) if found["n"].isdigit() else number_in_letters(found["n"], _HAN)
        letters = found["letters"][-2 * number + 1 :] if number else ""
        around = text.text[max(0, found.start() - AROUND) : found.end() + AROUND]
        if len(letters) == 2 * number - 1 and find_labels(around):
            message = f"{number} states are named by one letter each ({letters}). Decide by hand."
            yield finding(text, "unknown-country", message, found.start(), letters)


def _is_body(name: str) -> bool:
    return len(name.split()) > 1 and bool(_BODY.search(fold(name)))


def settle_two_groups(
    text: DocumentText, rows: list[tuple[JudgedList, JudgedEntry]]
) -> tuple[list[tuple[JudgedList, JudgedEntry]], list[Finding]]:
    """Take the event from a state in two groups of one vote, with a finding.

    Where one of the two is a group of its own and the other a mention in prose, the group stays.
    """
    sides: dict[str, dict[str, list[JudgedList]]] = {}
    for judged, one in rows:
        if one.event in VOTES and one.entry.match.iso3:
            by_event = sides.setdefault(one.entry.match.iso3, {})
            by_event.setdefault(one.event or "", []).append(judged)
    twice = {code: found for code, found in sides.items() if len(found) > 1}
    out: list[tuple[JudgedList, JudgedEntry]] = []
    findings: list[Finding] = []
    asked: set[str] = set()
    grouped = {
        code: {event for event, lists in found.items() if any(map(_is_group, lists))}
        for code, found in twice.items()
    }
    for judged, one in rows:
        code = one.entry.match.iso3 or ""
        if code not in twice or one.event not in VOTES:
            out.append((judged, one))
            continue
        groups = grouped[code]
        message = f"{code} is in two groups of one vote ({', '.join(sorted(twice[code]))})."
        if len(groups) == 1:
            if one.event in groups:
                out.append((judged, one))
                continue
            message += " The labelled group was taken, not the mention in prose."
        else:
            out.append((judged, replace(one, event=None, because=None)))
            message += " Neither was taken: decide by hand."
        if code not in asked:
            asked.add(code)
            findings.append(
                finding(
                    text, "state-in-two-groups", message, one.entry.start, one.entry.text, [code]
                )
            )
    return out, findings


def find_mistaken(text: DocumentText) -> dict[str, str]:
    """Return the states that the text says are listed by mistake, each with the sentence."""
    mistaken: dict[str, str] = {}
    last: tuple[int, int] | None = None
    for found in _MISTAKEN.finditer(fold(text.text)):
        paragraph = text.paragraphs[text.paragraph_at(found.start())]
        start = max(text.text.rfind(". ", paragraph.start, found.start()) + 1, paragraph.start)
        end = text.text.find(". ", found.end(), paragraph.end)
        end = end if end >= 0 else paragraph.end
        if (start, end) == last:
            continue
        last = start, end
        sentence = text.text[start:end].strip()
        every = (name for one in names_in_order(sentence) for name in one.item.names)
        named = list(islice(every, MOST_MISTAKEN + 1))
        if len(named) <= MOST_MISTAKEN:
            mistaken.update({name.match.iso3: sentence for name in named if name.match.iso3})
    return mistaken


def take_back_mistakes(
    text: DocumentText, rows: Sequence[Signatory], mistaken: Mapping[str, str]
) -> tuple[list[Signatory], list[Finding]]:
    """Take the event from a state that is listed by mistake, with a finding."""
    out, findings = [], []
    for row in rows:
        sentence = mistaken.get(row.iso3 or "", "")
        if sentence and row.event:
            message = (
                f"{row.name} is in the list, and the text says that it is there by mistake: "
                f"{_shorten(sentence)!r}. It has no event: decide by hand."
            )
            findings.append(finding(text, "listed-by-mistake", message, row.start, row.name))
            row = replace(row, event=None, because=None)
        out.append(row)
    return out, findings


def _is_group(judged: JudgedList) -> bool:
    return judged.names.form != "clause" or judged.names.size >= 3


def check_groups(text: DocumentText, draft: Draft) -> Iterator[Finding]:
    """Yield a finding for each group whose own number is not the number of its names."""
    lists_of = Counter(one.tie.label for one in draft.lists if one.tie is not None)
    for judged in draft.lists:
        number = judged.tie.number if judged.tie else None
        if number is None or judged.event is None or number == judged.names.size:
            continue
        if judged.tie and lists_of[judged.tie.label] > 1:
            continue  # one label over several lists: regions
        if _is_partial(text, judged):
            continue
        message = (
            f"Count of {judged.event}: expected {number}, as the text says, got"
            f" {judged.names.size} names. Check the source."
        )
        yield finding(text, "count-mismatch", message, judged.names.start, str(number))


MOST_MISTAKEN = 3  # states that one sentence takes back
_MISTAKEN = pattern_of_all("labels", "mistaken")
_PARTIAL = re.compile(either("among_others"))


def _is_partial(text: DocumentText, judged: JudgedList) -> bool:
    start, end = judged.names.sentence
    around = text.text[start : judged.names.start] + text.text[judged.names.end : end]
    return bool(_PARTIAL.search(fold(around)))


def check_votes(
    text: DocumentText, draft: Draft, rows: Sequence[Signatory], floor: int
) -> tuple[bool, list[Finding]]:
    """Compare the groups with the counts of the vote that the text gives in a sentence.

    Args:
        text: The text of the document.
        draft: The vote that is being read.
        rows: The states of its groups.
        floor: The place where the vote above ends: counts before it belong to that vote.

    Returns:
        Whether the counts refute the groups (each group has the size of another one's count), and
        the findings.
    """
    sizes = {
        event: len({row.iso3 or row.name for row in rows if row.event == event}) for event in VOTES
    }
    counts = _counts_near(text, draft, floor)
    if counts is None:
        return False, []
    told = {
        "voted_yes": counts.votes_for,
        "voted_no": counts.votes_against,
        "abstained": counts.votes_abstained,
    }
    named = {event: told[event] for event in VOTES if sizes[event] and told[event] is not None}
    wrong = {event for event, number in named.items() if number != sizes[event]}
    swapped = {
        event
        for event in wrong
        if any(sizes[event] == told[other] for other in VOTES if other != event)
    }
    is_refuted = len(swapped) >= 2 and len(swapped) == len(named)
    findings = []
    for event in sorted(wrong):
        message = (
            f"Count of {event}: the text says {told[event]}, and {sizes[event]} are named."
            " A name may be missing or in the wrong group; check the source."
        )
        at = draft.lists[0].names.start
        findings.append(finding(text, "count-mismatch", message, at, str(told[event])))
    return is_refuted, findings


def _counts_near(text: DocumentText, draft: Draft, floor: int) -> VoteCounts | None:
    """Return the counts of two sides or more that stand nearest above the groups."""
    start = max(floor, draft.lists[0].names.start - 600)
    words = text.text[start : draft.lists[0].names.start + 1]
    for sentence in reversed(re.split(r"(?<=[.!?])\s+|[。！？\n]", words)):
        counts = read_votes(sentence)
        if counts is None:
            continue
        sides = (counts.votes_for, counts.votes_against, counts.votes_abstained)
        if sum(side is not None for side in sides) >= 2:
            return counts
    return None


def check_count(text: DocumentText, statement: Statement, words: str) -> list[Finding]:
    """Return a finding where the declared count is not the number of signatories."""
    declared = statement.declared_count
    signed = [row for row in statement.signatories if row.event in ("signed", "aligned")]
    rows = signed or [row for row in statement.signatories if row.event == "joined"]
    if declared is None or not rows:
        return []
    count, has_lead = len(rows), any(row.role == "lead" for row in rows)
    joined = sum(row.event in ("signed", "joined") for row in statement.signatories)
    left = joined - sum(row.event == "withdrew" for row in statement.signatories)
    if declared in (count, joined, left):
        return []
    if has_lead and declared == count - 1 and says_others(words):
        return []
    message = (
        f"Declared count: expected {declared}, as the text says, got {count} names."
        " A name may be missing, doubled or not read; check the source."
    )
    return [finding(text, "count-mismatch", message, rows[0].start, str(declared))]
