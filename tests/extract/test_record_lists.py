"""The record's own printed lists, put into documents.

All that is sure is right, and nearly all is sure.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from made_lists import FORMATS

from xinjiang_record.document_readers.open_document import open_document_bytes
from xinjiang_record.extract.signatories.find_statements import find_statements

ROOT = Path(__file__).resolve().parents[2]
LISTS = sorted((ROOT / "raw" / "joint-statements").glob("*/signatories.txt"))


def known() -> dict[str, str]:
    out: dict[str, str] = {}
    for name in ("names_as_printed.csv", "name_variants.csv"):
        with open(ROOT / "tests" / "reconcile" / name, encoding="utf-8", newline="") as stream:
            out |= {row["name_as_printed"]: row["iso3"] for row in csv.DictReader(stream)}
    return out


def layouts(names: list[str]) -> dict[str, list[tuple[str, str]]]:
    joined = ", ".join(names)
    return {
        "sentence": [
            ("p", f"Delivered on behalf of the following {len(names)} countries: {joined}.")
        ],
        "bare": [("p", "Joint statement"), ("p", ",".join(names))],
        "lines": [("p", "Signatories:"), *(("li", name) for name in names)],
        "numbered": [("p", "Signatories:"), *(("ol", name) for name in names)],
        "table": [("p", "Signatories:"), *(("row", name) for name in names)],
    }


@pytest.mark.parametrize("form", ["txt", "html", "docx", "xlsx"])
def test_lists_of_the_record(form: str) -> None:
    right, there, wrong = 0, 0, []
    codes = known()
    for path in LISTS:
        names = [
            name.strip()
            for name in path.read_text("utf-8").replace("\n", " ").split(",")
            if name.strip()
        ]
        truth = {codes[name] for name in names if codes.get(name)}
        for layout, parts in layouts(names).items():
            found = find_statements(
                open_document_bytes(FORMATS[form](parts), f"list.{form}")
            ).statements
            sure = {row.iso3 for item in found for row in item.signatories if row.iso3}
            there, right = there + len(truth), right + len(truth & sure)
            wrong += [(path.parent.name, layout, sorted(sure - truth))] if sure - truth else []
    assert LISTS and not wrong
    assert right >= 0.99 * there, (right, there)
