"""Check statement.toml: its shape, its dates, and the values that everything else rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from xinjiang_record import edtf
from xinjiang_record.rosters import OTHER_SIDE, ROSTER_KINDS
from xinjiang_record.schema.check_toml import Shape, first_problems

TEXT_KEYS = (
    "statement_id",
    "title",
    "statement_type",
    "stance",
    "delivered",
    "body",
    "roster_status",
    "note",
)
CLAIM_TEXTS = (
    "as_of",
    "source_id",
    "basis",
    "note",
    "counts",
    "qualifier",
    "residual_kind",
    "as_printed",
    "language",
)
CLAIM_COUNTS = ("count", "yes_count", "no_count", "abstain_count")
CLAIM = Shape({}, {**dict.fromkeys(CLAIM_TEXTS, str), **dict.fromkeys(CLAIM_COUNTS, int)})
SHAPE = Shape(
    required={
        **dict.fromkeys(TEXT_KEYS, str),
        "topics": [str],
        "sources": [str],
        "recorded_on": date,
    },
    optional={
        **dict.fromkeys(
            (
                "session",
                "document_symbol",
                "document_symbol_recalled",
                "document_date",
                "draft_stance",
                "basis",
            ),
            str,
        ),
        "declared_count": int,
        "residual": Shape({"count": int, "reason": str}),
        "leads": [Shape({"name": str, "role": str}, {"basis": str})],
        "lists": [Shape({"file": str, "event": str, "date": str, "source_id": str})],
        "count_claims": [CLAIM],
        "corrections": [Shape({"as_printed": str, "read_as": str, "reason": str})],
    },
)
CLAIM_BASES = ("recall", "contradiction", "no-source", "weak")
STATEMENT_BASES = ("source", "recall", "weak")
# Types whose text has no list that a declared number could be compared with.
UNDECLARED = ("debate", "readout")
Path = tuple[str | int, ...]
AddFinding = Callable[..., None]  # (type, message, path in statement.toml, **more)


def check_facts(facts: Mapping[str, Any], folder: str, add: AddFinding) -> None:
    """Add a finding for each fault of statement.toml; with any, nothing of it is safe to use."""
    before = first_problems(facts, SHAPE)
    for path, problem in before:
        add("constraint-error", problem, path, field=".".join(map(str, path)))
    if before:
        return
    if facts["statement_id"] != folder:
        message = (
            f"statement_id: expected the folder's name {folder!r}, got {facts['statement_id']!r}. "
            "Make them the same."
        )
        add("primary-key", message, ("statement_id",), value=facts["statement_id"])
    for key in ("delivered", "document_date"):
        if key in facts:
            check_date(facts[key], (key,), add)
    if facts.get("declared_count", 1) < 1:
        add("constraint-error", "declared_count is below 1.", ("declared_count",))
    if not facts["topics"] or len(set(facts["topics"])) < len(facts["topics"]):
        add("constraint-error", "topics are empty, or one is there twice.", ("topics",))
    if not facts["sources"]:
        add("no-source", "sources is empty. Name where the statement was read.", ("sources",))
    if facts.get("basis", "source") not in STATEMENT_BASES:
        message = f"basis: expected one of {', '.join(STATEMENT_BASES)}, got {facts['basis']!r}."
        add("constraint-error", message, ("basis",), value=facts["basis"])
    _check_type(facts, add)
    _check_claims(facts, add)


def _check_type(facts: Mapping[str, Any], add: AddFinding) -> None:
    kind, draft = facts["statement_type"], facts.get("draft_stance")
    if kind not in ROSTER_KINDS:
        message = f"statement_type: expected one of {', '.join(ROSTER_KINDS)}, got {kind!r}."
        add("constraint-error", message, ("statement_type",), value=kind)
    if (kind == "vote") != (draft in OTHER_SIDE):
        message = (
            "draft_stance: a vote says which side its draft takes, critical or supportive; "
            f"nothing else has it. Got {draft!r}. Correct it."
        )
        add("draft-stance", message, ("draft_stance",), value=draft or "")
    if kind in UNDECLARED and "declared_count" in facts:
        message = f"declared_count: a {kind} has no list that it could count. Take it out."
        add("constraint-error", message, ("declared_count",))
    if kind == "debate" and facts["roster_status"] == "complete":
        message = "roster_status: expected partial or none for a debate, got complete."
        add("constraint-error", message, ("roster_status",), value="complete")


def _check_claims(facts: Mapping[str, Any], add: AddFinding) -> None:
    for number, claim in enumerate(facts.get("count_claims", [])):
        path = ("count_claims", number)
        if "as_of" in claim:
            check_date(claim["as_of"], (*path, "as_of"), add)
        if any(claim.get(name, 0) < 0 for name in CLAIM_COUNTS):
            add("constraint-error", "a count is below 0. Correct it.", path)
        if claim.get("basis", "no-source") not in CLAIM_BASES:
            message = (
                f"basis: expected one of {', '.join(CLAIM_BASES)}, got {claim['basis']!r}. "
                "A claim with a source needs none."
            )
            add("constraint-error", message, path, value=claim["basis"])


def check_date(text: str, path: Path, add: AddFinding) -> bool:
    """Return whether ``text`` is an EDTF date; add a finding if it is not."""
    try:
        edtf.bounds(text)
    except ValueError as error:
        add("type-error", f"date: {error}.", path, field="date", value=text)
        return False
    return True
