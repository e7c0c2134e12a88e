"""Find the states that running text names, in the forms that its language gives their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from xinjiang_record.extract.check.reading.claim_words import claim_words
from xinjiang_record.extract.languages.context_words import compiled, either, group_words
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.languages.load_language import load_language
from xinjiang_record.extract.languages.writing import writing
from xinjiang_record.reconcile.countries import exact, find, reconcile_list

MOST_WORDS = 7  # of one name
_WORD = re.compile(
    r"[\u0900-\u0963\u0971-\u097f]+|[^\W\d_]+(?:[.'’`-][^\W\d_]+)*(?:(?<=[A-Z]\.[A-Z])\.)?"
)
_PREFIX = re.compile(rf"^(?:{either('elided_before_names')})['’]")
_POSSESSIVE = re.compile(r"['’]\w{0,6}$")
_EAST_RUN = re.compile("[\u3040-\u30ff\u3400-\u9fff・]+")
_HANGUL = re.compile("[\uac00-\ud7af]+")
_PARTICLES = re.compile(rf"(?:{either('particles')})*")
# Names that a text on the subject prints for other things than a state that acts.
_REST = re.compile(r"\w{4}|[0-9]")  # what is left where a name is not read
_OTHER = frozenset({"HKG", "MAC"})
_US_OFFICE = re.compile(rf"(?:['’]s)?\s+(?:{either('offices_of_us_states')})(?!\w)")
_NOT_NAMES = frozenset(group_words("never_names"))
# Names with their spaces, of Unicode CLDR (tests/extract/test_state_mentions.py makes them again).
_SLAVIC_NAMES = Path(__file__).with_name("slavic_names.tsv")


@dataclass(frozen=True, slots=True)
class StateMention:
    """Hold one name of a state in a text. ``iso3`` is empty where the name is borne by several."""

    start: int
    end: int
    name: str
    iso3: str
    is_adjective: bool = False


def states_alone(text: str, code: str) -> list[StateMention]:
    """Return the states of a text that names states and nothing else; none where it has more."""
    found = states_in(text, code)
    bare = text
    for item in reversed(found):
        bare = bare[: item.start] + bare[item.end :]
    return [] if _REST.search(bare) else found


def states_in(text: str, code: str) -> list[StateMention]:
    """Return the states that a sentence names, from left to right, without overlap."""
    found = [*_names(text, code)]
    if writing(code).case_endings:
        found += _inflected(text, code)
    found += _adjectives(text, code)
    found.sort(key=lambda item: (item.start, item.is_adjective, -item.end))
    out: list[StateMention] = []
    for item in found:
        if not out or item.start >= out[-1].end:
            out.append(item)
    return _settled(
        [item for item in out if item.iso3 not in _OTHER and not _is_us_state(text, item)]
    )


def _is_us_state(text: str, mention: StateMention) -> bool:
    """Return whether Georgia is here the state of the United States: "Georgia's governor"."""
    return mention.iso3 == "GEO" and bool(_US_OFFICE.match(fold(text), mention.end))


def _settled(found: list[StateMention]) -> list[StateMention]:
    """Settle names that several states bear by the other names of the sentence."""
    if all(item.iso3 for item in found):
        return found
    matches = reconcile_list(item.name for item in found)
    return [
        item if item.iso3 else StateMention(item.start, item.end, item.name, match.iso3 or "")
        for item, match in zip(found, matches, strict=True)
    ]


def _names(text: str, code: str) -> Iterator[StateMention]:
    if writing(code).is_unspaced:
        yield from _east_names(text)
        return
    if writing(code).is_glued:
        yield from _korean_names(text)
        return
    tokens = list(_WORD.finditer(text))
    place = 0
    while place < len(tokens):
        step = 1
        if _may_begin(tokens[place][0], code):
            for size in range(min(MOST_WORDS, len(tokens) - place), 0, -1):
                mention = _mention(text, tokens[place : place + size], code)
                if mention:
                    yield mention
                    step = size
                    break
        place += step


def _may_begin(word: str, code: str) -> bool:
    bare = _PREFIX.sub("", word)
    return _has_no_capitals(code) or bare[:1].isupper()


def _has_no_capitals(code: str) -> bool:
    return writing(code).capitals == "none"


def _mention(text: str, tokens: list[re.Match[str]], code: str) -> StateMention | None:
    start, end = tokens[0].start(), tokens[-1].end()
    gaps = (text[a.end() : b.start()] for a, b in pairwise(tokens))
    if any(re.search(r"[;:()\n]|,\s*$|,\s", gap) for gap in gaps):
        return None
    prefix = _PREFIX.match(text[start:end])
    if prefix:
        start += prefix.end()
    printed = text[start:end]
    last = tokens[-1][0]
    if len(tokens) > 1 and not _has_no_capitals(code) and not _PREFIX.sub("", last)[:1].isupper():
        return None
    match = _match(printed, code)
    if match is None:
        return None
    bare = _POSSESSIVE.sub("", printed) if match[1] else printed
    return StateMention(start, start + len(bare), bare, match[0])


@lru_cache(maxsize=65536)
def _match(printed: str, code: str) -> tuple[str, bool] | None:
    """Return the state of a name (empty if several bear it), and whether an ending was cut off."""
    if printed.lower() in _NOT_NAMES or len(printed) < 2:
        return None
    for text, is_cut in _forms(printed, code):
        found = find(text) if writing(code).script == "Arab" else exact(text)
        if found and (found.iso3 or found.candidates):
            return found.iso3 or "", is_cut
    return None


def _forms(printed: str, code: str) -> Iterator[tuple[str, bool]]:
    yield printed, False
    cut = _POSSESSIVE.sub("", printed)
    if cut != printed:
        yield cut, True
    for ending, least in writing(code).name_endings.items():
        if printed.endswith(ending) and len(printed) > least:
            yield printed.removesuffix(ending), False


def _east_names(text: str) -> Iterator[StateMention]:
    for run in _EAST_RUN.finditer(text):
        letters, place = run[0], 0
        while place < len(letters):
            step = 1
            for size in range(min(12, len(letters) - place), 1, -1):
                match = _exact_east(letters[place : place + size])
                if match:
                    start = run.start() + place
                    yield StateMention(start, start + size, letters[place : place + size], match)
                    step = size
                    break
            place += step


@lru_cache(maxsize=65536)
def _exact_east(letters: str) -> str:
    found = exact(letters)
    return found.iso3 or "" if found else ""


def _korean_names(text: str) -> Iterator[StateMention]:
    for token in _HANGUL.finditer(text):
        for size in range(len(token[0]), 1, -1):
            match = _exact_east(token[0][:size])
            if match and _PARTICLES.fullmatch(token[0][size:]):
                yield StateMention(token.start(), token.start() + size, token[0][:size], match)
                break


def _inflected(text: str, code: str) -> Iterator[StateMention]:
    for found in _stems(code).finditer(text):
        iso3 = str(found.lastgroup)[-3:]
        yield StateMention(found.start(), found.end(), found[0], iso3)


@cache
def _stems(code: str) -> re.Pattern[str]:
    """Return one pattern for the names of all states, in any case of the language."""
    stems = load_language(code)["state_stems"]
    forms = {iso3: list(patterns) for iso3, patterns in stems.items()}
    for line in _SLAVIC_NAMES.read_text("utf-8").splitlines():
        spoken, iso3, name = line.split("\t")
        if spoken == code:
            stem = r"[\s-]".join(_stem(word, code) for word in re.split(r"[\s-]", name))
            forms.setdefault(iso3, []).append(stem)
    parts = [
        f"(?P<s{number}_{iso3}>{form})"
        for iso3, patterns in forms.items()
        for number, form in enumerate(patterns)
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")


def _stem(word: str, code: str) -> str:
    """Return a pattern for a word in any case: the ending goes, up to three letters may follow."""
    if not word[:1].isupper() or len(word) < 4:
        return re.escape(word)
    stem = compiled(rf"(?:{writing(code).case_endings})$").sub("", word)
    if len(stem) < 3:
        return re.escape(word)
    return re.escape(stem) + r"\w{0,3}"


def _adjectives(text: str, code: str) -> Iterator[StateMention]:
    """Yield "the Dutch ambassador": an adjective counts only in front of an office."""
    words = claim_words(code).lists
    folded = fold(text)
    for office in words.offices.finditer(folded):
        before = folded[max(0, office.start() - 30) : office.start()]
        for pattern, iso3 in words.adjectives:
            found = list(pattern.finditer(before))
            if found and re.fullmatch(r"\s+(?:\w+\s+)?", before[found[-1].end() :] or " "):
                start = office.start() - len(before) + found[-1].start()
                yield StateMention(start, office.end(), text[start : office.end()], iso3, True)
