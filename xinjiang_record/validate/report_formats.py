"""Write reports for people and for machines: text, JSON, GitHub annotations, Markdown, JUnit.

All are pure functions of reports; nothing here needs Frictionless.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xinjiang_record.model import Finding, Place
from xinjiang_record.untrusted.escape_text import (
    escape_json,
    escape_markdown,
    escape_unprintable,
)
from xinjiang_record.validate.report import Report

if TYPE_CHECKING:
    from xml.etree import ElementTree

EXAMPLES = 3  # errors shown of each type
ROWS = 10  # in Markdown
CELL = 60  # characters of a cell that are shown
ANNOTATIONS = 50  # GitHub shows no more of one step
TO_DO = {
    "type-error": "Correct the cells, or the field's type or format in the schema.",
    "constraint-error": "Correct the cells, or loosen the constraint in the schema.",
    "unique-error": "A value must be unique: merge the rows, or distinguish them.",
    "unique-keys": "A key must be unique: merge the rows, or distinguish them.",
    "primary-key": "A key must be unique and not empty: merge the rows, or distinguish them.",
    "foreign-key": "Add the missing rows to the other table, or correct the cells.",
    "missing-cell": "The row is too short: add its cells. Is a delimiter missing, or a quote not "
    "closed above?",
    "extra-cell": "The row is too long: is a cell that holds the delimiter not quoted?",
    "blank-row": "Remove the row.",
    "blank-header": "Give the table a header.",
    "blank-label": "Give the column a name.",
    "duplicate-label": "Give each column a name of its own.",
    "incorrect-label": "Rename the column, or the field, or put the columns in the schema's order.",
    "extra-label": "Remove the column, or add a field for it.",
    "missing-label": "Add the column, or take its field out of the schema.",
    "encoding-error": "Declare the file's true encoding, or save it as UTF-8.",
    "source-error": "The file cannot be read as what it is declared to be.",
    "scheme-error": "The file cannot be opened. Check its path.",
    "compression-error": "The file is not what its suffix says, or it is cut short.",
    "hash-count": "The file is not the one described: fetch it again, or update the descriptor.",
    "byte-count": "The file is not the one described: fetch it again, or update the descriptor.",
    "row-count": "Rows were lost or added since the table was described.",
    "field-count": "Columns were lost or added since the table was described.",
}


def write_text(reports: Sequence[Report]) -> str:
    """Return errors by type for a person: examples, where they are and what to do."""
    lines = [line for report in reports for line in _text_of(report)]
    return "".join(f"{_one_line(line)}\n" for line in lines)


def _one_line(text: str) -> str:
    """Return a line with its odd characters escaped.

    A line without one enters no other module: the way of a small file stays short to follow.
    """
    return text if text.isprintable() else escape_unprintable(text)


def _text_of(report: Report) -> Iterator[str]:
    yield _summary(report)
    for error in report.descriptor["errors"]:
        yield f"  {error['type']}: {error.get('note') or error['message']}"
    for name, label, kind, errors in _groups(report):
        yield ""
        yield f"  {label}{kind}: {len(errors)}"
        files = _files(report, name, errors[:EXAMPLES])
        for error in errors[:EXAMPLES]:
            note = _short(error.get("note") or error["message"], 300)
            yield f"    {_where(error, files)}{note}{_cell(error)}"
        if len(errors) > EXAMPLES:
            yield f"    and {len(errors) - EXAMPLES} more{_spread(errors)}"
        if advice := _advice(kind, errors):
            yield f"    {advice}"
    for warning in (item for task in report.descriptor["tasks"] for item in task["warnings"]):
        yield (
            f"  note: {warning} (--limit-errors 0 shows all)"
            if "error limit" in warning
            else f"  note: {warning}"
        )
    for hint in report.warnings:
        yield f"  warning: {hint.resource}: {hint.message}"
    for note in report.notes:
        yield f"  note: {note}"
    for name, reason in report.slow.items():
        yield f"  note: {name} was read row by row, which is slow: {reason}"


def _summary(report: Report) -> str:
    """Return the first line: what was found, in how many rows of how many tables that were read."""
    tasks, read = report.descriptor["tasks"], report.read_tables
    rows = sum(task["stats"].get("rows", 0) for task in read)
    parts = (
        [f"{_count(len(read), 'table')}, {_count(rows, 'row')}"] if read else ["no table was read"]
    )
    tables = sum(task["type"] == "table" for task in tasks)
    if tables > len(read):
        parts.append(f"{_count(tables - len(read), 'table')} not read")
    if others := len(tasks) - tables:
        parts.append(f"{_count(others, 'file')} not a table")
    if not report.valid:
        word = f"INVALID, {_count(report.error_count, 'error')}"
    else:
        word = "ok" if read else "no error found"
    seconds = report.descriptor["stats"].get("seconds", 0)
    return f"{report.path}: {word} ({', '.join(parts)}, {seconds:.2f} s)"


def _groups(report: Report) -> Iterator[tuple[str, str, str, list[Mapping[str, Any]]]]:
    """Yield the errors by table and type: the name, the heading, the type, the errors."""
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for task, error in report.errors():
        if not task:  # an error of the source is not in a group
            continue
        groups.setdefault(
            (task.get("name", ""), str(task.get("place", "")), error["type"]), []
        ).append(error)
    for (name, place, kind), errors in groups.items():
        yield name, f"{_short(place, 200)}: " if place else "", kind, errors


def _advice(kind: str, errors: Sequence[Mapping[str, Any]]) -> str:
    """Return what to do; a key that was not checked has no row, and says it itself."""
    if kind == "foreign-key" and not any("rowNumber" in error for error in errors):
        return ""
    return TO_DO.get(kind, "")


def _files(report: Report, name: str, errors: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Return the file and line of each error's row, if the table is in several files."""
    if not report.in_parts(name):
        return {}
    rows = {error["rowNumber"] for error in errors if "rowNumber" in error}
    return {
        row: f" ({_short(str(place), 200)})"
        for row, place in report.places(name, rows).items()
        if place.line
    }


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _where(error: Mapping[str, Any], files: Mapping[int, str]) -> str:
    parts = []
    if "rowNumber" in error:
        parts.append(f"row {error['rowNumber']}{files.get(error['rowNumber'], '')}")
    if field := _field(error):
        parts.append(field)
    return ", ".join(parts) + ": " if parts else ""


