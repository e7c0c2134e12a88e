"""Match the lists and the labels of one sentence, so that the ties add up best.

Each label goes to one list at most, in order. A label before its list is tied by a colon, a bracket
or a verb ("were", "include"); a label after its list by nearness, or by the grammar of a language
whose verb is last. A number between the two counts something else, and no tie crosses it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.find_labels import MAX_NEUTRAL, Label, is_neutral
from xinjiang_record.extract.languages.list_words import (
    NOTHING,
    VOTES,
    fold,
    list_words,
    pattern_of_all,
)
from xinjiang_record.extract.name_lists.find_name_lists import NameList
from xinjiang_record.extract.name_lists.list_items import CJK
from xinjiang_record.extract.signatories.list_regions import LabelRow, Regions

SURE, TIED, NEAR, LOOSE = 3.0, 2.5, 2.2, 1.2  # how well a label is tied to a list
USUAL = 0.3  # what a tie on the usual side of a sentence has more
MAX_CAST = 24  # letters behind a list in which "cast a vote" can stand
MAX_OBJECT = 60  # letters between a list and a verb that is last
MAX_AUXILIARY = 16  # letters behind a label in which its auxiliary verb can stand
MAX_LINK = 160  # letters between a label and the verb or colon that ties a list to it
# What one state does for others: it is the speaker or the author, and no signatory for that.
_SPOKEN = ("signed", "aligned", "supported", "sponsored", "named_office")
_LINK = pattern_of_all("labels", "links")
_NOUN = pattern_of_all("lists", "country_nouns")
_ANNOUNCED = re.compile(f"{_LINK.pattern}|{_NOUN.pattern}")
_RELATIVE_CLAUSE = re.compile(
    rf"\s*[,،]\s*(?:{pattern_of_all('labels', 'relatives').pattern})[^,،;.]*[,،]"
)
_RELATIVE = re.compile(rf"\s*[,،]\s*(?:{pattern_of_all('labels', 'relatives').pattern})(?!\w)")
_AND_FIRST = re.compile(rf"\s*(?:{either('clause_and')})\s")
_AMONG = pattern_of_all("labels", "among")
_OTHERS = pattern_of_all("labels", "others")
_PASSIVE = pattern_of_all("labels", "passives")
# "die Erklärung": an article here, a relative pronoun elsewhere.
_TEXT = re.compile(
    rf"(?:{pattern_of_all('lists', 'articles').pattern})\s+"
    rf"(?:{pattern_of_all('labels', 'statement').pattern}"
    rf"|{pattern_of_all('labels', 'vote').pattern})"
)


@dataclass(frozen=True, slots=True)
class Option:
    """Hold one way to tie a list: the index of a label, the side it is on and the strength."""

    label: int
    form: str
    strength: float


def match_labels(
    text: str, sentence: tuple[int, int], lists: list[NameList], row: LabelRow
) -> list[Option | None]:
    """Match lists and labels of one sentence in order, each label to one list at most."""
    labels, options = row.labels, list[list[Option]]()
    regions, floor = Regions(sentence, lists), sentence[0]
    for at, one in enumerate(lists):
        ceiling = lists[at + 1].start if at + 1 < len(lists) else sentence[1] + 1
        options.append(_options(text, one, row, regions, floor, ceiling))
        floor = one.end if one.known > 1 else floor
    # Where names come first, labels follow their lists, and the other way round.
    is_after = bool(lists and labels) and lists[0].start < labels[0].start
    side = "after" if is_after else "before"

    bonus = {side: USUAL}
    # The last label in use counts only where a later list could take it or one before it.
    least = [len(labels)] * (len(lists) + 1)
    for at in reversed(range(len(lists))):
        least[at] = min([least[at + 1], *(option.label for option in options[at])])
    states: list[set[int]] = [{-1}, *(set[int]() for _ in lists)]
    for at, choices in enumerate(options):
        for used in states[at]:
            following = [used, *(option.label for option in choices if option.label > used)]
            states[at + 1] |= {label if label >= least[at + 1] else -1 for label in following}

    # From the last list to the first: the best sum from a state on, and the tie that it takes.
    best: list[dict[int, tuple[float, Option | None]]] = [{} for _ in lists]
    sums = dict.fromkeys(states[-1], 0.0)
    for at in reversed(range(len(lists))):
        for used in states[at]:
            found: tuple[float, Option | None] = (sums[used if used >= least[at + 1] else -1], None)
            for option in options[at]:
                if option.label <= used:
                    continue
                after = option.label if option.label >= least[at + 1] else -1
                score = sums[after] + (option.strength + bonus.get(option.form, 0.0))
                if score > found[0]:
                    found = (score, option)
            best[at][used] = found
        sums = {used: score for used, (score, _) in best[at].items()}

    used, chosen = -1, list[Option | None]()
    for at in range(len(lists)):
        used = used if used >= least[at] else -1
        tie = best[at][used][1]
        chosen.append(tie)
        used = tie.label if tie else used
    return chosen


def _options(
    text: str, one: NameList, row: LabelRow, regions: Regions, floor: int, ceiling: int
) -> list[Option]:
    """Return the ways to tie a list to the label before it and to that behind it.

    No label that begins before ``floor``, behind the last list of several names, or from
    ``ceiling`` on, where the next list begins, is one of the list.
    """
    labels, out = row.labels, list[Option]()
    before, after = row.last_before(one.start), row.first_from(one.end)
    is_mention = one.known == 1 and one.form == "clause"
    if before >= 0 and labels[before].start >= floor:
        strength = _strength_before(text, one, labels[before])
        if strength and is_mention and labels[before].kind in _SPOKEN:
            gap = fold(text[labels[before].end : one.start])
            strength = strength if re.search("[:,]", gap) else 0.0
        if strength:
            out.append(Option(before, "before", strength))
    if after == len(labels) or (is_mention and labels[after].kind in _SPOKEN):
        return _strong(out, one)  # a state that issues or tables a text is its speaker or author
    start = one.end
    clause = _RELATIVE_CLAUSE.match(fold(text[start:ceiling]))
    if clause:
        start += clause.end()
        after = row.first_from(start)
    if after < len(labels) and labels[after].start < ceiling:
        label = labels[after]
        strength = _strength_after(text, start, one, label)
        if strength and not _is_of_next(text, one, regions, label):
            out.append(Option(after, "after", strength))
    return _strong(out, one)


def _strong(options: list[Option], one: NameList) -> list[Option]:
    return [option for option in options if option.strength >= least_strength(one)]


def _is_of_next(text: str, one: NameList, regions: Regions, label: Label) -> bool:
    """Return whether a comma parts a vote from a list, and nothing from the one behind it."""
    if label.kind not in VOTES or not re.search("[,،，、]", text[one.end : label.start]):
        return False
    following = regions.next_start(label.end)
    return following is not None and not text[label.end : following].strip()


def least_strength(one: NameList) -> float:
    """Return how well a label must be tied: names in prose need more than long lists."""
    return TIED if one.known < 2 else 2.0 if one.known == 2 else LOOSE


def _strength_before(text: str, one: NameList, label: Label) -> float:
    if one.form != "brackets" and one.start - label.end > MAX_NEUTRAL:
        return 0.0
    gap = fold(text[label.end : one.start])
    if ";" in gap or "؛" in gap or _AND_FIRST.match(gap):
        return 0.0  # "Bolivia did so against and Mexico ..."
    if one.form == "brackets":
        if label.kind in ("supported", "opposed") and len(re.findall("[0-9]+", gap)) > 1:
            return 0.0  # "was rejected by 120 votes to 1 (Chad)"
        if is_neutral(gap):
            return SURE
        is_other = re.search(r"[0-9,،、]", gap)  # a number in between counts something else
        is_near = len(gap) <= 8 if CJK.search(gap) else len(gap.split()) <= 4
        return TIED if is_near and not is_other else 0.0
    link = _last_link(gap)
    has_colon = gap.rstrip(" (*\"'").endswith(":")
    if is_neutral(gap):
        announced = has_colon or _ANNOUNCED.search(fold(label.cue[-3:]) + gap)
        words = list_words(label.language)
        is_cast = words.words.get("cast_verbs", NOTHING).match(fold(text[one.end :][:MAX_CAST]))
        if words.is_verb_final and not (announced or is_cast):
            return 0.0  # the label of what comes before it
        has_comma = bool(re.search("[,،、，]", gap))
        return SURE if has_colon or not has_comma else TIED if link is not None else 2.0
    numbers = re.findall("[0-9]+", gap)
    if len(gap) > MAX_LINK or (numbers and numbers != [str(one.size)]):
        return 0.0  # a number in between counts something else
    if has_colon or (link is not None and is_neutral(gap[link:])):
        return NEAR
    return 0.0


def _is_passive(text: str, start: int, label: Label) -> bool:
    """Return whether a label is what others did to a text: "was rejected"."""
    first, last = label.start - start, label.end - start
    return any(
        found.start() < last and first < found.end()
        for found in _PASSIVE.finditer(fold(text[start : label.end + MAX_AUXILIARY]))
    )


def _last_link(gap: str) -> int | None:
    found = list(_LINK.finditer(gap))
    return found[-1].start() if found else None


def _strength_after(text: str, start: int, one: NameList, label: Label) -> float:
    gap = fold(text[start : label.start])
    if ";" in gap or "؛" in gap or re.search(r"[.。]\s", gap):
        return 0.0
    if one.form == "brackets" and re.search("[0-9,،、，]", gap):
        return 0.0  # the label of the next bracket
    if label.kind in ("supported", "opposed") and _is_passive(text, start, label):
        return 0.0  # "the amendment of Chad was rejected"
    following = text[label.end : label.end + 2].lstrip(" (")
    if following[:1] in (":", "："):
        return 0.0  # the label of what comes next
    has_comma = bool(re.search("[,،，、]", gap.lstrip(" ,")))
    gap = _TEXT.sub("", gap)
    if _AMONG.search(gap):
        return TIED + 0.1
    if is_neutral(gap):
        if _OTHERS.search(gap) and not (label.kind in VOTES and _RELATIVE.match(gap)):
            return 0.0 if one.known < 3 else LOOSE
        return TIED if has_comma else SURE
    if list_words(label.language).is_verb_final:
        if has_comma or len(gap) > MAX_OBJECT or one.known < 2:
            return 0.0
        return SURE - 0.1 if one.known > 2 else 2.0
    if one.known < 2 and label.kind in VOTES and _RELATIVE.match(gap):
        return TIED if is_neutral(_RELATIVE.sub("", gap)) else 0.0  # "Chile, which abstained"
    if _OTHERS.search(gap) or has_comma:
        return 0.0
    if CJK.search(gap):
        return 2.0 if len(gap) <= 8 else LOOSE if len(gap) <= 16 else 0.0
    words = len(gap.split())
    return 2.0 if words <= 3 else LOOSE if words <= 6 else 0.0
