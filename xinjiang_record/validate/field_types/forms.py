"""List the forms of all types: the proofs, and the forms of the standard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinjiang_record.validate.field_types import date_and_time, number, text_formats
from xinjiang_record.validate.field_types.match_form import Match

# By type and format, in RE2's syntax.
FORMS: Mapping[tuple[str, str], str] = {**text_formats.PROOFS, **date_and_time.PROOFS}
_STANDARD = {**text_formats.STANDARD_FORMS, **date_and_time.STANDARD_FORMS}


def get_form(kind: str, form: str, field: Mapping[str, Any]) -> Match | None:
    """Return the standard form of a field's texts; None if any text may be a value."""
    if kind == "integer":
        return number.integer_form(field)
    if kind == "number":
        return number.number_form(field)
    return _STANDARD.get((kind, form or "default"))
