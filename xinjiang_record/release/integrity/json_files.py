"""Read and write the JSON files of a release, and hash JSON values."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from xinjiang_record.errors import LimitError, ReadError, VerifyError
from xinjiang_record.untrusted.regular_files import read_regular_file
from xinjiang_record.untrusted.shapes import Shape, describe, first_problems
from xinjiang_record.untrusted.strict_json import parse_json

FORMAT = 1  # of versions.json and provenance.json; a newer one is refused
RESTORE = "Restore the file from a copy."


def json_text(value: object) -> str:
    """Return JSON as the record writes it: given key order, two spaces, UTF-8, no NaN."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def json_hash(value: object) -> str:
    """Return the SHA-256 of a value's JSON with sorted keys and no spaces."""
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def read_json(path: Path) -> Any:
    """Return the value of a JSON file of a release.

    Raises VerifyError, naming it, if it is not a regular file, too large, broken or newer.
    """
    try:
        data = read_regular_file(path, "ledger_bytes")
    except (OSError, ReadError, LimitError) as error:
        raise VerifyError(f"{path}: cannot be read ({error}). {RESTORE}") from error
    return parse_release_json(data, str(path))


def parse_release_json(data: bytes, shown: str) -> Any:
    """Return the value in the bytes of a release's JSON file, which ``shown`` names.

    Raises VerifyError if it is broken, nested too deeply or of a newer format.
    """
    try:
        value = parse_json(data, shown)
    except (ReadError, LimitError) as error:
        raise VerifyError(f"{error} {RESTORE}") from error
    _check_format(value, shown)
    return value


def check_shape(value: object, shape: Shape, shown: str) -> None:
    """Raise VerifyError, with all that is wrong, where a value has not the shape of its file."""
    if problems := first_problems(value, shape):
        raise VerifyError(f"{shown}: {'; '.join(problems)}. {RESTORE}")


def _check_format(value: object, shown: str) -> None:
    found = value.get("format", FORMAT) if isinstance(value, dict) else FORMAT
    if type(found) is int and found != FORMAT:
        raise VerifyError(
            f"{shown}: is of format {describe(found)}; this version reads {FORMAT}. "
            "Use a newer xinjiang-record."
        )
