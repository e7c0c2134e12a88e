"""Statements in a document: who signed, joined, withdrew or voted, with the declared count, the lead and the stance.

Contract: an entry has ``iso3`` only when it is sure; every other one stands with None and a finding that has the candidates. A
list that does not add up to its declared count is a finding with both numbers. States that are named as not having signed are
left out. Votes are told by their labels, never by their order; sponsors are not voters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from xinjiang_record.document_readers.document import Document
from xinjiang_record.extract.languages import list_cues
from xinjiang_record.extract.signatories.declared_count import declared_count
from xinjiang_record.extract.signatories.lead_state import find_lead
from xinjiang_record.extract.signatories.name_lists import Entry, Run, document_runs
from xinjiang_record.model import Finding, Place
from xinjiang_record.reconcile.countries import Match, reconcile_list

REGION = 40  # letters of a label that only names a region, so that the words above it say what the list is
STANCE_TEXT = (
    20_000  # letters of a document that tell its stance, where the words around the list do not
)
LEAST_CUED, LEAST_APART, LEAST_BARE = (
    3,
    2,
    6,
)  # names that make a list: after a cue; after a cue and apart; without a cue
_HAVE = re.compile(r"^\s*(?:has|have) (?:now |also |since )*signed", re.IGNORECASE)
NEAR = 90  # letters before or after a list within which a verb says what the states did


@dataclass(frozen=True, slots=True)
class Signatory:
    """One row. ``role``: lead, signatory, voter or sponsor; ``event``: signed, joined, withdrew, voted_yes, voted_no, abstained, sponsored."""

    name: str
    iso3: str | None
    role: str
    event: str
    locator: str
    match: Match
    note: str = ""


@dataclass(slots=True)
class Statement:
    """One proposed statement."""

    declared_count: int | None = None
    lead_iso3: str | None = None
    stance: str | None = None
    signatories: list[Signatory] = field(default_factory=list)

    def codes(self, *events: str) -> list[str]:
        return [
            row.iso3 for row in self.signatories if row.iso3 and (not events or row.event in events)
        ]

    @property
    def is_vote(self) -> bool:
        return any(row.event in list_cues.VOTES for row in self.signatories)


@dataclass(slots=True)
class _Draft:
    statement: Statement
    runs: list[tuple[str, Run]]


def statements(document: Document) -> tuple[list[Statement], list[Finding]]:
    """The statements that a document reports, in its order, and what could not be read for sure."""
    runs = document_runs(document)
    text = " ".join(
        [document.metadata.get("title", ""), document.text[:200_000], *_table_texts(document)]
    )
    voted = {_vote_event(run) for run in runs if run.is_apart}
    labelled = bool(list_cues.VOTE_WORDS.search(text)) and any(map(_vote_event, runs))
    is_vote = labelled or {"abstained"} < voted - {None}
    drafts: list[_Draft] = []
    findings: list[Finding] = []
    event: str | None = None
    for run in runs:
        goes_on = (
            event in ("signed", "joined")
            and run.is_apart
            and run.gap < 60
            and list_cues.REGIONS.search(run.label[-60:])
        )
        event = event if goes_on else _event(run, is_vote)
        if event == "not":
            findings.append(_left_out(document, run))
        elif event:
            _place(drafts, event, run)
    for draft in drafts:
        findings += _finish(draft, document, text)
    return [draft.statement for draft in drafts], findings


def _table_texts(document: Document) -> Iterable[str]:
    """The first rows of every table: enough to tell what a table is about."""
    return (" ".join(" ".join(row)[:400] for row in table.rows[:8]) for table in document.tables)


def _near(run: Run) -> tuple[str, str]:
    return run.label[-NEAR:], run.after[:NEAR]


def _vote_event(run: Run) -> str | None:
    """The vote that the label tells, or that the verb after the list tells."""
    label, after = run.label[-160:], run.after[:40]
    if not run.is_apart:
        found = [
            (match.start(), event)
            for event, pattern in list_cues.VOTES.items()
            if (match := pattern.search(after))
        ]
        if found:
            return min(found)[1]
    last = [
        (matches[-1].end(), -order, event)
        for order, (event, pattern) in enumerate(list_cues.VOTES.items())
        if (matches := list(pattern.finditer(label)))
    ]
    if last:
        return max(last)[2]
    found = [
        (match.start(), event)
        for event, pattern in list_cues.VOTES.items()
        if (match := pattern.search(after))
    ]
    return min(found)[1] if found else None


def _event(run: Run, is_vote: bool) -> str | None:
    """What the states of a run did; None when it is no list of a statement; "not" when they stood aside."""
    label, after = _near(run)
    clause = re.split(r"[.;,。；，،]", after)[0]
    if list_cues.WITHDREW.search(clause) or _ends_withdrawn(label):
        return "withdrew" if _names(run) <= 5 else None
    if list_cues.NOT.search(clause[:70]) or (
        _ends_negated(run.label[-110:]) and not list_cues.SIGN.search(clause[:30])
    ):
        return "not"
    if (
        is_vote
        and list_cues.NO_VOTE.search(run.label[-60:])
        and run.is_apart
        and not _vote_event(run)
    ):
        return "not"
    vote = _vote_event(run) if is_vote else None
    if is_vote and _is_sponsored(run, vote):
        return "sponsored"
    if vote and (run.is_apart or _names(run) >= 1):
        return vote
    joined = list_cues.JOINED.search(label) or list_cues.JOINED.search(clause)
    words = (
        run.before if len(run.label) < REGION and list_cues.REGIONS.search(run.label) else run.label
    )
    strong = list_cues.SIGN.search(words[-300:]) or list_cues.SIGN.search(clause)
    weak = list_cues.SIGN_WEAK.search(words[-300:])
    least = LEAST_BARE
    if strong:
        least = LEAST_APART if run.is_apart else LEAST_CUED
    elif weak and run.is_apart:
        least = LEAST_CUED
    elif run.is_apart:
        least = LEAST_CUED + 1
    if list_cues.JOINED.search(clause[:40]) and not (
        _HAVE.match(clause) and _names(run) >= LEAST_CUED
    ):
        least = 1
    if _names(run) < least:
        return None
    return (
        "joined"
        if joined and not _is_whole(run) and (least == 1 or not _HAVE.match(clause))
        else "signed"
    )


def _ends_negated(label: str) -> bool:
    """Whether the label says that the states did not take part, and does not go on to announce those that did."""
    found = list(list_cues.NOT.finditer(label))
    return (
        bool(found)
        and len(label) - found[-1].end() <= 70
        and not list_cues.SIGN.search(label, found[-1].end())
    )


def _ends_withdrawn(label: str) -> bool:
    """ "Withdrawn: Qatar": the word stands right before the list, and no other list is announced after it."""
    found = list(list_cues.WITHDREW.finditer(label))
    return bool(found) and len(label) - found[-1].end() <= 12


def _is_sponsored(run: Run, vote: str | None) -> bool:
    label = list(list_cues.SPONSORS.finditer(run.label[-120:]))
    if vote and run.is_apart and label:
        votes = [
            m.end()
            for pattern in list_cues.VOTES.values()
            for m in pattern.finditer(run.label[-120:])
        ]
        return bool(votes) and label[-1].end() > max(votes)
    return bool(label) or bool(
        list_cues.SPONSORS.search(run.after[:40])
        and not list_cues.VOTES["voted_no"].search(run.after[:40])
    )


def _is_whole(run: Run) -> bool:
    """ "joined by 38 countries", "on behalf of": the roster itself and no later joining."""
    return bool(
        re.search(r"on behalf of|following|joined by|signatories", run.label, re.IGNORECASE)
    )


def _names(run: Run) -> int:
    return sum(entry.match.status != "unknown" or bool(entry.match.note) for entry in run.entries)


def _place(drafts: list[_Draft], event: str, run: Run) -> None:
    """Put a run into the statement it belongs to."""
    last = drafts[-1] if drafts else None
    if last is not None and _belongs(last, event, run):
        last.runs.append((event, run))
        return
    drafts.append(_Draft(Statement(), [(event, run)]))


def _belongs(last: _Draft, event: str, run: Run) -> bool:
    if event in ("joined", "withdrew"):
        return True
    votes = {*list_cues.VOTES, "sponsored"}
    events = {kind for kind, _ in last.runs}
    if event == "signed" and events <= {"joined", "withdrew"}:
        return True
    if event in votes or events & votes:
        return event in votes and bool(events & votes)
    if _stance(run.label) and _stance(run.label) != _stance(last.runs[0][1].label):
        return False
    old = {entry.match.iso3 for _, other in last.runs for entry in other.entries}
    new = {entry.match.iso3 for entry in run.entries if entry.match.iso3}
    if len(old & new) * 5 >= len(new) * 4:
        return True  # the same list again: another language, another copy
    if old & new:
        return False
    return (
        run.gap < 160
        and not list_cues.SIGN.search(run.label[-200:])
        and declared_count(run.label) is None
    )


def _stance(label: str) -> str | None:
    found = {side for side, pattern in list_cues.STANCES.items() if pattern.search(label)}
    if re.search(r"\bsupport(?:ing|ers|ive)\b", label, re.IGNORECASE) and not found:
        found = {"supportive"}
    return found.pop() if len(found) == 1 else None


def _finish(draft: _Draft, document: Document, text: str) -> list[Finding]:
    statement, findings = draft.statement, []
    entries = [(event, run, entry) for event, run in draft.runs for entry in run.entries]
    settled = reconcile_list_of([entry for _, _, entry in entries])
    seen: set[tuple[str, str]] = set()
    for (event, _run, entry), match in zip(entries, settled, strict=True):
        mark = (
            match.iso3 or entry.text,
            "later" if event == "withdrew" else "group" if event == "sponsored" else "first",
        )
        if mark in seen:
            continue
        seen.add(mark)
        role = (
            "sponsor"
            if event == "sponsored"
            else "voter"
            if event in list_cues.VOTES
            else "lead"
            if entry.is_own
            else "signatory"
        )
        statement.signatories.append(
            Signatory(entry.text, match.iso3, role, event, entry.locator, match, entry.note)
        )
        findings += _doubts(document, entry, match)
    findings += [_glued(document, run) for _, run in draft.runs if run.is_missing]
    first = draft.runs[0][1]
    statement.stance = (
        _stance(first.label)
        or _stance_of(f"{first.before} {first.after}")
        or _stance_of(text[:STANCE_TEXT])
    )
    if statement.is_vote:
        return findings + _check_groups(document, draft)
    statement.declared_count = (
        declared_count(first.label) or declared_count(first.before) or declared_count(text[:3000])
    )
    _lead(statement, first, text)
    return findings + _check_count(document, statement, first)


def reconcile_list_of(entries: list[Entry]) -> list[Match]:
    """The matches of a list's entries, with what the list itself settles."""
    settled = reconcile_list(entry.match.name for entry in entries)
    return [
        new if entry.match.status == "ambiguous" else entry.match
        for entry, new in zip(entries, settled, strict=True)
    ]


