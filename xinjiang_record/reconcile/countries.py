"""Match printed names of states to ISO 3166-1 alpha-3.

Three outcomes, and no fourth. An exact match of the key (``normalize.key``) of the whole name, or
of the name without its article, attached particle or bracketed remark, is ``resolved``. A name
that more than one state bears is ``ambiguous``: it asks. Everything else is ``unknown``; what comes
near it is proposed in ``candidates`` and decided by a person.

Bare "Guinea", "Congo" and "Korea" ask, in every language, although "Guinea" and "the Congo" are
GIN's and COG's own short names at the United Nations: alone they are read both ways. "Niger",
"Dominica", "Samoa", "Sudan", "Ireland", "Georgia", "Micronesia" and "Jersey" each are one
territory's whole name and resolve. A list of states gives context that one name has not:
``reconcile_list``. The names are data: ``generated/names.tsv``, made by ``build_names.py``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from xinjiang_record.reconcile.attached_words import (
    any_of,
    load_words,
    nominative_forms,
    official_form,
    spelled_out,
)
from xinjiang_record.reconcile.iso3166 import country_rows, reviewed_codes
from xinjiang_record.reconcile.normalize import key, tidy

Status = Literal["resolved", "ambiguous", "unknown"]
NEAR = 80.0  # per cent of letters in common (rapidfuzz ratio), from which a name is proposed
LONGEST = 200  # letters of a text for which near names are found
NOT_ISO = "a code of the record's reviewed list, not of ISO 3166-1"
PROPOSALS = 4  # names proposed at most


@dataclass(frozen=True, slots=True)
class Match:
    """Hold one name with its outcome.

    ``iso3`` only when resolved; ``candidates``: alpha-3 codes, best first.
    """

    name: str
    status: Status
    iso3: str | None = None
    candidates: tuple[str, ...] = ()
    note: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return the four fields of ``xrecord reconcile --format json``."""
        return {
            "name": self.name,
            "status": self.status,
            "iso3": self.iso3,
            "candidates": list(self.candidates),
        }


@cache
def _index() -> dict[str, str]:
    text = (Path(__file__).parent / "generated" / "names.tsv").read_text("utf-8")
    return dict(line.split("\t", 1) for line in text.splitlines())


@cache
def known_languages() -> frozenset[str]:
    """Return the codes of the languages that have names in the index, such as ``zh_Hant``."""
    pairs = (cell.split(":", 1) for row in _index().values() for cell in row.split("\t"))
    return frozenset(code for _, spoken in pairs for code in spoken.split(",")) - {"*", "?", ""}


@cache
def _codes() -> frozenset[str]:
    return frozenset(re.findall(r"\b[A-Z]{3}\b", "\n".join(_index().values())))


@cache
def _reviewed() -> frozenset[str]:
    return frozenset(reviewed_codes())


@cache
def _sorted_keys() -> list[str]:
    return sorted(_index())


@lru_cache(maxsize=65536)
def begins_name(text: str) -> bool:
    """Return whether the key of a known name begins with that of a text."""
    wanted, keys = key(text), _sorted_keys()
    place = bisect_left(keys, wanted)
    return bool(wanted) and place < len(keys) and keys[place].startswith(wanted)


def known(text: str) -> bool:
    """Return whether the text is a name in the index: of one state, of several, of a body."""
    return key(text) in _index()


