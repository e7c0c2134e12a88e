"""Ask what a statement's folder needs and the document does not say."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from dataclasses import replace

from xinjiang_record.data_packages.joint_statements.read_names import BODIES
from xinjiang_record.proposals.askers import Asker, Question
from xinjiang_record.proposals.draft import DraftRow, DraftStatement, describe_candidates
from xinjiang_record.proposals.figure_rows import check_edtf
from xinjiang_record.reconcile import countries
from xinjiang_record.reconcile.iso3166 import english_name
from xinjiang_record.rosters import POSITION_KINDS, SIDES
from xinjiang_record.settings import Project

PACKAGE = "joint-statements"
LEAVE_OUT = "leave-out"
_SIDE_MEANING = {
    "critical": "of China's policy in Xinjiang",
    "supportive": "of China's policy in Xinjiang",
}


def ask_statement(project: Project, statement: DraftStatement, asker: Asker) -> None:
    """Ask for the missing facts, then for each open name, then settle the id of the folder."""
    facts = statement.facts
    about = _describe(statement)
    for question in _fact_questions(project, statement):
        answer = asker.ask(replace(question, about=about))
        if question.several:
            facts[question.key] = [part for part in answer.split(",") if part]
        else:
            facts[question.key] = answer
    for row in statement.rows:
        if row.is_open:
            _ask_row(row, asker, about)
    if not statement.statement_id:
        statement.statement_id = suggest_id(statement)


def _describe(statement: DraftStatement) -> str:
    """Return which statement is asked about: its kind, its names and its place."""
    facts = statement.facts
    kind = "Vote" if facts.get("statement_type") == "vote" else "Statement"
    declared = f", {facts['declared_count']} declared" if facts.get("declared_count") else ""
    where = statement.locator or "the document"
    return f"{kind} with {len(statement.rows)} names{declared} ({where})"


def _fact_questions(project: Project, statement: DraftStatement) -> list[Question]:
    facts = statement.facts
    is_vote = facts.get("statement_type") == "vote"
    sides = [(side, _SIDE_MEANING[side]) for side in SIDES]
    types = list_values(project, "statements", "statement_type")
    asked = [
        Question("title", "What is its title?"),
        Question("statement_type", "What is it?", types),
        Question("stance", "Which side does the statement take?", sides),
        Question("draft_stance", "Which side does a vote for the draft take?", sides),
        Question(
            "delivered", "When was it delivered? (EDTF: 2022-06-14, 2022-06)", check=check_edtf
        ),
        Question("body", "In which body?", list_bodies(project), is_open=True),
        Question("session", "In which session, such as HRC50?", optional=True),
        Question(
            "topics",
            "Which topics does it speak of?",
            list_values(project, "statement_topics", "topic"),
            several=True,
        ),
        Question(
            "roster_status",
            "How far are the names known?",
            list_values(project, "statements", "roster_status"),
        ),
    ]
    needless = {"draft_stance"} if not is_vote else set()
    return [item for item in asked if item.key not in needless and not facts.get(item.key)]


def list_values(project: Project, resource: str, name: str) -> list[tuple[str, str]]:
    """Return the allowed values of a field, with the meaning that its description gives."""
    schema = json.loads((project.schemas / PACKAGE / f"{resource}.schema.json").read_text("utf-8"))
    field = next(item for item in schema["fields"] if item["name"] == name)
    description = str(field.get("description", ""))
    return [
        (str(value), _meaning(description, str(value))) for value in field["constraints"]["enum"]
    ]


def _meaning(description: str, value: str) -> str:
    match = re.search(rf"\b{re.escape(value)} \(([^)]+)\)", description)
    return match[1] if match else ""


def list_bodies(project: Project) -> list[tuple[str, str]]:
    """Return the bodies of the statements in raw/, the most frequent first."""
    found: Counter[str] = Counter()
    for path in sorted((project.raw / PACKAGE).glob("*/statement.toml")):
        try:
            found[str(tomllib.loads(path.read_text("utf-8")).get("body", ""))] += 1
        except tomllib.TOMLDecodeError:
            continue  # the run reports it
    return [(body, "") for body, number in found.most_common(9) if body and number > 1]


def _ask_row(row: DraftRow, asker: Asker, about: str) -> None:
    if not (row.iso3 or row.read_as) and row.name not in BODIES:
        candidates = describe_candidates(row)
        answer = asker.ask(
            Question(
                f"name {row.name}",
                f"Which state is {row.name!r} ({row.locator})? A number, a name, or {LEAVE_OUT}.",
                choices=[
                    *candidates,
                    (LEAVE_OUT, "a body, or not a state: named in the note only"),
                ],
                is_open=True,
                check=_check_state,
                about=about,
            )
        )
        if answer == LEAVE_OUT:
            row.keep = False
            return
        if not answer:
            return
        row.read_as = _code(answer)
        row.reason = asker.ask(
            Question(
                "reason",
                f"Why is {row.name!r} read as {english_name(row.read_as)}?",
                about=about,
            )
        )
    if not row.event:
        row.event = asker.ask(
            Question(
                f"event {row.name}",
                f"What did {row.name} do ({row.locator})? {row.because}",
                choices=[(kind.name, kind.description) for kind in POSITION_KINDS],
                about=about,
            )
        )


def _check_state(answer: str) -> str:
    if answer == LEAVE_OUT or _code(answer):
        return ""
    return f"{answer!r} is not the name of one state. Type its English name or its three letters."


def _code(answer: str) -> str:
    if re.fullmatch(r"[A-Z]{3}", answer):
        try:
            return answer if english_name(answer) else ""
        except KeyError:
            return ""
    return countries.reconcile(answer).iso3 or ""


def suggest_id(statement: DraftStatement) -> str:
    """Return ``<date>-<session or body>-<side>``; empty where one of them is not known."""
    facts = statement.facts
    date = str(facts.get("delivered", "")).rpartition("/")[2]
    forum = _slug(str(facts.get("session") or facts.get("body", "")))
    if facts.get("stance") == "vote":
        side = f"vote-{_slug(str(facts.get('document_symbol', '')).rpartition('/')[2])}".strip("-")
    else:
        side = str(facts.get("stance", ""))
    parts = [date, forum, side]
    return "-".join(parts) if all(parts) and len(date) == 10 else ""


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")