def _stance_of(text: str) -> str | None:
    scores = {
        side: len({match.group().casefold() for match in pattern.finditer(text)})
        for side, pattern in list_cues.STANCES.items()
    }
    best = max(scores, key=lambda side: scores[side])
    return best if scores[best] and list(scores.values()).count(scores[best]) == 1 else None


def _lead(statement: Statement, run: Run, text: str) -> None:
    """The speaker: marked in the list, or named by the words around it; added to the list only where the count needs it."""
    own = next((row for row in statement.signatories if row.role == "lead" and row.iso3), None)
    lead = (
        own.match
        if own
        else find_lead(run.label)
        or find_lead(run.before)
        or find_lead(run.after)
        or find_lead(text[:1500])
    )
    if lead is None or lead.iso3 is None:
        return
    statement.lead_iso3 = lead.iso3
    for number, row in enumerate(statement.signatories):
        if row.iso3 == lead.iso3 and row.event == "signed":
            statement.signatories[number] = replace(row, role="lead")
            return
    others = re.search(
        r"joined (?:by )?|other (?:countries|states)",
        f"{run.label} {run.after[:120]}",
        re.IGNORECASE,
    )
    if statement.declared_count == len(_signed(statement)) + 1 or (
        others and statement.declared_count == len(_signed(statement))
    ):
        statement.signatories.append(
            Signatory(lead.name, lead.iso3, "lead", "signed", run.entries[0].locator, lead)
        )


