"""Each rule of Data Package 2.0 on cells: by the standard, by Frictionless, and by this project.

``conformance.json`` has the rules; ``docs/conformance.md`` is written from it. Run this file as a
program to write the page again.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
RULES = json.loads(Path(__file__).with_name("conformance.json").read_text("utf-8"))
PAGE = ROOT / "docs" / "conformance.md"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
HEAD = """\
# Conformance: the standard, Frictionless and xrecord validate

Each row is a rule of Data Package 2.0 on the cells of a field, and a test. *By default*
`xrecord validate` gives Frictionless's answer, or says that Frictionless fails. With `--standard v2`
or `--strict` it gives the standard's. "refused" means that Frictionless refuses the schema, and
"raises" that it ends with an exception.

This page is written by `python tests/validate/test_conformance.py`.

| part | field | cells that are not valid by the standard and `--standard v2` | by Frictionless 5.21 and by default |
| --- | --- | --- | --- |
"""  # noqa: E501


def write(folder: Path, rule: dict[str, Any]) -> Path:
    quoted = [text.replace('"', '""') for text in rule["cells"]]
    rows = "".join(f'{number},"{text}"\n' for number, text in enumerate(quoted))
    (folder / "t.csv").write_text(f"id,a\n{rows}", "utf-8", newline="")
    fields = [{"name": "id", "type": "integer"}, {"name": "a", **rule["field"]}]
    resource = {
        "name": "t",
        "type": "table",
        "path": "t.csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ","},
        "schema": {"fields": fields, **rule.get("schema", {})},
    }
    path = folder / "datapackage.json"
    path.write_text(json.dumps({"$schema": PROFILE, "name": "p", "resources": [resource]}))
    return path


def bad_cells(report: Any, rule: dict[str, Any]) -> Any:
    """Return the cells of rows with an error; "refused" if an error is not of a row."""
    if isinstance(report, str):
        return "raises"
    errors = [error for task in report["tasks"] for error in task["errors"]]
    if report["errors"] or any("rowNumber" not in error for error in errors):
        return "refused"
    return [rule["cells"][row - 2] for row in sorted({error["rowNumber"] for error in errors})]


def words(rule: dict[str, Any]) -> str:
    return json.dumps({**rule["field"], **rule.get("schema", {})}, ensure_ascii=False)


@pytest.mark.parametrize("rule", RULES, ids=words)
@pytest.mark.parametrize("side", ["frictionless", "default", "standard", "strict"])
def test_a_rule(
    rule: dict[str, Any],
    side: str,
    tmp_path: Path,
    theirs: Callable[..., Any],
) -> None:
    from xinjiang_record.errors import ReadError
    from xinjiang_record.validate import validate

    path = write(tmp_path, rule)
    if side == "frictionless":
        assert bad_cells(theirs(path), rule) == rule["frictionless"]
    elif side == "default":
        try:
            report: Any = validate(path).to_descriptor()
        except ReadError:
            report = "raises"
        assert bad_cells(report, rule) == rule["frictionless"]
    else:
        options: Any = {"standard": "v2"} if side == "standard" else {"strict": True}
        assert bad_cells(validate(path, **options).to_descriptor(), rule) == rule["standard"]


def page() -> str:
    lines = [HEAD]
    for rule in RULES:
        cells = [shown(rule["standard"]), shown(rule["frictionless"])]
        lines.append(f"| {rule['section']} | {code(words(rule))} | {cells[0]} | {cells[1]} |\n")
    return "".join(lines)


def shown(cells: Any) -> str:
    return cells if isinstance(cells, str) else ", ".join(map(code, cells)) or "none"


def code(text: str) -> str:
    text = re.sub(r"[\n\r]", "⏎", text).replace("|", "\\|")
    return f"`{text}`" if text else "(empty)"


def test_the_page_is_written_from_the_rules() -> None:
    assert PAGE.read_text("utf-8") == page()


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    sys.stdout.write(f"{PAGE}\n")
