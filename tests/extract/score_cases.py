"""Score what extraction gives for a document, by the rule of the cases.

A state with an event that is not expected is wrong. A state that is expected and has no event is
asked, where a finding or a row names it; else it is missed.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from xinjiang_record.document_readers.document import Document
from xinjiang_record.document_readers.open_document import open_document, open_document_bytes
from xinjiang_record.extract.signatories.find_statements import find_statements
from xinjiang_record.extract.signatories.statement_model import StatementsFound

HERE = Path(__file__).parent
CASES = HERE / "cases"
OWN = HERE / "own_cases"
# The cases were written before there was an event for those who align with the text of others.
ALSO = {"signed": {"signed", "aligned"}}


@dataclass(frozen=True, eq=False)  # each equals itself alone, so that results can be kept
class Case:
    """One document with the events that are in it, one mapping a statement."""

    name: str
    expected: tuple[dict[str, str], ...]  # code to event
    facts: dict[str, Any]
    path: Path | None = None
    text: str = ""

    def document(self) -> Document:
        if self.path is not None:
            return open_document(self.path)
        return open_document_bytes(self.text.encode(), f"{self.name}.txt")


@dataclass
class Score:
    """The counts of one document, and what was not right in words."""

    right: int = 0
    asked: int = 0
    wrong: int = 0
    missed: int = 0
    problems: list[str] = field(default_factory=list)


def _by_code(statement: dict[str, list[str]]) -> dict[str, str]:
    return {code: event for event, codes in statement.items() for code in codes}


def shared_cases() -> list[Case]:
    """Return the cases of tests/extract/cases that are about statements and votes."""
    out = []
    for path in sorted(CASES.glob("*.expected.json")):
        facts = json.loads(path.read_text("utf-8"))
        if facts["command"] != "extract":
            continue
        name = path.name.removesuffix(".expected.json")
        document = next(p for p in CASES.glob(f"{name}.*") if p.name != path.name)
        out.append(Case(name, tuple(map(_by_code, facts["expected"])), facts, document))
    return out


def own_cases() -> list[Case]:
    """Return the cases of tests/extract/own_cases, one file a language."""
    return [
        Case(row["name"], tuple(map(_by_code, row["expected"])), row, None, row["text"])
        for path in sorted(OWN.glob("*.toml"))
        for row in tomllib.loads(path.read_text("utf-8"))["case"]
    ]


@cache
def found_in(case: Case) -> StatementsFound:
    """Return what extraction gives for one case."""
    return find_statements(case.document())


@cache
def score(case: Case) -> Score:
    """Return the score of one case."""
    found = found_in(case)
    out = Score()
    findings = [one for one in found.findings if one.type != "not-signatories"]
    rows = [row for one in found.statements for row in one.signatories]
    asked = {code for one in findings for code in one.candidates}
    asked |= {row.iso3 for row in rows if row.iso3 and row.event is None}
    told = " ".join(f"{one.message} {one.value}" for one in findings)
    statements = [one for one in found.statements if any(row.event for row in one.signatories)]
    if len(statements) != len(case.expected):
        out.problems.append(f"{len(statements)} statements, expected {len(case.expected)}")
    for number, statement in enumerate(statements):
        wanted = case.expected[number] if number < len(case.expected) else {}
        seen = set()
        for row in statement.signatories:
            if row.iso3 is None or row.event is None:
                continue
            event = wanted.get(row.iso3, "")
            if row.event == event or row.event in ALSO.get(event, ()):
                out.right += 1
                seen.add(row.iso3)
            else:
                out.wrong += 1
                out.problems.append(f"{row.iso3} {row.event}, expected {event or 'nothing'}")
        _count_others(case, out, wanted, seen, asked, told)
    for wanted in case.expected[len(statements) :]:
        _count_others(case, out, wanted, set(), asked, told)
    for code, printed in case.facts.get("asked", {}).items():
        if printed not in told and code not in asked:
            out.problems.append(f"{printed!r} is not asked about")
    if "lead" in case.facts and any(
        one.lead_iso3 != case.facts["lead"] for one in found.statements
    ):
        out.problems.append(f"lead {[one.lead_iso3 for one in found.statements]}")
    if "declared" in case.facts and any(
        one.declared_count not in case.facts["declared"] for one in found.statements
    ):
        out.problems.append(f"declared {[one.declared_count for one in found.statements]}")
    return out


def _count_others(
    case: Case, out: Score, wanted: dict[str, str], seen: set[str], asked: set[str], told: str
) -> None:
    for code, event in wanted.items():
        if code in seen:
            continue
        printed = case.facts.get("printed", {}).get(code)
        if code in asked or (printed and printed in told):
            out.asked += 1
            out.problems.append(f"{code} is asked about")
        else:
            out.missed += 1
            out.problems.append(f"{code} {event} is missed")