def _field(error: Mapping[str, Any]) -> str:
    name = error.get("fieldName") or ", ".join(error.get("fieldNames", ()))
    return name or (f"column {error['fieldNumber']}" if "fieldNumber" in error else "")


def _cell(error: Mapping[str, Any]) -> str:
    value = error.get("cell", error.get("label"))
    return f" ({_short(repr(value), CELL)})" if value is not None else ""


def _spread(errors: list[Mapping[str, Any]]) -> str:
    rows = [error["rowNumber"] for error in errors if "rowNumber" in error]
    return f", in rows {min(rows)} to {max(rows)}" if rows else ""


def _short(value: str, most: int) -> str:
    value = escape_unprintable(value)
    return value if len(value) <= most else value[: most - 1] + "…"


def write_json(reports: Sequence[Report]) -> str:
    """Return Frictionless's own report, with our errors in it; of several paths a list."""
    found: Any = [report.to_descriptor() for report in reports]
    value = found[0] if len(found) == 1 else found
    return escape_json(json.dumps(value, indent=2, ensure_ascii=False, default=str)) + "\n"


def write_github(reports: Sequence[Report]) -> str:
    """Return workflow commands, which GitHub shows at the lines of the files."""
    lines: list[str] = []
    for report in reports:
        errors = [*report.errors()]
        found = _places(report, [*errors[:ANNOTATIONS], *map(_as_place, report.warnings)])
        for finding in report.warnings:
            words = {"title": finding.type, "message": finding.message}
            where = _annotation(report, found, *_as_place(finding))
            lines.append(_command("warning", where, words))
        for task, error in errors[:ANNOTATIONS]:
            lines.append(_command("error", _annotation(report, found, task, error), error))
        for note in report.notes:
            lines.append(f"::notice file={_property(report.path)}::{_message(note)}")
        if len(errors) > ANNOTATIONS:
            lines.append(
                f"::notice::{len(errors) - ANNOTATIONS} more errors in {_message(report.path)} "
                "are not annotated."
            )
    return "".join(f"{line}\n" for line in lines)


