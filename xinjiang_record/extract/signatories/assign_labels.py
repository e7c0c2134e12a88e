"""Give each list the label that its structure gives it.

In a sentence, lists and labels are matched in order, each label to one list at most, so that the
ties add up best. A label before its list is tied by a colon, a bracket or a verb ("were",
"include"); a label after its list by nearness, or by the grammar of a language whose verb is last.
A list without a label in its sentence takes that of its heading, until the next heading. What is
negated, asked for or expected is not an event.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from xinjiang_record.extract.languages.find_labels import (
    Label,
    find_labels,
    is_neutral,
    whole_label,
)
from xinjiang_record.extract.languages.list_words import fold, list_words, pattern_of_all
from xinjiang_record.extract.name_lists.document_text import HEADINGS, DocumentText
from xinjiang_record.extract.name_lists.find_name_lists import NameList
from xinjiang_record.extract.name_lists.list_items import CJK

SURE, TIED, NEAR, LOOSE = 3.0, 2.5, 2.2, 1.2  # how well a label is tied to a list
MAX_LINK = 160  # letters between a label and the verb or colon that ties a list to it
MAX_HEADING = 260  # letters of a paragraph that can be a heading
MAX_SKIPPED = 6  # neutral lines between a list and its heading
REST = 14  # letters after a label in which a verb that is last can change it
WINDOW = 28  # letters before a label in which a negation changes it


_SPOKEN = ("signed", "aligned", "supported", "sponsored")


@dataclass(frozen=True, slots=True)
class Tie:
    """A list's label: ``label`` in offsets of the document, ``form`` and ``strength``.

    ``doubt`` says why no event follows from it: negated, unreal, two labels, exception.
    ``number`` is the count that the label gives its list.
    """

    label: Label
    form: str
    strength: float
    doubt: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class _Option:
    label: int
    form: str
    strength: float


class LabelReader:
    """Ties of the lists of one document."""

    def __init__(self, text: DocumentText, lists: Sequence[NameList], language: str) -> None:
        self.text, self.lists, self.language = text, lists, language
        self.by_paragraph: dict[int, list[NameList]] = {}
        for one in lists:
            self.by_paragraph.setdefault(one.paragraph, []).append(one)

    def ties(self) -> list[Tie | None]:
        """Return the tie of each list, in their order; None where it has no label."""
        out: dict[int, Tie | None] = {}
        groups: dict[tuple[int, int], list[int]] = {}
        for number, one in enumerate(self.lists):
            groups.setdefault(one.sentence, []).append(number)
        for sentence, numbers in groups.items():
            out.update(self._in_sentence(sentence, numbers))
        for number, one in enumerate(self.lists):
            if out[number] is None:
                out[number] = self._above(one)
        return [out[number] for number in range(len(self.lists))]

    def labels_in(self, start: int, end: int) -> list[Label]:
        """Return the labels in a stretch of the text."""
        found = find_labels(self.text.text[start:end], self.language)
        return [label.moved(start) for label in found]

    def _in_sentence(self, sentence: tuple[int, int], numbers: list[int]) -> dict[int, Tie | None]:
        lists = [self.lists[number] for number in numbers]
        last = max(one.end for one in lists)
        labels = [
            label
            for label in self.labels_in(sentence[0], max(sentence[1], last))
            if not any(_overlaps(label, one) for one in lists)
        ]
        for one in lists:
            start = _region_start(sentence, one, lists)
            whole = self._whole_lead(start, one)
            if whole and not any(start <= label.start < one.start for label in labels):
                labels.append(whole)
        labels.sort(key=lambda label: label.start)
        chosen = _match(self.text.text, sentence, lists, labels)
        out: dict[int, Tie | None] = {}
        last_tie: Tie | None = None
        for number, one, option in zip(numbers, lists, chosen, strict=True):
            used = {other.label for other in chosen if other is not None and other != option}
            tie = self._tie(sentence, one, lists, labels, option, used)
            if (
                tie is None
                and last_tie is not None
                and self._shares(sentence, one, lists, last_tie)
            ):
                tie = replace(last_tie, number=None)
            out[number] = last_tie = tie
        return out

    def _shares(
        self, sentence: tuple[int, int], one: NameList, lists: list[NameList], tie: Tie
    ) -> bool:
        """Return whether a list goes on from the one before it: "...; C, D", "as did E"."""
        start = _region_start(sentence, one, lists)
        gap = self.text.text[start : one.start]
        if not gap.strip(" ;,"):
            return ";" in gap and tie.form in ("before", "heading")
        if tie.form != "after" or not start <= tie.label.end <= one.start:
            return False
        gap = fold(self.text.text[tie.label.end : one.start])
        found = _last_of(_ALSO, gap)
        return found is not None and is_neutral(gap[found:]) and len(gap.split()) <= 8

    def _whole_lead(self, start: int, one: NameList) -> Label | None:
        """Return the label that all the words before a list are: "For (3):"."""
        lead = self.text.text[start : one.start]
        bare = lead.rstrip(" (（[")
        is_label = re.search("[:–—-]$|:", fold(bare)) or one.form == "brackets"
        label = whole_label(lead, self.language) if is_label else None
        if label is None:
            return None
        first = start + len(lead) - len(lead.lstrip(" .,;"))
        end = start + len(bare.rstrip(" :："))
        return Label(label.kind, first, end, self.text.text[first:end], label.language)

    def _tie(
        self,
        sentence: tuple[int, int],
        one: NameList,
        lists: list[NameList],
        labels: list[Label],
        option: _Option | None,
        used: set[int],
    ) -> Tie | None:
        text = self.text.text
        before = text[_region_start(sentence, one, lists) : one.start]
        if _is_exception(before):
            return Tie(Label("absent", one.start, one.start, "", ""), "before", SURE, "exception")
        if option is None or option.strength < _least(one):
            return None
        label = labels[option.label]
        start = _region_start(sentence, one, lists) if option.form == "before" else one.end
        doubt = _doubt(text, sentence, start, one, label, option.form)
        number = _number_near(text, sentence, one, label, option.form)
        if not doubt and option.form == "before" and number != one.size:
            rivals = [
                other
                for place, other in enumerate(labels[: option.label])
                if other.kind != label.kind
                and place not in used
                and other.start >= _region_start(sentence, one, lists)
                and _is_coordinated(text[other.end : label.start])
            ]
            if rivals and one.form != "brackets":
                doubt = "two labels"
        return Tie(label, option.form, option.strength, doubt, number)

    def _above(self, one: NameList) -> Tie | None:
        """Return the label of the sentence or the heading above a list that has none of its own."""
        text = self.text.text
        paragraph = self.text.paragraphs[one.paragraph]
        lead = text[one.sentence[0] : one.start]
        if not (is_neutral(lead) or _is_region(lead)):
            return None
        follow = text[one.end : max(one.sentence[1], one.end)]
        is_alone = is_neutral(follow) or one.form == "lines"
        if one.sentence[0] > paragraph.start + 1:
            return self._from_sentence_before(paragraph.start, one)
        if not is_alone:
            return None
        return self._heading(one, one.paragraph - 1, lead.strip())

    def _from_sentence_before(self, start: int, one: NameList) -> Tie | None:
        text = self.text.text[start : one.sentence[0]].rstrip()
        cut = max(text.rfind(mark, 0, len(text) - 1) for mark in (". ", "。", "! ", "? "))
        first = start + cut + 1 if cut >= 0 else start
        lead = self.text.text[one.sentence[0] : one.start]
        if not _ANNOUNCER.search(fold(lead)) or not lead.strip():
            return None
        if any(other.size > 1 and other.sentence[0] >= first for other in self._before(one)):
            return None
        return self._single(first, one.sentence[0], one, "before")

    def _before(self, one: NameList) -> list[NameList]:
        return [other for other in self.by_paragraph[one.paragraph] if other.end < one.start]

    def _heading(self, one: NameList, paragraph: int, lead: str) -> Tie | None:
        skipped = 0
        while paragraph >= 0 and skipped <= MAX_SKIPPED:
            above = self.text.paragraphs[paragraph]
            words = self.text.text[above.start : above.end]
            if self._is_list_only(paragraph):
                paragraph -= 1
                continue
            label = whole_label(words, self.language)
            if label is not None:
                moved = Label(label.kind, above.start, above.end, words.strip(), label.language)
                return Tie(moved, "heading", SURE, "", _last_number(words))
            if is_neutral(words) or _is_region(words):
                paragraph -= 1
                skipped += 1
                continue
            return self._from_heading(one, paragraph)
        return None

    def _is_list_only(self, paragraph: int) -> bool:
        """Return whether a paragraph is lines of the same list, or one under the same heading."""
        lists = self.by_paragraph.get(paragraph)
        above = self.text.paragraphs[paragraph]
        if not lists:
            return any(one.start <= above.start and above.end <= one.end + 2 for one in self.lists)
        before = self.text.text[above.start : lists[0].start]
        after = self.text.text[max(one.end for one in lists) : above.end]
        is_label = bool(whole_label(before)) or bool(find_labels(before, self.language))
        return not is_label and (is_neutral(before) or _is_region(before)) and is_neutral(after)

    def _from_heading(self, one: NameList, paragraph: int) -> Tie | None:
        above = self.text.paragraphs[paragraph]
        if self.by_paragraph.get(paragraph) and any(
            other.size > 1 for other in self.by_paragraph[paragraph]
        ):
            return None
        words = self.text.text[above.start : above.end].rstrip()
        cut = max(words.rfind(mark, 0, len(words) - 1) for mark in (". ", "。", "! ", "? "))
        start = above.start + cut + 1 if cut >= 0 else above.start
        last = fold(words[cut + 1 :])
        is_heading = above.kind in HEADINGS or not words.endswith((".", "。", "!", "?"))
        if len(last) > MAX_HEADING or not (is_heading or _ANNOUNCER.search(last)):
            return None
        return self._single(start, above.end, one, "heading")

    def _single(self, start: int, end: int, one: NameList, form: str) -> Tie | None:
        """Return the one label of a stretch; with a doubt where it has several, or is negated."""
        labels = self.labels_in(start, end)
        if not labels:
            return None
        label = labels[-1]
        words = self.text.text
        number = _number_near(words, (start, end), one, label, "heading")
        doubt = _changed(words, start, label)
        if len({other.kind for other in labels}) > 1 and not doubt:
            numbers = {
                _number_near(words, (start, end), one, other, "heading"): other for other in labels
            }
            if one.size in numbers and list(numbers).count(one.size) == 1:
                label, number = numbers[one.size], one.size
            else:
                doubt = "two labels"
        return Tie(label, form, TIED, doubt, number)


def _overlaps(label: Label, one: NameList) -> bool:
    return any(label.start < entry.end and entry.start < label.end for entry in one.entries)


def _region_start(sentence: tuple[int, int], one: NameList, lists: list[NameList]) -> int:
    return max([sentence[0], *(other.end for other in lists if other.end <= one.start)])


def _least(one: NameList) -> float:
    """Return how well a label must be tied: names in prose need more than long lists."""
    return TIED if one.known < 2 else 2.0 if one.known == 2 else LOOSE


def _match(
    text: str, sentence: tuple[int, int], lists: list[NameList], labels: list[Label]
) -> list[_Option | None]:
    """Match lists and labels of one sentence in order, each label to one list at most."""
    options = [_options(text, sentence, lists, at, labels) for at in range(len(lists))]

    @cache
    def best(at: int, used: int) -> tuple[float, tuple[_Option | None, ...]]:
        if at == len(lists):
            return 0.0, ()
        score, rest = best(at + 1, used)
        found: tuple[float, tuple[_Option | None, ...]] = (score, (None, *rest))
        for option in options[at]:
            if option.label <= used:
                continue
            score, rest = best(at + 1, option.label)
            if score + option.strength > found[0]:
                found = (score + option.strength, (option, *rest))
        return found

    return list(best(0, -1)[1])


def _options(
    text: str, sentence: tuple[int, int], lists: list[NameList], at: int, labels: list[Label]
) -> list[_Option]:
    one = lists[at]
    out: list[_Option] = []
    before = [n for n, label in enumerate(labels) if label.end <= one.start]
    after = [n for n, label in enumerate(labels) if label.start >= one.end]
    is_mention = one.known == 1 and one.form == "clause"
    floor = sentence[0]
    for other in reversed(lists[:at]):
        if other.known > 1:
            floor = other.end
            break
    if before and labels[before[-1]].start >= floor:
        strength = _strength_before(text, one, labels[before[-1]])
        gap = fold(text[labels[before[-1]].end : one.start])
        if is_mention and labels[before[-1]].kind in _SPOKEN and ":" not in gap:
            strength = 0.0
        if strength:
            out.append(_Option(before[-1], "before", strength))
    if is_mention and after and labels[after[0]].kind in _SPOKEN:
        after = []  # a state that issues, delivers or tables a text is its speaker or its author
    ceiling = lists[at + 1].start if at + 1 < len(lists) else sentence[1] + 1
    clause = _RELATIVE_CLAUSE.match(fold(text[one.end : ceiling]))
    if clause:
        after = [n for n in after if labels[n].start >= one.end + clause.end()]
    if after and labels[after[0]].start < ceiling:
        start = one.end + (clause.end() if clause else 0)
        strength = _strength_after(text, start, one, labels[after[0]])
        if strength:
            out.append(_Option(after[0], "after", strength))
    return out


def _strength_before(text: str, one: NameList, label: Label) -> float:
    gap = fold(text[label.end : one.start])
    if ";" in gap or "؛" in gap:
        return 0.0
    if one.form == "brackets":
        if is_neutral(gap):
            return SURE
        is_other = re.search(r"[0-9,،、]", gap)  # a number in between counts something else
        is_near = len(gap) <= 8 if CJK.search(gap) else len(gap.split()) <= 4
        return TIED if is_near and not is_other else 0.0
    link = _last_link(gap)
    has_colon = gap.rstrip(" (*\"'").endswith(":")
    if is_neutral(gap):
        announced = has_colon or _ANNOUNCED.search(fold(label.cue[-3:]) + gap)
        if list_words(label.language).is_verb_final and not announced:
            return 0.0  # the label of what comes before it
        has_comma = bool(re.search("[,،、，]", gap))
        return SURE if has_colon or not has_comma else TIED if link is not None else 2.0
    numbers = re.findall("[0-9]+", gap)
    if len(gap) > MAX_LINK or (numbers and numbers != [str(one.size)]):
        return 0.0  # a number in between counts something else
    if has_colon or (link is not None and is_neutral(gap[link:])):
        return NEAR
    return 0.0


def _last_link(gap: str) -> int | None:
    found = list(_LINK.finditer(gap))
    return found[-1].start() if found else None


def _strength_after(text: str, start: int, one: NameList, label: Label) -> float:
    gap = fold(text[start : label.start])
    if ";" in gap or "؛" in gap or re.search(r"[.。]\s", gap):
        return 0.0
    if one.form == "brackets" and re.search("[0-9,،、，]", gap):
        return 0.0  # the label of the next bracket
    following = text[label.end : label.end + 2].lstrip(" (")
    if following[:1] in (":", "："):
        return 0.0  # the label of what comes next
    has_comma = bool(re.search("[,،，、]", gap.lstrip(" ,")))
    if _AMONG.search(gap):
        return TIED + 0.1
    if is_neutral(gap):
        if _OTHERS.search(gap):
            return 0.0 if one.known < 3 else LOOSE
        return TIED if has_comma else SURE
    if list_words(label.language).is_verb_final:
        return SURE - 0.1 if not has_comma and len(gap) <= 60 else 0.0
    if _OTHERS.search(gap) or has_comma:
        return 0.0
    if CJK.search(gap):
        return 2.0 if len(gap) <= 8 else LOOSE if len(gap) <= 16 else 0.0
    words = len(gap.split())
    return 2.0 if words <= 3 else LOOSE if words <= 6 else 0.0


def _doubt(
    text: str, sentence: tuple[int, int], start: int, one: NameList, label: Label, form: str
) -> str:
    """Return why a label is no event: it is negated, asked for or expected."""
    found = _changed(text, start, label)
    if found:
        return found
    if form == "after":
        lead = fold(text[max(sentence[0], one.start - 60) : one.start])
        urged = _last_of(list_words(label.language or "en").words["unreal"], lead)
        if urged is not None and len(lead[urged:].split()) <= 3:
            return "unreal"
        negations = list_words(label.language or "en").words["negations"]
        denied = _last_of(negations, lead)
        if denied is not None and len(lead[denied:].split()) <= 1 and "," not in lead[denied:]:
            return "negated"
    return ""


def _changed(text: str, start: int, label: Label) -> str:
    """Return what the words before a label, or after it where verbs are last, make of it."""
    language = list_words(label.language or "en")
    negations, unreal = language.words["negations"], language.words["unreal"]
    before = fold(text[max(start, label.start - WINDOW) : label.start])
    before = re.split(r"[;.]\s", before)[-1]
    if negations.search(before):
        return "negated"
    if unreal.search(before) and not label.cue[:1].isdigit():
        return "unreal"
    if language.is_verb_final and label.kind not in ("absent", "not_signed"):
        rest = re.split("[.,;、。，]", fold(text[label.end : label.end + REST]))[0]
        ending = fold(label.cue)[1:] + rest
        if negations.search(ending):
            return "negated"
        if unreal.search(ending):
            return "unreal"
    return ""


def _last_of(pattern: re.Pattern[str], text: str) -> int | None:
    found = list(pattern.finditer(text))
    return found[-1].end() if found else None


def _is_exception(before: str) -> bool:
    """Return whether words such as "all but" stand right before a list."""
    folded = fold(before)
    end = _last_of(_EXCEPTION, folded)
    return end is not None and is_neutral(folded[end:]) and "," not in folded[end:]


def _is_coordinated(between: str) -> bool:
    return is_neutral(between) and len(between) <= 30


@lru_cache(maxsize=4096)
def _is_region(text: str) -> bool:
    """Return whether a heading only names a region, so that the one above it still holds."""
    folded = fold(text)
    return bool(_REGION.search(folded)) and is_neutral(_REGION.sub(" ", folded))


_NUMBER = re.compile(r"(?<![\w.,/-])([0-9]{1,3})(?![\w%/]|[.,][0-9]|-[0-9])")
_CJK_NUMBER = re.compile(r"(?<![0-9.,])([0-9]{1,3})(?=[票か国カヵヶ个個개])")


def _number_near(
    text: str, sentence: tuple[int, int], one: NameList, label: Label, form: str
) -> int | None:
    """Return the number that stands with a label: "Against (19):", "19 against (", "6カ国"."""
    if form == "after":
        head = text[max(sentence[0], one.start - 40) : one.start]
        found = list(_NUMBER.finditer(head)) + list(_CJK_NUMBER.finditer(head))
        return int(found[-1][1]) if found and is_neutral(head[found[-1].end() :]) else None
    end = one.start if form == "before" else sentence[1]
    gap = text[label.end : end]
    found = list(_NUMBER.finditer(gap)) or list(_CJK_NUMBER.finditer(gap))
    if found and is_neutral(gap[: found[0].start()]):
        return int(found[0][1])
    inside = _NUMBER.search(label.cue) or _CJK_NUMBER.search(label.cue)
    if inside:
        return int(inside[1])
    lead = text[max(sentence[0], label.start - 30) : label.start]
    found = list(_NUMBER.finditer(lead)) or list(_CJK_NUMBER.finditer(lead))
    return int(found[-1][1]) if found and is_neutral(lead[found[-1].end() :]) else None


def _last_number(text: str) -> int | None:
    found = list(_NUMBER.finditer(text)) or list(_CJK_NUMBER.finditer(text))
    return int(found[-1][1]) if len(found) == 1 else None


_LINK = pattern_of_all("labels", "links")
_NOUN = pattern_of_all("lists", "country_nouns")
_ANNOUNCED = re.compile(f"{_LINK.pattern}|{_NOUN.pattern}")
_ALSO = pattern_of_all("lists", "also")
_RELATIVE_CLAUSE = re.compile(
    rf"\s*[,،]\s*(?:{pattern_of_all('labels', 'relatives').pattern})[^,،;.]*[,،]"
)
_AMONG = pattern_of_all("labels", "among")
_OTHERS = pattern_of_all("labels", "others")
_ANNOUNCER = pattern_of_all("labels", "announcers")
_EXCEPTION = pattern_of_all("lists", "exceptions")
_REGION = pattern_of_all("lists", "regions")
