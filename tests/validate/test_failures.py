"""Data on which Frictionless raises an exception.

So do both first tiers, and not where it stops before it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import frictionless
import pytest

from xinjiang_record.errors import ReadError
from xinjiang_record.validate import validate
from xinjiang_record.validate.small_files import small_rows

UNIQUE = {"unique": True}
LATE = b"a,b\n" + b"".join(
    b",%d\n" % number for number in range(9)
)  # rows without a value, of which the first is given
NUMBERS = b"a,b\n" + b"".join(b"%d,%d\n" % (number, number) for number in range(9))
FAILING: dict[str, tuple[bytes, dict[str, Any], dict[str, Any]]] = {
    "a list that is unique": (LATE + b"[1],9\n", {"type": "array", "constraints": UNIQUE}, {}),
    "an object in a primary key": (
        LATE + b"{},9\n",
        {"type": "object"},
        {"primaryKey": ["a", "b"]},
    ),
    "a signaling NaN that is unique": (
        NUMBERS + b"sNaN,9\n",
        {"type": "number", "constraints": UNIQUE},
        {},
    ),
    "a signaling NaN in a primary key": (
        NUMBERS + b"sNaN,9\n",
        {"type": "number"},
        {"primaryKey": ["b", "a"]},
    ),
    "a time that is unique": (
        LATE + b"1:00+25:00,9\n",
        {"type": "time", "format": "any", "constraints": UNIQUE},
        {},
    ),
    "a bound that is a NaN": (NUMBERS, {"type": "number", "constraints": {"minimum": "NaN"}}, {}),
    "a bound that is a signaling NaN": (
        NUMBERS,
        {"type": "number", "constraints": {"maximum": "sNaN"}},
        {},
    ),
}


@pytest.mark.parametrize("size", [0, small_rows.SMALL_BYTES], ids=["large", "small"])
@pytest.mark.parametrize("name", FAILING)
def test_we_fail_where_frictionless_fails(
    name: str,
    size: int,
    box: Callable[..., Path],
    same: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content, field, schema = FAILING[name]
    fields = [{"name": "a", **field}, {"name": "b", "type": "integer"}]
    how = {"schema": schema, "encoding": "utf-8", "dialect": {"delimiter": ","}}
    path = box(content, fields, **how)
    with pytest.raises((TypeError, ValueError, ArithmeticError)) as failure:
        frictionless.Resource(str(path)).validate(limit_errors=0)
    monkeypatch.setattr(small_rows, "SMALL_BYTES", size)
    with pytest.raises(ReadError, match=type(failure.value).__name__):
        validate(path, limit_errors=0)
    begun = content.replace(b"\n", b"\nbad,bad\n", 1)  # where the reading ends at the first error
    same(box(begun, fields, **how), 1)
