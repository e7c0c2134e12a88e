"""Ask what a figure's row needs and the document does not say, and append the row."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

from xinjiang_record import edtf, files, settings
from xinjiang_record.proposals.askers import Asker, Question
from xinjiang_record.proposals.draft import DraftFigure
from xinjiang_record.settings import Project
from xinjiang_record.untrusted.regular_files import read_regular_file

PACKAGE = "detention-figures"
# Asked although the schema lets them be empty: without them a stock is taken for a flow.
_ALSO_ASKED = ("population", "area_as_published", "as_of_edtf")
# Filled by the code, or columns of raw/ that the schema of the release does not have.
_GIVEN = ("figure_id", "source_id", "recorded_on")
_RAW_ONLY = {"verification": "read_at_source", "basis": "source"}


def ask_figure(project: Project, figure: DraftFigure, asker: Asker) -> None:
    """Fill the cells of a figure that its row needs and that the document does not say."""
    for field in _schema_fields(project):
        name = str(field["name"])
        raw_name = name.removesuffix("_on") + "_edtf" if name.endswith("_on") else name
        constraints: dict[str, Any] = field.get("constraints", {})
        needed = constraints.get("required") or raw_name in _ALSO_ASKED
        if name in _GIVEN or figure.cells.get(raw_name) or not needed:
            continue
        figure.cells[raw_name] = asker.ask(
            Question(
                raw_name,
                f"{figure.phrase!r}: {field.get('description') or field.get('title', raw_name)}",
                choices=_choices(project, raw_name, constraints),
                optional=raw_name in _ALSO_ASKED,
                check=check_edtf if raw_name.endswith("_edtf") else lambda answer: "",
            )
        )


def check_edtf(answer: str) -> str:
    """Return what is wrong with a date of known precision; an empty text if nothing is."""
    try:
        edtf.bounds(answer)
    except ValueError as error:
        return f"{error}."
    return ""


def _schema_fields(project: Project) -> list[dict[str, Any]]:
    path = project.schemas / PACKAGE / "figures.schema.json"
    shared = (project.schemas / "fields.toml").is_file()
    fields = json.loads(path.read_text("utf-8"))["fields"]
    return [field for field in fields if shared and "name" in field]


def _choices(project: Project, name: str, constraints: dict[str, Any]) -> list[tuple[str, str]]:
    if name == "measure":
        text = read_regular_file(project.raw / PACKAGE / "measures.csv", "document_bytes")
        rows = csv.DictReader(io.StringIO(text.decode("utf-8")))
        return [(row["measure"], row["title"]) for row in rows]
    return [(str(value), "") for value in constraints.get("enum", [])]


def write_figures(project: Project, figures: list[DraftFigure], source_id: str) -> list[str]:
    """Append the kept figures to raw/detention-figures/figures.csv and return their ids."""
    path = project.raw / PACKAGE / "figures.csv"
    added = []
    with files.locked(project.raw):
        text = read_regular_file(path, "document_bytes").decode("utf-8")
        header = next(csv.reader(io.StringIO(text)))
        number = max(
            (int(item) for item in re.findall(r"^F([0-9]+),", text, re.MULTILINE)), default=0
        )
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        for figure in (item for item in figures if item.keep):
            number += 1
            cells = {
                **_RAW_ONLY,
                **figure.cells,
                "figure_id": f"F{number:03d}",
                "source_id": source_id,
                "recorded_on": settings.now().date().isoformat(),
            }
            writer.writerow([cells.get(name, "") for name in header])
            added.append(cells["figure_id"])
        if added:
            end = "" if text.endswith("\n") else "\n"
            files.write_text(path, text + end + lines.getvalue())
    return added
