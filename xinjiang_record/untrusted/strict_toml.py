"""Parse TOML from outside: bounded in the parts of a key, in depth and digits."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from xinjiang_record.errors import LimitError, ReadError

KEY_PARTS = 40  # parts of one key; tomllib takes time with the square of their number
_LONG_KEY = re.compile(
    rf"^[ \t]*\[{{0,2}}[ \t]*(?:[^\s.=\[\]]++[ \t]*\.[ \t]*){{{KEY_PARTS},}}", re.MULTILINE
)


def parse_toml(text: str) -> dict[str, Any]:
    """Return the content of a TOML file.

    Raises:
        LimitError: a key has too many parts.
        ReadError: it is not TOML, or is nested too deeply, or has a number of too many digits.
    """
    if match := _LONG_KEY.search(text):
        line = text.count("\n", 0, match.start()) + 1
        raise LimitError(f"line {line}: a key has {KEY_PARTS} parts or more. Use a shorter one.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReadError(f"{error}.") from error
    except (ValueError, RecursionError) as error:  # thousands of digits, lists in lists in lists
        raise ReadError(f"is not TOML that can be read: {error}.") from error


def line_of_fault(text: str, error: LimitError | ReadError) -> int:
    """Return the line (from 1) that ``parse_toml`` found a fault in."""
    match = re.search(r"line ([0-9]+)", str(error))
    at_end = "end of document" in str(error)
    return int(match[1]) if match else text.count("\n") + 1 if at_end else 1
