"""Parse JSON from outside: bounded in depth, values and digits, without repeated keys or NaN."""

from __future__ import annotations

import json
from typing import Any

from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.limits import LIMITS


def parse_json(data: bytes, shown: str) -> Any:
    """Return the value of a JSON text in UTF-8; ``shown`` names it in messages.

    Raises:
        ReadError: it is not JSON, or has a repeated key, NaN, an infinity or a lone surrogate.
        LimitError: it is nested too deeply, or has a number of too many digits.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_without_repeats,
            parse_int=_whole,
            parse_constant=_refuse_constant,
        )
    except RecursionError as error:
        raise LimitError(f"{shown}: nested too deeply (limit descriptor_depth).") from error
    except UnicodeDecodeError as error:
        raise ReadError(f"{shown}: expected JSON in UTF-8, got other bytes ({error}).") from error
    except ValueError as error:
        raise ReadError(f"{shown}: expected JSON, got something else ({error}).") from error
    check_size(value, shown)
    return value


def check_size(value: object, shown: str) -> None:
    """Refuse a parsed value with more levels or more values than the limits allow."""
    level: list[object] = [value]
    count = 0
    for _ in range(LIMITS.descriptor_depth + 1):
        count += len(level)
        if count > LIMITS.descriptor_values:
            raise LimitError(
                f"{shown}: more values than the limit descriptor_values "
                f"({LIMITS.descriptor_values})."
            )
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        if not below:
            return
        level = below
    raise LimitError(
        f"{shown}: nested deeper than {LIMITS.descriptor_depth} levels (descriptor_depth)."
    )


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    for key, value in pairs:
        for text in (key, value):
            if isinstance(text, str) and not text.isascii():
                text.encode("utf-8")  # a lone surrogate, which no file can hold
    return found


def _whole(digits: str) -> int:
    if len(digits) > LIMITS.number_digits:
        raise ValueError(f"a number of more than {LIMITS.number_digits} digits (number_digits)")
    return int(digits)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")
