"""Find the words of a sentence that say what states did: its cues, and which are denied."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from xinjiang_record.extract.check.reading.claim_words import ClaimWords
from xinjiang_record.extract.languages.context_words import compiled, either
from xinjiang_record.extract.languages.list_words import NOTHING
from xinjiang_record.extract.languages.writing import writing

FAR_NOUN = 44  # letters between "not" and a noun such as "signatories", as a rule
NEAR_STILL = 28  # letters between "still" and a word of signing
FAR_END = 160  # letters between a verb and the "nicht" that ends its clause
# "One of the 43": what may be between "not" and a noun such as "signatories".
_ONE_OF = re.compile(
    rf"[\s'’]*(?:(?:{either('one_of')}|[0-9]+|{either('articles_after_by')})(?!\w)[\s'’]*)+"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """Hold a word that says what states did."""

    start: int
    end: int
    kind: str
    is_negated: bool = False


def read_cues(folded: str, words: ClaimWords) -> list[Cue]:
    """Return the cues of a sentence without overlap, each with whether it is denied."""
    found: list[Cue] = []
    for kind in ("not_signed", "withdrew", "abstained", "voted_no", "voted_yes", "sponsored"):
        found += [Cue(m.start(), m.end(), kind) for m in words.cues[kind].finditer(folded)]
    # "urged China to" is the text's own words, not a refusal to sign it.
    found = [
        cue
        for cue in found
        if cue.kind != "not_signed" or not _is_other_refusal(folded, cue.start, words)
    ]
    found += [Cue(m.start(), m.end(), "stayed") for m in words["stayed"].finditer(folded)]
    found += [Cue(m.start(), m.end(), "not_signed") for m in words["not_listed"].finditer(folded)]
    found += [Cue(m.start(), m.end(), "led_by") for m in words["led_by"].finditer(folded)]
    found += [
        Cue(m.start(), m.end(), "led")
        for m in words["led"].finditer(folded)
        if folded[m.start() - 1 : m.start()] != "-"  # not "a Western-led motion"
    ]
    among = words.lists.words.get("among")
    if among is not None:
        found += [Cue(m.start(), m.end(), "among") for m in among.finditer(folded)]
    for kind in ("joined", "signed"):
        found += [Cue(m.start(), m.end(), kind) for m in words.cues[kind].finditer(folded)]
    order = {"stayed": 0, "not_signed": 1, "led_by": 2, "led": 3}
    found.sort(key=lambda cue: (order.get(cue.kind, 5), cue.start, -cue.end))
    out: list[Cue] = []
    for cue in found:
        if any(other.start < cue.end and cue.start < other.end for other in out):
            continue
        out.append(cue)
    out.sort(key=lambda cue: cue.start)
    read = (replace(cue, is_negated=_is_negated(folded, cue, words)) for cue in out)
    return [_with_time(folded, cue, words) for cue in read]


def _with_time(folded: str, cue: Cue, words: ClaimWords) -> Cue:
    """Return "still a signatory" and "no longer a signatory" as what they say of a withdrawal."""
    if cue.kind not in ("signed", "among"):
        return cue
    far = FAR_END if writing(words.code).is_verb_late else NEAR_STILL
    low = max(0, cue.start - far)
    low += max(folded[low : cue.start].rfind(mark) for mark in ",;:،、，") + 1
    ended = words["no_longer"].search(folded, low, cue.end)
    if cue.is_negated and ended:
        start = min(cue.start, ended.start())
        return replace(cue, start=start, kind="withdrew", is_negated=False)
    if not cue.is_negated and words["ended"].search(folded, low, cue.start):
        return replace(cue, kind="withdrew")
    still = words["still"].search(folded, low, cue.end)
    negation = words.lists.words.get("negations", NOTHING)
    if still and (not cue.is_negated or negation.search(still[0])):
        start = min(cue.start, still.start())
        return replace(cue, start=start, kind="still", is_negated=False)
    return cue


def _is_other_refusal(folded: str, at: int, words: ClaimWords) -> bool:
    """Return whether "urged to", "unlike" or "expected to" is here: no claim of not signing."""
    groups = (words["critical"], *(words.lists.words.get(n) for n in ("unreal", "exceptions")))
    return any(pattern is not None and pattern.match(folded, at) for pattern in groups)


def add_short_votes(folded: str, cues: list[Cue], words: ClaimWords) -> list[Cue]:
    """Add the short words of a vote, such as "against", which mean something only in a vote."""
    more = (
        *words.short_votes.items(),
        ("voted_no", words["against"]),
        ("voted_yes", words["in_favour"]),
    )
    return _add(folded, cues, more, words)


def add_infinitives(folded: str, cues: list[Cue], words: ClaimWords) -> list[Cue]:
    """Add the "to sign" of "the only state to sign": elsewhere it is a hope or a demand."""
    return _add(folded, cues, [("signed", words["to_sign"])], words)


def _add(
    folded: str,
    cues: list[Cue],
    more: Iterable[tuple[str, re.Pattern[str]]],
    words: ClaimWords,
) -> list[Cue]:
    """Add the cues of these kinds and patterns where no cue is yet."""
    out = list(cues)
    for kind, pattern in more:
        for found in pattern.finditer(folded):
            if not any(cue.start < found.end() and found.start() < cue.end for cue in out):
                cue = Cue(found.start(), found.end(), kind)
                out.append(replace(cue, is_negated=_is_negated(folded, cue, words)))
    return sorted(out, key=lambda cue: cue.start)


def _is_negated(folded: str, cue: Cue, words: ClaimWords) -> bool:
    """Return whether a word that denies is next to the cue."""
    if cue.kind == "not_signed":
        return False
    negation = words.lists.words.get("negations")
    if negation is None:
        return False
    inside = folded[cue.start : cue.end]
    if cue.kind == "stayed" and negation.search(inside):
        return False  # "never withdrew": the denial is part of the words
    before = folded[max(0, cue.start - 16) : cue.start]
    after = folded[cue.end : cue.end + 14]
    clause = compiled(rf"[,;،、]|\b(?:{either('clause_and')})\b").split(before)[-1]
    behind = after if writing(words.code).is_verb_late else ""
    return bool(
        negation.search(clause)
        or negation.search(inside)
        or negation.search(re.split(r"[,;.]", behind)[0])
        or _is_denied_from_afar(folded, cue, negation)
    )


def _is_denied_from_afar(folded: str, cue: Cue, negation: re.Pattern[str]) -> bool:
    """Return whether the denial is "not one of the 43 signatories", or ends the clause."""
    low = max(0, cue.start - FAR_NOUN)
    for found in negation.finditer(folded, low, cue.start):
        if _ONE_OF.fullmatch(folded, found.end(), cue.start):
            return True
    rest = folded[cue.end : cue.end + FAR_END]
    clause = re.split(r"[,;:()]|(?<![0-9])\.", rest)[0].rstrip()
    last = list(negation.finditer(clause))
    return bool(last) and last[-1].end() == len(clause) and last[-1].start() > 0