@lru_cache(maxsize=65536)
def _states(name: str, languages: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return the states that have exactly this key in these languages.

    ``("",)`` for a body that is not a state; None if the key is in no list.
    """
    row = _index().get(name)
    if row is None:
        return None
    pairs = [cell.split(":", 1) for cell in row.split("\t")]
    if languages is None:
        return tuple(iso3 for iso3, _ in pairs)
    found = tuple(iso3 for iso3, spoken in pairs if spoken in "*?" or _speaks(spoken, languages))
    return found or None


def _speaks(spoken: str, languages: tuple[str, ...]) -> bool:
    return any(
        one == want or one.startswith(want + "_") for one in spoken.split(",") for want in languages
    )


_ARTICLES = re.compile(rf"^{any_of('articles')}\s+|^{any_of('elided')}['’]\s*", re.IGNORECASE)
_ARTICLE_BEHIND = re.compile(rf"\s*\({any_of('bracketed')}$", re.IGNORECASE)  # of ISO 3166
_AND = re.compile(rf"^{any_of('and')}\s+", re.IGNORECASE)
_APOSTROPHE = re.compile(r"['’`´ʼ]\w{1,8}$")
_ATTACHED = re.compile(rf"^{any_of('before')}|{any_of('behind')}$")
_EDGES = " \t,;:.、，；。•·*-–—"
_BRACKET = re.compile(r"^(?P<head>[^()（）\[\]]+?)\s*[(（\[](?P<inner>[^()（）\[\]]+)[)）\]]$")
_INVERTED = re.compile(r"^(?P<head>[^,()]+), (?P<inner>[^,()]+)$")  # "Ireland, Republic of"


def _variants(name: str) -> Iterator[str]:
    """Yield the name without what may be attached to it, one thing after another."""
    text = tidy(name).strip(_EDGES)
    yield text
    for pattern in (_AND, _ARTICLES, _ARTICLE_BEHIND):
        shorter = pattern.sub("", text, count=1)
        if shorter != text:
            text = shorter
            yield text
    for pattern in (_APOSTROPHE, _ATTACHED):
        shorter = pattern.sub("", text, count=1)
        if shorter != text and shorter:
            yield shorter
    for words in load_words().values():
        if "letters_before" in words:
            yield from _without_letters(text, words["letters_before"], *words["contracted"])


def _without_letters(
    text: str, letters: Mapping[str, int], contracted: str, article: str
) -> Iterator[str]:
    """Yield the name without the letters of "and", "for", "in" and "like" before it."""
    for letter, most in letters.items():
        if text.startswith(letter) and len(text) > most:
            yield text[1:]
            if text[1:].startswith(contracted):
                yield article + text[1 + len(contracted) :]
    if text.startswith(contracted) and len(text) > len(contracted) + 2:
        yield article + text[len(contracted) :]


@lru_cache(maxsize=65536)
def _match(name: str, languages: tuple[str, ...] | None) -> Match:
    return _sure(name, languages) or Match(name, "unknown", None, _near(name))


@lru_cache(maxsize=65536)
def find(name: str) -> Match | None:
    """Return the match of a printed name; None where the near names would have to be found."""
    return _sure(name, None)


def _sure(name: str, languages: tuple[str, ...] | None) -> Match | None:
    for variant in _variants(name):
        states = _states(key(variant), languages)
        if states is not None:
            return _outcome(name, states)
    states = _bracketed(name, languages)
    if states is not None:
        return _outcome(name, states)
    if len(name) == 3 and name.isascii() and name.isupper() and name in _codes():
        return Match(name, "resolved", name, (name,), "an ISO 3166-1 alpha-3 code")
    states = _inflected(name, languages)
    if states is None:
        found = {_states(key(form), languages) for form in spelled_out(tidy(name))} - {None}
        states = found.pop() if len(found) == 1 else None
    return _outcome(name, states) if states is not None else None


def _inflected(name: str, languages: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return the one state whose name in its own language this is an inflected form of."""
    text = tidy(name).strip(_EDGES)
    found: set[tuple[str, ...]] = set()
    for language, form in nominative_forms(text, begins_name):
        if languages is not None and language not in languages:
            continue
        wanted = key(form)
        if wanted not in _index():
            continue
        states = _states(wanted, (language,))
        if states is not None and states != ("",):
            found.add(states)
    return found.pop() if len(found) == 1 else None


def _outcome(name: str, states: tuple[str, ...]) -> Match:
    if states == ("",):
        spoken = _index().get(key(name), "")
        note = (
            "the name of no state"
            if spoken.endswith("?")
            else "a body of states, which has no ISO 3166-1 code"
        )
        return Match(name, "unknown", None, (), note)
    if len(states) == 1:
        note = NOT_ISO if states[0] in _reviewed() else ""
        return Match(name, "resolved", states[0], states, note)
    return Match(
        name,
        "ambiguous",
        None,
        tuple(filter(None, states)),
        "more than one state is called so, or only a part of one",
    )


def _bracketed(name: str, languages: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return the one state that both halves of "Myanmar (Burma)" or "Burma/Myanmar" name."""
    text = tidy(name).strip(_EDGES)
    found = _BRACKET.match(text)
    halves = (
        [found["head"], found["inner"]]
        if found
        else text.split("/")
        if text.count("/") == 1
        else []
    )
    split = found or _INVERTED.match(text)
    if split and (official := official_form(split["head"], split["inner"])):
        return _half(official, languages)
    states = [_half(half.strip(), languages) for half in halves]
    if len(states) == 2 and states[0] is not None and states[1] is not None:
        common = tuple(iso3 for iso3 in states[0] if iso3 in states[1] and iso3)
        return common or None
    return None


def _half(text: str, languages: tuple[str, ...] | None) -> tuple[str, ...] | None:
    states = _states(key(_ARTICLES.sub("", text)), languages)
    return (text,) if states is None and text in _codes() else states


@cache
def _keys() -> list[str]:
    return [name for name, row in _index().items() if not row.startswith(":")]


def _near(name: str) -> tuple[str, ...]:
    """Return the states whose names are near, and those whose names make this one up."""
    from rapidfuzz import (  # deferred: start-up
        fuzz,
        process,
    )

    wanted = key(name)
    if not 3 <= len(wanted) <= LONGEST:
        return ()
    parts = segments(name)
    found = [iso3 for part in parts for iso3 in _match(part, None).candidates]
    for name_found, _score, _place in process.extract(
        wanted, _keys(), scorer=fuzz.ratio, score_cutoff=NEAR, limit=3 * PROPOSALS
    ):
        found.extend(_states(name_found, None) or ())
    return tuple(dict.fromkeys(found))[: max(PROPOSALS, len(parts))]


def segments(text: str) -> tuple[str, ...]:
    """Return the names that make up ``text`` without separators: "Croatia Czech Republic".

    Words are kept whole; every word must belong to a name; the split with the fewest names wins,
    and none is returned when two different ones are equally short. Empty when there is no split
    into two names or more.
    """
    words = tidy(text).split()
    if not 2 <= len(words) <= 400:
        return ()
    best: list[tuple[int, int, tuple[str, ...]] | None] = [(0, 1, ())] + [None] * len(words)
    for end in range(1, len(words) + 1):
        for start in range(max(0, end - 10), end):
            before = best[start]
            name = " ".join(words[start:end])
            if before is None or not _is_name(name):
                continue
            count, ways, parts = before[0] + 1, before[1], (*before[2], name)
            old = best[end]
            if old is None or count < old[0]:
                best[end] = (count, ways, parts)
            elif count == old[0]:
                best[end] = (count, ways + old[1], old[2])
    last = best[-1]
    return last[2] if last and last[1] == 1 and last[0] > 1 else ()


def _is_name(text: str) -> bool:
    states = _states(key(text), None)
    if states is None and text.lower().startswith("the "):
        states = _states(key(text[4:]), None)
    return states is not None and states != ("",) and len(key(text)) > 2


@lru_cache(maxsize=65536)
def exact(text: str) -> Match | None:
    """Return the match of a text that is a name letter by letter; None when it is not one."""
    states = _states(key(text), None)
    return _outcome(text, states) if states is not None else None


def reconcile(name: str, *, languages: Sequence[str] | None = None) -> Match:
    """Return the match of one printed name.

    ``languages``: CLDR codes, to read the name in these only (aliases always apply).
    """
    return _match(name, tuple(languages) if languages is not None else None)


def reconcile_all(names: Iterable[str], *, languages: Sequence[str] | None = None) -> list[Match]:
    """Return the matches of many names, in their order; each distinct name is read once."""
    chosen = tuple(languages) if languages is not None else None
    seen: dict[str, Match] = {}
    out = []
    for name in names:
        match = seen.get(name)
        if match is None:
            match = seen[name] = _match(name, chosen)
        out.append(match)
    return out


def reconcile_list(names: Iterable[str], *, languages: Sequence[str] | None = None) -> list[Match]:
    """Return the matches of one list of states, in which each state is once.

    That settles some names that are ambiguous when alone:

    - "Guinea" is GIN: it is GIN's short name, and no list prints another Guinea by it (unless GIN
      is in the list already).
    - An ambiguous name is the one candidate that is left, when all the others are in the list under
      names of their own: "Congo" next to "Democratic Republic of the Congo" is COG; "Korea" next
      to "North Korea" is KOR.

    A match that was settled so has a ``note``. "Congo" or "Korea" alone in a list stays ambiguous.
    """
    matches = reconcile_all(names, languages=languages)
    present = {match.iso3 for match in matches if match.iso3}
    return [_settled(match, present) if match.status == "ambiguous" else match for match in matches]


def _settled(match: Match, present: set[str]) -> Match:
    left = [iso3 for iso3 in match.candidates if iso3 not in present]
    if match.candidates[:1] == ("GIN",) and "GIN" in left and len(present) >= 2:
        left = ["GIN"]
    if len(left) != 1 or len(left) == len(match.candidates):
        return match
    return replace(
        match,
        status="resolved",
        iso3=left[0],
        note="ambiguous alone; settled by the list it is in",
    )


def name_of(iso3: str, language: str = "en") -> str:
    """Return the CLDR name of a state in a language; ``iso3166.english_name`` is the record's own.

    Raises:
        KeyError: a code that ISO 3166-1 does not have.
    """
    from babel import Locale  # deferred: start-up

    iso2 = next(row["country_iso2"] for row in country_rows() if row["country_iso3"] == iso3)
    return str(Locale.parse(language).territories[iso2])


def names_by_code(languages: Iterable[str]) -> dict[str, list[str]]:
    """Return the keys of the names that one state alone has, in some languages, by alpha-3 code."""
    wanted, found = tuple(languages), dict[str, list[str]]()
    for name, row in _index().items():
        cells = [cell.split(":", 1) for cell in row.split("\t")]
        codes = {iso3 for iso3, _ in cells if iso3}
        is_wanted = any(spoken == "*" or _speaks(spoken, wanted) for _, spoken in cells)
        if len(codes) == 1 and is_wanted:
            found.setdefault(codes.pop(), []).append(name)
    return found
