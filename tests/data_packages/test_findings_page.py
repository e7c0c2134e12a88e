"""docs/findings.md lists every type of finding with the modules that make it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

# Texts of the same form that are names of packages and bodies.
NAMES = {"detention-figures", "joint-statements", "european-union", "gulf-cooperation-council"}
ROW = re.compile(r"^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_the_page_lists_each_type_with_its_modules(root: Path) -> None:
    library = root / "xinjiang_record"
    modules = [*library.glob("data_packages/**/*.py"), library / "raw_files.py"]
    found: dict[str, set[str]] = defaultdict(set)
    for path in (*modules, library / "check_tables.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and re.fullmatch("[a-z]+(-[a-z]+)+", text):
                found[text].add(path.relative_to(library).as_posix())
    page = (root / "docs/findings.md").read_text("utf-8")
    listed = {kind: set(re.findall("`([^`]+)`", where)) for kind, _, where in ROW.findall(page)}
    assert listed == {kind: names for kind, names in found.items() if kind not in NAMES}
    assert all(what.strip().endswith((".", ")")) for _, what, _ in ROW.findall(page))