def _signed(statement: Statement) -> list[Signatory]:
    return [row for row in statement.signatories if row.event in ("signed",)]


def _doubts(document: Document, entry: Entry, match: Match) -> list[Finding]:
    place = Place(document.path, None, entry.locator)
    near = tuple(match.candidates)
    if match.status == "unknown" and not match.note:
        hint = f" Near names: {', '.join(near)}." if near else " No name is near."
        message = f"{entry.text!r} stands in a list of states and names none that is known.{hint} Decide by hand."
        return [
            Finding(
                "unknown-country",
                message,
                place,
                value=entry.text,
                candidates=near,
                severity="warning",
            )
        ]
    if match.status == "ambiguous":
        message = (
            f"{entry.text!r} is borne by more than one state: {', '.join(near)}. Decide by hand."
        )
        return [
            Finding(
                "ambiguous-country",
                message,
                place,
                value=entry.text,
                candidates=near,
                severity="warning",
            )
        ]
    return []


def _glued(document: Document, run: Run) -> Finding:
    place = Place(document.path, None, run.entries[0].locator)
    return Finding(
        "missing-separator",
        "Two names stand in this list with no separator between them; both were read.",
        place,
        severity="warning",
    )


def _left_out(document: Document, run: Run) -> Finding:
    names = ", ".join(entry.text for entry in run.entries)
    place = Place(document.path, None, run.entries[0].locator)
    return Finding(
        "not-signatories",
        f"{names}: named as not taking part, so left out.",
        place,
        value=names,
        severity="warning",
    )


