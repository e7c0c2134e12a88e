"""Render the review page: the document left, the proposed rows right, in one file.

The page opens nothing. The draft is data in the page, never markup: its ``<`` is escaped, and
the script writes text nodes.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from xinjiang_record.proposals.ask_statement import list_bodies, list_values
from xinjiang_record.proposals.draft import Draft
from xinjiang_record.reconcile.iso3166 import country_rows, english_name
from xinjiang_record.rosters import POSITION_KINDS, SIDES
from xinjiang_record.settings import Project


def render_page(project: Project, draft: Draft) -> str:
    """Return the page for a draft. Its Save button posts the draft, or saves it as a file."""
    choices: dict[str, Any] = {
        "statement_type": list_values(project, "statements", "statement_type"),
        "stance": [(side, "") for side in (*SIDES, "vote")],
        "draft_stance": [(side, "only for a vote") for side in SIDES],
        "roster_status": list_values(project, "statements", "roster_status"),
        "topics": list_values(project, "statement_topics", "topic"),
        "body": list_bodies(project),
        "event": [(kind.name, kind.description) for kind in POSITION_KINDS],
        "states": [(row["country_iso3"], row["name_en"]) for row in country_rows()],
    }
    for statement in draft.statements:
        for row in statement.rows:
            if row.iso3 and not row.read_as:
                choices.setdefault("names", {})[row.iso3] = english_name(row.iso3)
    template = (Path(__file__).parent / "review_page.html").read_text("utf-8")
    draft_json = _embed(json.loads(draft.to_json()))
    return template.replace("/*DRAFT*/null", draft_json).replace("/*CHOICES*/null", _embed(choices))


@cache
def _escapes() -> dict[int, str]:
    return {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def _embed(value: object) -> str:
    """Return JSON that cannot end the script element around it."""
    return json.dumps(value, ensure_ascii=False).translate(_escapes())
