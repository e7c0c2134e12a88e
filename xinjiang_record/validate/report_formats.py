"""A report for people and for machines: text, JSON, GitHub annotations, Markdown, JUnit.

All are pure functions of reports; nothing here needs Frictionless.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from xinjiang_record.model import Finding, Place
from xinjiang_record.validate.report import Report

EXAMPLES = 3  # errors shown of each type
ROWS = 10  # in Markdown
CELL = 60  # characters of a cell that are shown
ANNOTATIONS = 50  # GitHub shows no more of one step
TO_DO = {
    "type-error": "Correct the cells, or the field's type or format in the schema.",
    "constraint-error": "Correct the cells, or loosen the constraint in the schema.",
    "unique-error": "Each value may stand once: merge the rows or tell them apart.",
    "primary-key": "Each key may stand once and must not be empty: merge the rows or tell them apart.",
    "foreign-key": "Add the missing rows to the table that is referred to, or correct the cells.",
    "missing-cell": "The row is too short: add its cells. Is a delimiter lost, or a quote left open above?",
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
    "hash-count": "The file is not the one that was described: fetch it again, or update the descriptor.",
    "byte-count": "The file is not the one that was described: fetch it again, or update the descriptor.",
    "row-count": "Rows were lost or added since the table was described.",
    "field-count": "Columns were lost or added since the table was described.",
}


def text(reports: Sequence[Report]) -> str:
    """For a person: errors by type, with examples, where they are and what to do."""
    return "".join(f"{_printable(line)}\n" for report in reports for line in _text_of(report))


def _text_of(report: Report) -> Iterator[str]:
    stats, rows = (
        report.descriptor["stats"],
        sum(task["stats"].get("rows", 0) for task in report.descriptor["tasks"]),
    )
    tables = _count(len(report.descriptor["tasks"]), "table")
    word = "ok" if report.valid else f"INVALID, {_count(report.error_count, 'error')}"
    yield f"{report.path}: {word} ({tables}, {_count(rows, 'row')}, {stats.get('seconds', 0):.2f} s)"
    for finding in report.findings:
        yield f"  {finding.type}: {finding.message}"
    for name, label, kind, errors in _groups(report):
        yield ""
        yield f"  {label}{kind}: {len(errors)}"
        files = _files(report, name, errors[:EXAMPLES])
        for error in errors[:EXAMPLES]:
            yield f"    {_where(error, files)}{_short(error.get('note') or error['message'], 200)}{_cell(error)}"
        if len(errors) > EXAMPLES:
            yield f"    and {len(errors) - EXAMPLES} more{_spread(errors)}"
        if kind in TO_DO:
            yield f"    {TO_DO[kind]}"
    for warning in (item for task in report.descriptor["tasks"] for item in task["warnings"]):
        yield (
            f"  note: {warning} (--limit-errors 0 shows all)"
            if "error limit" in warning
            else f"  note: {warning}"
        )
    for hint in report.warnings:
        yield f"  warning: {hint.resource}: {hint.message}"
    for name, reason in report.slow.items():
        yield f"  note: {name} was read row by row, which is slow: {reason}"


def _groups(report: Report) -> Iterator[tuple[str, str, str, list[Mapping[str, Any]]]]:
    """The errors by table and type: the table's name, what it is called in the heading, the type, the errors."""
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for task, error in report.errors():
        groups.setdefault(
            (task.get("name", ""), str(task.get("place", "")), error["type"]), []
        ).append(error)
    for (name, place, kind), errors in groups.items():
        yield name, f"{_short(place, 200)}: " if place else "", kind, errors


