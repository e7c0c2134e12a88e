"""Run each call of ``frictionless validate`` in docs/from-frictionless.md, and ours beside it.

They must agree on what is valid.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "from-frictionless.md"
ROW = re.compile(r"^\| `([^`]+)` \| `([^`]+)` \|", re.MULTILINE)
FILES = {
    "table.csv": "id,name\n1,a\nx,b\nx,b\n",
    "schema.json": '{"fields": [{"name": "id", "type": "integer"}, {"name": "name"}]}',
    "checklist.yaml": "checks:\n- type: duplicate-row\n",
    "folder/table.csv": "id,name\n1,a\n",
}


def calls() -> list[tuple[str, str]]:
    found = []
    for theirs, ours in ROW.findall(PAGE.read_text("utf-8")):
        if theirs.startswith(("describe", "http")) or ours.startswith("describe"):
            continue
        found.append((theirs, ours))
    return found


def complete(call: str) -> list[str]:
    """Fill in what the page leaves out: the schema, and a file for options alone."""
    words = call.replace("--schema ...", "--schema schema.json").split()
    if any(word.startswith("--") for word in words[-2:]):  # no path: an option, or its value
        is_package = "NAME" in words
        words.append("datapackage.json" if is_package else "table.csv")
    return ["t" if word == "NAME" else word for word in words]


@pytest.mark.slow
def test_the_calls_agree(tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    resource = {"name": "t", "path": "table.csv", "schema": json.loads(FILES["schema.json"])}
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
    pairs = calls()
    assert len(pairs) >= 9
    for theirs, ours in pairs:
        codes = []
        for program, call in (("frictionless", theirs), ("xrecord", ours)):
            command = [Path(sys.executable).with_name(program), "validate", *complete(call)]
            done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
            assert done.returncode in (0, 1), (command, done.stdout, done.stderr)
            assert "Traceback" not in done.stderr
            codes.append(done.returncode)
        assert codes[0] == codes[1], (theirs, ours)
