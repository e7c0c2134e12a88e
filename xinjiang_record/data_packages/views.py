"""Read the SQL views of a package's downloads, in ``schemas/<package>/views.toml``.

    [[views]]
    name = "changed_sides"
    title = "Who ever changed sides"
    sql = "SELECT ..."           # SQL that SQLite and DuckDB both read

A view answers a question of docs/questions.md; ``xinjiang_record.questions`` gives the same answer.
"""

from __future__ import annotations

from pathlib import Path

from xinjiang_record.errors import SchemaError
from xinjiang_record.schema.check_toml import Shape, read_toml

SHAPE = Shape(optional={"views": [Shape(dict.fromkeys(("name", "title", "sql"), str))]})


def read_views(path: Path) -> dict[str, str]:
    """Return the SQL of each view by name; none where the file is absent.

    Raises:
        SchemaError: The file is broken, or a name is there twice.
    """
    views = read_toml(path, SHAPE, SchemaError).get("views", [])
    found: dict[str, str] = {}
    for view in views:
        if view["name"] in found:
            raise SchemaError(f"{path}: the view {view['name']!r} is there twice. Rename one.")
        found[view["name"]] = view["sql"].strip()
    return found
