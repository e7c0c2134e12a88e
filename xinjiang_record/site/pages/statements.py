"""Make the list of statements and a page for each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from xinjiang_record.rosters import VOTE_KINDS
from xinjiang_record.site.graphics import world_map
from xinjiang_record.site.pages.page import Page, cited_sources, join_parts
from xinjiang_record.site.positions import (
    count_sides,
    counterparts,
    current_codes,
    previous_statement,
    roster_positions,
    side_of,
)
from xinjiang_record.site.release_data import Record, RowDict, delivered, last_day
from xinjiang_record.site.translate import Language

# What the unnamed rest of a claimed number is, by the kind that the record gives it.
RESIDUAL_WORDS = {
    "none": "nobody is unnamed",
    "unnamed": "states that no source names",
    "withdrew": "a state that had left by then",
    "late_unnamed": "states that joined later and that no source names",
    "late_left_out": "states that joined after the number was given",
    "late_and_unnamed": "states that joined later, and states that no source names",
    "lead_left_out": "the state that spoke, which the number leaves out",
    "lead_counted_twice": "the state that spoke, counted twice",
    "one_left_out": "one state that the number leaves out",
    "joiners_only": "a number of the states that joined later, without the first signatories",
    "read_aloud_only": "a number of the names that were read aloud",
    "misread": "a number that misreads the list",
    "other_question": "a number that answers another question",
    "not_a_list": "a number without a list",
}
CLAIM_QUALIFIERS = {
    "at_least": "at least",
    "more_than": "more than",
    "about": "about",
    "nearly": "nearly",
}


def style_of(row: RowDict, statement: RowDict) -> str:
    """Return the side of a roster row, or ``withdrew``."""
    if row["withdrew_edtf"] or row["withdrew_on"]:
        return "withdrew"
    return side_of(row["entry"], statement)


def make_pages(record: Record, words: Language) -> Iterator[Page]:
    """Return the list of statements, and a page for each."""
    rows = list(reversed(record.statements.values()))
    described = words(
        "Letters, statements and votes on Xinjiang: declared and named signatories. "
        "Statements: {n}.",
        n=len(rows),
    )
    yield Page(
        "statements/index.html",
        "statements.html.j2",
        words("Letters, joint statements and the vote"),
        described,
        "statements",
        {"rows": rows, "blocs": _bloc_positions(record)},
        words=words,
    )
    yield from (_statement(record, words, row) for row in rows)


def _bloc_positions(record: Record) -> list[dict[str, Any]]:
    """Return the positions of blocs, newest first. They give no member state a side."""
    titles = record.index("joint-statements", "blocs", "bloc_id")
    return [
        {
            **row,
            "bloc": titles.get(row["bloc_id"], {}).get("title") or row["bloc_id"],
            "cited": cited_sources(record, "bloc_positions", row["position_id"], row),
        }
        for row in sorted(
            record.rows("joint-statements", "bloc_positions"),
            key=lambda row: (last_day(row, "taken") or date.min, row["position_id"]),
            reverse=True,
        )
    ]


def _statement(record: Record, words: Language, row: RowDict) -> Page:
    name = row["statement_id"]
    view = world_map.roster_view(record, words, [name])
    totals = count_sides(roster_positions(record, name))
    context = {
        "row": row,
        "view": view,
        "drawing": world_map.page_body(view.marks, words),
        "others": counterparts(record, name),
        "change": _change(record, name),
        "roster": _roster(record, row),
        "others_named": _other_acts(record, row),
        "texts": [
            item for item in record.rows("documents", "documents") if item["statement_id"] == name
        ],
        "claims": [_claim(item) for item in _own(record, "count_claims", name)],
        "leads": _leads(_own(record, "statement_leads", name)),
        "votes": [(label, totals.get(side, 0)) for side, label in world_map.VOTE_WORDS.items()],
    }
    described = join_parts(
        [
            words(row["stance"]),
            words.of_data(row["body"]),
            words.day(delivered(row)),
            words("{n} named", n=row["current_count"]) if row["current_count"] else "",
        ]
    )
    items = record.signatories.get(name, [])
    signatories = " ".join(item["signatory_name"] for item in items)
    withdrew = [item["signatory_name"] for item in items if item["withdrew_edtf"]]
    find = join_parts(
        [
            name,
            row["body"],
            row["session"],
            row["document_symbol"],
            words.edtf(row["delivered_edtf"]),
            *record.topics.get(name, []),
            signatories,
            *(f"{name} withdrew" for name in withdrew),
        ]
    )
    return Page(
        f"statements/{name}.html",
        "statement.html.j2",
        row["title"],
        described,
        "statements",
        context,
        ((words("Statements"), "statements/index.html"),),
        "Statement",
        find,
        words,
    )


def _own(record: Record, table: str, name: str) -> list[RowDict]:
    return [row for row in record.rows("joint-statements", table) if row["statement_id"] == name]


def _leads(rows: list[RowDict]) -> list[tuple[str, list[str]]]:
    """Return each role with the states that had it: introduced, by Norway and the United States."""
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["lead_role"], []).append(row["country_iso3"])
    return list(found.items())


def _claim(row: RowDict) -> dict[str, Any]:
    return {
        **row,
        "qualifier_words": CLAIM_QUALIFIERS.get(row.get("qualifier") or "", ""),
        "residual_words": RESIDUAL_WORDS.get(row.get("residual_kind") or "", ""),
    }


def _roster(record: Record, statement: RowDict) -> list[dict[str, Any]]:
    rows = []
    for row in record.signatories.get(statement["statement_id"], []):
        events = record.events.get(row["signatory_id"], [])
        names = dict.fromkeys(
            event["name_as_printed"] for event in events if event["name_as_printed"]
        )
        sources = [
            name
            for event in events
            for name in cited_sources(record, "signature_events", event["event_id"], event)
        ]
        rows.append(
            {
                **row,
                "style": style_of(row, statement),
                "words": world_map.KIND_WORDS.get(row["entry"], row["entry"]),
                "printed": "; ".join(names),
                "cited": list(dict.fromkeys(sources)),
            }
        )
    return rows


def _other_acts(record: Record, statement: RowDict) -> list[dict[str, Any]]:
    """Return what states did about a statement beyond its roster: sponsored, spoke, and so on."""
    kinds = {"signed", "joined", "withdrew", *VOTE_KINDS}
    return [
        {
            **event,
            "words": world_map.KIND_WORDS.get(event["event_type"], event["event_type"]),
            "cited": cited_sources(record, "signature_events", event["event_id"], event),
        }
        for event in record.statement_events.get(statement["statement_id"], [])
        if event["event_type"] not in kinds
    ]


def _change(record: Record, name: str) -> dict[str, Any] | None:
    before = previous_statement(record, name)
    if before is None or not record.signatories.get(name):
        return None
    now, then = current_codes(record, name), current_codes(record, before)
    is_partial = any(
        record.statements[item]["roster_status"] != "complete" for item in (name, before)
    )
    return {
        "before": before,
        "stayed": sum(code in then for code in now),
        "came": [code for code in now if code not in then],
        "went": [code for code in then if code not in now],
        "is_partial": is_partial,
    }
