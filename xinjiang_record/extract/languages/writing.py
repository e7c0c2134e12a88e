"""Say how a language is written and put together, from the head of its data file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from xinjiang_record.extract.languages.load_language import language_codes, load_language


@dataclass(frozen=True, slots=True)
class Writing:
    """Hold what the head of a language file says; its comments there say what each key means."""

    script: str
    is_verb_final: bool
    capitals: str
    is_participle_last: bool
    is_adjective_last: bool
    is_glued: bool
    is_unspaced: bool
    numbers_with: str
    name_endings: Mapping[str, int]
    case_endings: str
    own_letters: str
    attached_letters: str
    is_verb_first: bool

    @property
    def is_verb_late(self) -> bool:
        """Return whether the word that says what was done may be last in its clause."""
        return self.is_verb_final or self.is_participle_last


@cache
def writing(code: str) -> Writing:
    """Return how the language ``code`` is written."""
    head = load_language(code)
    return Writing(
        head["script"],
        head["is_verb_final"],
        head.get("capitals", "names"),
        head.get("is_participle_last", False),
        head.get("is_adjective_last", False),
        head.get("is_glued", False),
        head.get("is_unspaced", False),
        head.get("numbers_with", code),
        head.get("name_endings", {}),
        head.get("case_endings", ""),
        head.get("own_letters", ""),
        head.get("attached_letters", ""),
        head.get("is_verb_first", False),
    )


@cache
def languages_of_script(script: str) -> tuple[str, ...]:
    """Return the codes of the languages that are written in a script (ISO 15924)."""
    return tuple(code for code in language_codes() if writing(code).script == script)


@cache
def language_named(code: str) -> str:
    """Return the language that is read for a code: another one where that one says so."""
    for known in language_codes():
        if code in load_language(known).get("also_codes", ()):
            return known
    return code