def _as_place(finding: Finding) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the task and the row of a warning, in the form of an error."""
    row = finding.place.line if finding.place else None
    return {"name": finding.resource}, {"rowNumber": row} if row else {}


def _annotation(
    report: Report,
    found: Mapping[str, Mapping[Any, Place]],
    task: Mapping[str, Any],
    error: Mapping[str, Any],
) -> str:
    """Return the file and the line of an error."""
    name = task.get("name", "")
    tasks = {item["name"]: str(item["place"]) for item in report.descriptor["tasks"]}
    place = found[name].get(error.get("rowNumber")) if name in found else None
    file = place.path if place and place.path and report.in_parts(name) else tasks.get(name, "")
    file = file.partition(" -> ")[0].removesuffix(" (multipart)").replace("<memory>", "")
    line = f",line={place.line}" if place and place.line else ""
    return f"file={_property(_path(report, file))}{line}"


def _places(
    report: Report, errors: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> dict[str, dict[Any, Place]]:
    """Return, by table, where each row with an error begins: a record may be several lines."""
    rows: dict[str, set[int]] = {}
    for task, error in errors:
        if "rowNumber" in error and task.get("name"):
            rows.setdefault(task["name"], set()).add(error["rowNumber"])
    return {name: report.places(name, found) for name, found in rows.items()}


def _command(level: str, where: str, error: Mapping[str, Any]) -> str:
    return f"::{level} {where},title={_property(error['title'])}::{_message(error['message'])}"


def _path(report: Report, place: str) -> str:
    """Return the data file's path as the caller writes it: next to the descriptor."""
    if place and os.path.isdir(report.path):
        return os.path.join(report.path, place)
    if not place or place == report.path or not report.path.endswith((".json", ".yaml", ".yml")):
        return report.path
    folder, slash, _ = report.path.rpartition("/")
    return f"{folder}{slash}{place}"


def _message(value: str) -> str:
    lines = value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escape_unprintable(lines)  # a log shows colours and moves the cursor as a terminal does


def _property(value: str) -> str:
    return _message(value).replace(":", "%3A").replace(",", "%2C")


def write_markdown(reports: Sequence[Report]) -> str:
    """Return a table for a pull request or a job summary."""
    lines = ["| file | result | errors | warnings |", "| --- | --- | --- | --- |"]
    for report in reports:
        word = "valid" if report.valid else "**invalid**"
        lines.append(
            f"| {_escape(report.path)} | {word} | {report.error_count} | {len(report.warnings)} |"
        )
    for report in reports:
        for error in report.descriptor["errors"]:
            lines.append(f"\n- error, {error['type']}: {_escape(error['message'])}")
        for finding in report.warnings:
            lines.append(f"\n- warning, {finding.type}: {_escape(finding.message)}")
        lines += [f"\n- note: {_escape(note)}" for note in report.notes]
        for name, label, kind, errors in _groups(report):
            files = _files(report, name, errors[:ROWS])
            lines += [
                "",
                f"### {_escape(label)}{kind}: {len(errors)}",
                "",
                "| row | field | note | cell |",
                "| --- | --- | --- | --- |",
            ]
            for error in errors[:ROWS]:
                row = error.get("rowNumber", "")
                cells = (
                    f"{row}{files.get(row, '')}",
                    _field(error),
                    _short(error.get("note", ""), 200),
                    _short(str(error.get("cell", "")), CELL),
                )
                lines.append("| " + " | ".join(map(_escape, cells)) + " |")
            if len(errors) > ROWS:
                lines += ["", f"and {len(errors) - ROWS} more"]
            lines += ["", _advice(kind, errors)]
    return "\n".join(lines).rstrip() + "\n"


def _escape(value: str) -> str:
    return escape_unprintable(escape_markdown(value))


def write_junit(reports: Sequence[Report]) -> str:
    """Return one test case a table, for a build server."""
    from xml.etree.ElementTree import (  # deferred: start-up
        Element,
        SubElement,
        indent,
        tostring,
    )

    root = Element("testsuites", name="xrecord validate")
    for report in reports:
        tasks = report.descriptor["tasks"]
        failures = sum(not task["valid"] for task in tasks) + bool(report.descriptor["errors"])
        suite = SubElement(
            root,
            "testsuite",
            name=_xml(report.path),
            tests=str(len(tasks) + 1),
            failures=str(failures),
        )
        whole = SubElement(suite, "testcase", name="descriptor", classname=_xml(report.path))
        _failure(whole, [error["message"] for error in report.descriptor["errors"]])
        for task in tasks:
            case = SubElement(
                suite, "testcase", name=_xml(task["name"]), classname=_xml(report.path)
            )
            case.set("time", f"{task['stats'].get('seconds', 0):.3f}")
            _failure(case, [error["message"] for error in task["errors"]])
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _failure(case: ElementTree.Element, messages: list[str]) -> None:
    if messages:
        from xml.etree.ElementTree import SubElement  # deferred: start-up

        failure = SubElement(
            case, "failure", message=_xml(_short(messages[0], 200)), type="validation"
        )
        failure.text = "\n".join(map(escape_unprintable, messages))


def _xml(value: str) -> str:
    return "".join(
        character if character in "\n\t" or character.isprintable() else "\ufffd"
        for character in value
    )


FORMATS: Mapping[str, Callable[[Sequence[Report]], str]] = {
    "text": write_text,
    "json": write_json,
    "github": write_github,
    "markdown": write_markdown,
    "junit": write_junit,
}