def _check_count(document: Document, statement: Statement, run: Run) -> list[Finding]:
    declared = statement.declared_count
    rows = _signed(statement) or [row for row in statement.signatories if row.event == "joined"]
    if declared is None or not rows:
        return []
    count, has_lead = len(rows), any(row.role == "lead" for row in rows)
    joined = sum(row.event in ("signed", "joined") for row in statement.signatories)
    left = joined - sum(row.event == "withdrew" for row in statement.signatories)
    if declared in (count, joined, left) or (
        has_lead and declared == count - 1 and _says_others(run)
    ):
        return []
    message = f"{declared} are declared and {count} are named. A name may be missing, doubled or unread; check the source."
    return [
        Finding(
            "count-mismatch",
            message,
            Place(document.path, None, rows[0].locator),
            value=str(declared),
            severity="warning",
        )
    ]


def _says_others(run: Run) -> bool:
    return bool(
        re.search(
            r"\bother\b|\bjoin|autres|otros|andere|altri|outros|lain|diğer|другими?|أخرى|其他|其它|他の|ほか",
            f"{run.label} {run.before} {run.after}",
            re.IGNORECASE,
        )
    )


def _check_groups(document: Document, draft: _Draft) -> list[Finding]:
    findings = []
    for event, run in draft.runs:
        found = re.search(r"[(（\[]\s*(\d{1,3})\s*[)）\]]|\b(\d{1,3})\b\W*$", run.label[-60:])
        number = int(found[1] or found[2]) if found else None
        if number is not None and number != run.size:
            place = Place(document.path, None, run.entries[0].locator)
            message = f"{number} are declared under {run.label[-60:].strip()!r} and {run.size} are named ({event})."
            findings.append(
                Finding("count-mismatch", message, place, value=str(number), severity="warning")
            )
    return findings
