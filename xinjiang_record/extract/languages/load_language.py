"""Load the words of one language from ``<code>.toml``, the only place where they are written.

A file begins with ``name``, ``script`` (ISO 15924), ``is_verb_final`` and ``common_words``. Its
sections are read by the modules that use them: ``[lists]``, ``[labels]`` and ``[leads]`` by
``signatories/``; ``[numbers]``, ``[qualifiers]``, ``[months]`` and ``[units]`` by ``figures/``
and ``dates``; ``[claims]`` and ``[state_stems]`` by ``check/``; ``[context]`` by all of them.
``SECTIONS`` gives the shape of each section; a file of another shape is refused.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from xinjiang_record.errors import UsageError
from xinjiang_record.schema.check_toml import Shape, read_toml

FOLDER = Path(__file__).parent
SECTIONS: dict[str, Any] = {
    "lists": {str: object},
    "labels": {str: object},
    "leads": {str: object},
    "numbers": {str: object},
    "qualifiers": {str: object},
    "months": {str: object},
    "units": {str: object},
    "figures": {str: object},
    "quantities": {str: object},
    "population": {str: object},
    "claims": {str: object},
    "context": {str: [str]},
    "state_stems": {str: [str]},
}
SHAPE = Shape(
    required={"name": str, "script": str, "is_verb_final": bool, "common_words": [str]},
    optional=SECTIONS,
)


@cache
def language_codes() -> tuple[str, ...]:
    """Return the codes of the languages that are read: the names of the files, English first."""
    codes = sorted(path.stem for path in FOLDER.glob("*.toml"))
    return tuple(sorted(codes, key=lambda code: code != "en"))


@cache
def load_language(code: str) -> dict[str, Any]:
    """Return the content of ``<code>.toml``, checked. The value is shared: do not change it.

    Raises:
        UsageError: no file for the language, or a file that is not of ``SHAPE``.
    """
    path = FOLDER / f"{code}.toml"
    if not path.exists():
        known = ", ".join(language_codes())
        raise UsageError(f"Unknown language: expected one of {known}, got {code!r}.")
    return read_toml(path, SHAPE, UsageError)
