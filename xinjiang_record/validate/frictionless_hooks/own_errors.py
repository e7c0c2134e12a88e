"""Define error types and a check of our own, in the form that Frictionless's report has."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from frictionless import Check, Error, Report, Resource, errors
from frictionless.table.row import Row

from xinjiang_record.model import Finding

SECTION = "https://datapackage.org/standard/table-schema/"


@attrs.define(kw_only=True, repr=False)
class UniqueKeysError(errors.CellError):
    """Report a row that repeats a unique key."""

    type = "unique-keys"
    title = "Unique Keys Error"
    description = "The values of a unique key must occur once (Data Package 2.0, uniqueKeys)."
    template = 'Row at position "{rowNumber}" repeats a unique key: {note}'


@attrs.define(kw_only=True, repr=False)
class OwnErrors(Check):
    """Accept our own error types in a report."""

    type = "xrecord"
    Errors = [UniqueKeysError]  # noqa: RUF012 - as Frictionless has it

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield nothing: the rows have these errors already."""
        return ()


def make_error(kind: str, message: str) -> Error:
    """Return an error of a resource, with a type of its own."""
    title = kind.replace("-", " ").title()
    methods = {"type": kind, "title": title, "description": "A finding of xrecord validate."}
    error: Error = type("OwnError", (Error,), {**methods, "template": "{note}"})(note=message)
    return error


def report_failure(resource: Resource, kind: str, message: str) -> Report:
    """Return a report whose only task is a resource that was not read, with the reason."""
    report: Report = Report.from_validation_task(
        resource, time=0.0, errors=[make_error(kind, message)]
    )
    return report


def report_blocked(
    item: Resource, finding: Finding, *arguments: object, **options: object
) -> Report:
    """Return the report on a resource that is not read, whatever is asked of it."""
    return report_failure(item, finding.type, f"{item.name}: {finding.message}")


def explain_failure(error: Exception, table: Resource | None = None) -> str:
    """Return the words for an exception of Frictionless, with the field that raises it."""
    where = ""
    for item in table.schema.fields if table is not None and table.schema else ():
        try:
            item.create_cell_reader()
        except Exception as inner:
            if type(inner) is type(error) and str(inner) == str(error):
                where = f"the field {item.name!r}: "
                break
        if item.constraints.get("unique") and item.type in ("array", "object", "geojson", "list"):
            where = f"the field {item.name!r}, which is unique and of the type {item.type}: "
    return (
        f"{where}Frictionless 5.21 fails on these data or this schema: "
        f"{type(error).__name__}: {error}. See docs/validate.md for the cases that are known."
    )