def _files(report: Report, name: str, errors: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """The file and line of each error's row, if the table is in several files: its number alone leads nowhere then."""
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


def _printable(value: str) -> str:
    """A stranger's names and cells neither end a line nor tell a terminal what to do."""
    return "".join(
        character if character.isprintable() else repr(character)[1:-1] for character in value
    )


def _short(value: str, most: int) -> str:
    value = _printable(value)
    return value if len(value) <= most else value[: most - 1] + "…"


def as_json(reports: Sequence[Report]) -> str:
    """Frictionless's own report, with findings of ours among its errors; of several files a list of them."""
    whole: Any = [_with_findings(report) for report in reports]
    return (
        json.dumps(
            whole[0] if len(whole) == 1 else whole, indent=2, ensure_ascii=False, default=str
        )
        + "\n"
    )


def _with_findings(report: Report) -> dict[str, Any]:
    """What is not valid for us alone, such as a file that was refused, must not be read as valid."""
    descriptor, own = report.to_descriptor(), [_as_error(finding) for finding in report.findings]
    if not own:
        return descriptor
    stats = {**descriptor["stats"], "errors": report.error_count}
    return {**descriptor, "valid": False, "stats": stats, "errors": [*descriptor["errors"], *own]}


def _as_error(finding: Finding) -> dict[str, Any]:
    title = finding.type.replace("-", " ").title()
    told = {
        "title": title,
        "description": "A finding of xrecord validate.",
        "message": finding.message,
    }
    return {"type": finding.type, **told, "tags": [], "note": finding.message}


def github(reports: Sequence[Report]) -> str:
    """Workflow commands, which GitHub shows beside the lines of the files."""
    lines: list[str] = []
    for report in reports:
        errors = [*report.errors()]
        for finding in (*report.findings, *report.warnings):
            lines.append(_command(finding.severity, report.path, finding))
        found = _places(report, errors[:ANNOTATIONS])
        for task, error in errors[:ANNOTATIONS]:
            name = task.get("name", "")
            place = found[name].get(error.get("rowNumber")) if name in found else None
            file = place.path if place and report.in_parts(name) else str(task.get("place", ""))
            line = f",line={place.line}" if place and place.line else ""
            where = f"file={_property(_path(report, file))}{line}"
            lines.append(
                f"::error {where},title={_property(error['title'])}::{_message(error['message'])}"
            )
        if len(errors) > ANNOTATIONS:
            lines.append(
                f"::notice::{len(errors) - ANNOTATIONS} more errors in {_message(report.path)} are not annotated."
            )
    return "".join(f"{line}\n" for line in lines)


def _places(
    report: Report, errors: list[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> dict[str, dict[Any, Place]]:
    """By table, where each row with an error begins: a record can be longer than a line."""
    rows: dict[str, set[int]] = {}
    for task, error in errors:
        if "rowNumber" in error:
            rows.setdefault(task["name"], set()).add(error["rowNumber"])
    return {name: report.places(name, found) for name, found in rows.items()}


def _command(level: str, path: str, finding: Finding) -> str:
    line = f",line={finding.place.line}" if finding.place and finding.place.line else ""
    return f"::{level} file={_property(path)}{line},title={_property(finding.type)}::{_message(finding.message)}"


def _path(report: Report, place: str) -> str:
    """The data file's path as the caller would write it: a package's tables lie beside its descriptor."""
    if not place or place == report.path or not report.path.endswith((".json", ".yaml", ".yml")):
        return report.path
    folder, slash, _ = report.path.rpartition("/")
    return f"{folder}{slash}{place}"


def _message(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _message(value).replace(":", "%3A").replace(",", "%2C")


def markdown(reports: Sequence[Report]) -> str:
    """A table for a pull request or a job summary."""
    lines = ["| file | result | errors | warnings |", "| --- | --- | --- | --- |"]
    for report in reports:
        word = "valid" if report.valid else "**invalid**"
        lines.append(
            f"| {_escape(report.path)} | {word} | {report.error_count} | {len(report.warnings)} |"
        )
    for report in reports:
        for finding in (*report.findings, *report.warnings):
            lines.append(f"\n- {finding.severity}, {finding.type}: {_escape(finding.message)}")
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
            lines += ["", TO_DO.get(kind, "")]
    return "\n".join(lines).rstrip() + "\n"


def _escape(value: str) -> str:
    for character in "\\`*_<>|[]":
        value = value.replace(character, "\\" + character)
    return _printable(value.replace("\n", " "))


def junit(reports: Sequence[Report]) -> str:
    """One test case a table, for a build server."""
    root = ElementTree.Element("testsuites", name="xrecord validate")
    for report in reports:
        tasks = report.descriptor["tasks"]
        failures = sum(not task["valid"] for task in tasks) + bool(
            report.findings or report.descriptor["errors"]
        )
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=_xml(report.path),
            tests=str(len(tasks) + 1),
            failures=str(failures),
        )
        whole = ElementTree.SubElement(
            suite, "testcase", name="descriptor", classname=_xml(report.path)
        )
        _failure(
            whole,
            [finding.message for finding in report.findings]
            + [e["message"] for e in report.descriptor["errors"]],
        )
        for task in tasks:
            case = ElementTree.SubElement(
                suite, "testcase", name=_xml(task["name"]), classname=_xml(report.path)
            )
            case.set("time", f"{task['stats'].get('seconds', 0):.3f}")
            _failure(case, [error["message"] for error in task["errors"]])
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _failure(case: ElementTree.Element, messages: list[str]) -> None:
    if messages:
        failure = ElementTree.SubElement(
            case, "failure", message=_xml(_short(messages[0], 200)), type="validation"
        )
        failure.text = "\n".join(map(_printable, messages))


def _xml(value: str) -> str:
    return "".join(
        character if character in "\n\t" or character.isprintable() else "\ufffd"
        for character in value
    )


FORMATS: Mapping[str, Callable[[Sequence[Report]], str]] = {
    "text": text,
    "json": as_json,
    "github": github,
    "markdown": markdown,
    "junit": junit,
}
