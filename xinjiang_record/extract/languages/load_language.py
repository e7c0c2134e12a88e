"""Load the words of one language from ``<code>.toml``, the only place where they are written.

A file begins with ``name``, ``script`` (ISO 15924), ``is_verb_final``, ``common_words`` and how
the language is written (``WRITING``). Its sections are read by the modules that use them:
``[lists]``, ``[labels]`` and ``[leads]`` by ``signatories/``; ``[numbers]``, ``[qualifiers]``,
``[months]`` and ``[units]`` by ``figures/`` and ``dates``; ``[claims]`` and ``[state_stems]`` by
``check/``; ``[context]`` by all of them. ``SHAPE`` says what a file may have; a file of another
shape is refused.
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
# How the language is written: see ``writing``. A key that is left out is "no".
WRITING: dict[str, Any] = {
    "capitals": str,
    "is_participle_last": bool,
    "is_adjective_last": bool,
    "is_glued": bool,
    "is_unspaced": bool,
    "numbers_with": str,
    "also_codes": [str],
    "name_endings": {str: int},
    "case_endings": str,
    "own_letters": str,
    "attached_letters": str,
    "is_verb_first": bool,
}
DEFAULT = "en"  # the language of a text that does not show its own
SHAPE = Shape(
    required={"name": str, "script": str, "is_verb_final": bool, "common_words": [str]},
    optional={**WRITING, **SECTIONS},
)


@cache
def language_codes() -> tuple[str, ...]:
    """Return the codes of the languages that are read: the names of the files, English first."""
    codes = sorted(path.stem for path in FOLDER.glob("*.toml"))
    return tuple(sorted(codes, key=lambda code: code != DEFAULT))


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
