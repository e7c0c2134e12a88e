"""Every case of ``cases_figures``, scored as its README says: by numbers, qualifier and unit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from xinjiang_record.document_readers.open_document import open_document
from xinjiang_record.extract.figures.find_figures import extract_figures

FOLDER = Path(__file__).parent / "cases_figures"
CASES = sorted(path.name.removesuffix(".expected.json") for path in FOLDER.glob("*.expected.json"))


def shape(figure: dict[str, Any]) -> tuple[Any, ...]:
    return figure["low"], figure["high"], figure["point"]


def score(found: list[dict[str, Any]], case: dict[str, Any]) -> list[str]:
    """Return what is WRONG or MISSED."""
    wrong, left = [], list(case["expected"])
    for figure in found:
        same = next((item for item in left if shape(item) == shape(figure)), None)
        if same is None:
            if figure not in case.get("tolerated", []):
                wrong.append(f"WRONG {figure}")
            continue
        left.remove(same)
        allowed = same["qualifier"] if isinstance(same["qualifier"], list) else [same["qualifier"]]
        if figure["qualifier"] not in allowed or figure["unit"] != same["unit"]:
            wrong.append(f"WRONG {figure}, expected {same}")
    return [*wrong, *(f"MISSED {item}" for item in left)]


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    path = next(item for item in FOLDER.glob(f"{name}.*") if ".expected" not in item.name)
    case = json.loads((FOLDER / f"{name}.expected.json").read_text("utf-8"))
    found = [
        {
            "low": item.value_low,
            "high": item.value_high,
            "point": item.value_point,
            "qualifier": item.qualifier,
            "unit": item.unit,
        }
        for item in extract_figures(open_document(path))
    ]
    assert score(found, case) == []
