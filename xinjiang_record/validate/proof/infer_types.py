"""Infer the types of a table without a schema, exactly as Frictionless does, where that is sure.

Frictionless gives each text of the first 100 rows to each type, and counts. Here a text has one of
a few forms, for which the types that accept it are known. A text of another form is not proved.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from xinjiang_record.validate.field_types.plain_field import FALSE, TRUE, NotProved, PlainField

# Frictionless's candidates, in its order, without those that accept no text of a known form.
CANDIDATES = ("date", "integer", "number", "boolean", "year", "string")
CONFIDENCE = 0.9
INTEGER = re.compile(r"-?[0-9]{1,18}\Z")
DECIMAL = re.compile(r"-?[0-9]{1,18}\.[0-9]{1,18}\Z")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
# Words that begin like a NaN, an infinity or a duration may be values of other types.
UNSURE = re.compile(r"(?i)(?:s?nan|inf|p[0-9tw+-]|t[0-9])")


def infer_fields(labels: Sequence[str], fragment: Sequence[Sequence[str]]) -> list[PlainField]:
    """Return the fields of a table; ``fragment`` are its rows among the first 100.

    Raises:
        NotProved: Labels are empty or repeated, or a text has no known form.
    """
    if not labels or not all(labels) or len(set(labels)) != len(labels) or not fragment:
        raise NotProved("labels")
    return [
        PlainField(name, _infer_type([cells[place] for cells in fragment]))
        for place, name in enumerate(labels)
    ]


def _infer_type(texts: Sequence[str]) -> str:
    """Return the type of a column: the first that nine tenths of the texts are values of."""
    most = len(texts)
    threshold = most * (CONFIDENCE - 1)
    scores = dict.fromkeys(CANDIDATES, 0)
    for text in texts:
        accepted = _accepted_by(text) if text else ()
        if not text:
            most -= 1
        for kind in CANDIDATES:
            if scores[kind] < threshold:
                continue
            if text:
                scores[kind] += 1 if kind in accepted else -1
            if most > 0 and scores[kind] >= most * CONFIDENCE:
                return kind
    return "any"


def _accepted_by(text: str) -> tuple[str, ...]:
    """Return the candidates that accept a text."""
    if INTEGER.match(text):
        found = ["integer", "number", "string"]
        if text in ("0", "1"):
            found.append("boolean")
        if len(text) == 4 and text[0] != "-":
            found.append("year")
        return tuple(found)
    if DECIMAL.match(text):
        return ("number", "string")
    if DATE.match(text):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise NotProved(text) from None
        return ("date", "string")
    if text in (*TRUE, *FALSE):
        return ("boolean", "string")
    if text[0].isalpha() and not UNSURE.match(text):
        return ("string",)
    raise NotProved(text)
