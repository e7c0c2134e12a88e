"""Read and write the JSON files of a release, and hash JSON values."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from xinjiang_record.errors import VerifyError
from xinjiang_record.limits import LIMITS

FORMAT = 1  # of versions.json and provenance.json; a newer one is refused


def json_text(value: Any) -> str:
    """JSON as the record writes it: keys in the given order, two spaces, UTF-8, no NaN, a last newline."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def json_hash(value: Any) -> str:
    """SHA-256 of a value's JSON with sorted keys and no spaces."""
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def read_json(path: Path) -> Any:
    """A JSON file of the record. Raises VerifyError, naming it, if it is too large, broken or of a newer format."""
    try:
        if path.stat().st_size > 64 * LIMITS.descriptor_bytes:
            raise VerifyError(f"{path}: larger than anything that this record writes.")
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise VerifyError(
            f"{path}: cannot be read ({error}). Restore the file from a copy."
        ) from error
    if isinstance(value, dict) and value.get("format", FORMAT) != FORMAT:
        raise VerifyError(
            f"{path}: is of format {value['format']}; this version reads {FORMAT}. Use a newer xinjiang-record."
        )
    return value
