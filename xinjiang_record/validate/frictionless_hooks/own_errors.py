"""Define error types and a check of our own, in the form that Frictionless's report has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from frictionless import Check, Error, Report, errors

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

    def validate_row(self, row: Any) -> Iterable[Error]:
        """Yield nothing: the rows have these errors already."""
        return ()


def own_error(kind: str, message: str) -> Error:
    """Return an error of a resource, with a type of its own."""
    title = kind.replace("-", " ").title()
    methods = {"type": kind, "title": title, "description": "A finding of xrecord validate."}
    error: Error = type("OwnError", (Error,), {**methods, "template": "{note}"})(note=message)
    return error


def failed_report(resource: Any, kind: str, message: str) -> Any:
    """Return a report whose only task is a resource that was not read, with the reason."""
    return Report.from_validation_task(resource, time=0.0, errors=[own_error(kind, message)])
