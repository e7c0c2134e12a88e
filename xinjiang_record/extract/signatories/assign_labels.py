"""Give each list the label that its structure gives it.

In a sentence, lists and labels are matched in order, each label to one list at most, so that the
ties add up best. A label before its list is tied by a colon, a bracket or a verb ("were",
"include"); a label after its list by nearness, or by the grammar of a language whose verb is last.
A list without a label in its sentence takes that of its heading, until the next heading. What is
negated, asked for or expected is not an event.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from xinjiang_record.extract.languages.detect_language import detect_language
from xinjiang_record.extract.languages.find_labels import (
    MAX_NEUTRAL,
    Label,
    find_labels,
    has_columns,
    is_neutral,
    whole_label,
)
from xinjiang_record.extract.languages.list_words import VOTES, fold, pattern_of_all
from xinjiang_record.extract.name_lists.document_text import HEADINGS, DocumentText, Paragraph
from xinjiang_record.extract.name_lists.find_name_lists import NameList
from xinjiang_record.extract.name_lists.roll_call_lines import read_office_line
from xinjiang_record.extract.signatories.declared_count import number_near, only_number
from xinjiang_record.extract.signatories.label_context import (
    changed_by,
    doubt_of,
    is_exception,
    is_region,
    only_announces,
    other_act,
)
from xinjiang_record.extract.signatories.list_regions import (
    LabelRow,
    Regions,
    is_in_spans,
    without_exceptions,
)
from xinjiang_record.extract.signatories.match_labels import (
    SURE,
    TIED,
    Option,
    least_strength,
    match_labels,
)
from xinjiang_record.extract.signatories.rival_labels import has_rival

_NO_LETTER = "\u0001"  # in the place of a name, so that no label is read across it
MAX_HEADING = 260  # letters of a paragraph that can be a heading
MAX_ARTICLE = 6  # letters of an article that is read as a part of a name
MAX_TOLD = 60  # labels of a heading whose numbers are compared with a list
MAX_SKIPPED = 6  # neutral lines between a list and its heading
_SIDES = {"supported": "voted_yes", "opposed": "voted_no"}  # what is meant next to votes
_ALSO = pattern_of_all("lists", "also")
_ALIGNMENT = pattern_of_all("labels", "alignment")
_RELATIVE = pattern_of_all("labels", "relatives")
_REMARK = re.compile(r"[(（][^()（）]*[)）]")
_EXCEPTION_END = pattern_of_all("lists", "exception_ends")
_ANNOUNCER = pattern_of_all("labels", "announcers")


@dataclass(frozen=True, slots=True)
class Tie:
    """Hold a list's label: ``label`` in offsets of the document, ``form`` and ``strength``.

    ``doubt`` says why no event follows from it: negated, unreal, two labels, exception.
    ``number`` is the count that the label gives its list.
    """

    label: Label
    form: str
    strength: float
    doubt: str = ""
    number: int | None = None


class LabelReader:
    """Read the ties of the lists of one document."""

    def __init__(self, text: DocumentText, lists: Sequence[NameList], language: str) -> None:
        """Keep the text and its lists; ``language`` is that of the document."""
        self.text, self.lists, self.language = text, lists, language
        self.by_paragraph: dict[int, list[NameList]] = {}
        for one in lists:
            self.by_paragraph.setdefault(one.paragraph, []).append(one)
        by_start = sorted(lists, key=lambda one: one.start)
        self._starts = [one.start for one in by_start]
        self._furthest = list(accumulate((one.end for one in by_start), max))
        self._past_lists: dict[int, int] = {}  # by paragraph, for long documents
        self._last_long: dict[int, tuple[list[int], list[int]]] = {}  # by paragraph

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

    def _around_names(self, start: int, end: int, lists: list[NameList]) -> list[Label]:
        """Return the labels of a stretch that no name is in: "صوتت فرنسا لصالح القرار"."""
        labels = self.labels_in(start, end)
        names = sorted((entry.start, entry.end) for one in lists for entry in one.entries)
        if not any(is_in_spans(label.start, label.end, names) for label in labels):
            return labels
        parts, place = list[str](), start
        for first, last in names:
            parts += [self.text.text[place:first], _NO_LETTER * (last - max(first, place))]
            place = max(place, last)
        words = "".join([*parts, self.text.text[place:end]])
        return [
            replace(found.moved(start), cue=self.text.text[found.start + start : found.end + start])
            for found in find_labels(words, self.language)
        ]

    def _in_sentence(self, sentence: tuple[int, int], numbers: list[int]) -> dict[int, Tie | None]:
        lists = [self.lists[number] for number in numbers]
        regions = Regions(sentence, lists)
        last = max(one.end for one in lists)
        labels = self._with_leads(
            self._around_names(sentence[0], max(sentence[1], last), lists), lists, regions
        )
        row = LabelRow(labels)
        taken = [
            one for one in lists if is_exception(self.text.text[regions.start(one) : one.start])
        ]
        excepted = {one.start: self._of_exception(one, row) for one in taken}
        own = {tie.label.start for tie in excepted.values() if tie}
        row = LabelRow([label for label in labels if label.start not in own])
        words = without_exceptions(self.text.text, taken, regions)
        left = [one for one in lists if one.start not in excepted]
        found = iter(match_labels(words, sentence, left, row))
        chosen = [None if one.start in excepted else next(found) for one in lists]
        used = {option.label for option in chosen if option is not None}
        out: dict[int, Tie | None] = {}
        last_tie: Tie | None = None
        for number, one, option in zip(numbers, lists, chosen, strict=True):
            tie = excepted.get(one.start) or self._tie(words, one, regions, row, option, used)
            if tie is None and last_tie is not None and self._shares(one, regions, last_tie):
                tie = replace(last_tie, number=None)
            out[number] = last_tie = tie
        self._share_formula(sentence, numbers, row.labels, out)
        return out

    def _with_leads(
        self, labels: list[Label], lists: list[NameList], regions: Regions
    ) -> list[Label]:
        """Return the labels with those that all the words before a list are: "For (3):"."""
        row, within, leads = LabelRow(labels), set[int](), list[Label]()
        for one in lists:
            start = regions.start(one)
            whole = self._whole_lead(start, one)
            inside = row.inside(start, one.start)
            if whole and all(labels[place].kind in _SIDES for place in inside):
                within.update(inside)
                leads.append(whole)
        kept = [label for place, label in enumerate(labels) if place not in within]
        return sorted([*kept, *leads], key=lambda label: label.start)

    def _of_exception(self, one: NameList, row: LabelRow) -> Tie | None:
        """Return the vote of states that are an exception: "except Cuba, which voted against".

        In Chinese a word behind the vote ends the exception.
        """
        place = row.first_from(one.end)
        after = row.labels[place] if place < len(row.labels) else None
        if after is None or after.kind not in (*VOTES, *_SIDES):
            return None
        if after.start - one.end > 2 * MAX_NEUTRAL:
            return None
        if after.kind in _SIDES and row.has_vote:
            after = replace(after, kind=_SIDES[after.kind])
        gap = fold(self.text.text[one.end : after.start])
        is_clause = _RELATIVE.search(gap) and is_neutral(_RELATIVE.sub(" ", gap))
        is_closed = is_neutral(gap) and _EXCEPTION_END.match(fold(self.text.text[after.end :][:8]))
        if not (is_clause or is_closed):
            return None
        return Tie(after, "after", SURE, changed_by(self.text.text, one.end, after))

    def _share_formula(
        self,
        sentence: tuple[int, int],
        numbers: list[int],
        labels: Sequence[Label],
        out: dict[int, Tie | None],
    ) -> None:
        """Give the verb of the formula of alignment to all its lists.

        The formula names groups of states one after another: candidates, EFTA, neighbours. Its
        verb is behind all of them, or before all.
        """
        verbs = [label for label in labels if label.kind == "aligned"]
        if len(verbs) != 1 or not _ALIGNMENT.search(fold(self.text.text[slice(*sentence)])):
            return
        verb = verbs[0]
        is_first = all(verb.end <= self.lists[number].start for number in numbers)
        if changed_by(self.text.text, sentence[0], verb):
            return
        for number in numbers:
            old = out[number]
            is_open = old is None or (old.label == verb and old.doubt == "of others")
            if is_open and (is_first or self.lists[number].end <= verb.start):
                out[number] = Tie(verb, "before" if is_first else "after", TIED)

    def _shares(self, one: NameList, regions: Regions, tie: Tie) -> bool:
        """Return whether a list goes on from the one before it: "...; C, D", "as did E"."""
        start = regions.start(one)
        gap = self.text.text[start : one.start]
        if not gap.strip(" ;,"):
            return ";" in gap and tie.form in ("before", "heading")
        if tie.label.kind == "absent" and tie.form == "before" and ";" not in gap:
            return is_neutral(_REMARK.sub(" ", gap))  # "Paired: Chad (for) with Togo (against)"
        if tie.form != "after" or not start <= tie.label.end <= one.start:
            return False
        gap = fold(self.text.text[tie.label.end : one.start])
        # "do Iceland" may be read as a name with an article: "as do Iceland".
        beyond = fold(self.text.text[tie.label.end : one.start + MAX_ARTICLE])
        found = [item.end() for item in _ALSO.finditer(beyond) if item.start() < len(gap)]
        return bool(found) and is_neutral(gap[found[-1] :]) and len(gap.split()) <= 8

    def _whole_lead(self, start: int, one: NameList) -> Label | None:
        """Return the label that all the words before a list are: "For (3):"."""
        lead = self.text.text[start : one.start]
        bare = lead.rstrip(" (（[")
        is_label = re.search("[:–—-]$|:", fold(bare)) or one.form == "brackets"
        label = whole_label(lead, self.language) if is_label else None
        if label is None or (label.kind in _SIDES and len(re.findall("[0-9]+", lead)) > 1):
            return None  # "was rejected by 120 votes to 1 (Chad)"
        first = start + len(lead) - len(lead.lstrip(" .,;"))
        end = start + len(bare.rstrip(" :："))
        return Label(label.kind, first, end, self.text.text[first:end], label.language)

    def _tie(
        self,
        text: str,
        one: NameList,
        regions: Regions,
        row: LabelRow,
        option: Option | None,
        used: set[int],
    ) -> Tie | None:
        sentence, before = regions.sentence, self.text.text[regions.start(one) : one.start]
        if is_exception(before):
            return Tie(Label("absent", one.start, one.start, "", ""), "before", SURE, "exception")
        if option is None or option.strength < least_strength(one):
            return None
        label = row.labels[option.label]
        start = regions.start(one) if option.form == "before" else one.end
        doubt = doubt_of(text, sentence, start, one, label, option.form)
        doubt = doubt or other_act(text, regions.start(one), one, label, option.form)
        number = number_near(text, sentence, one, label, option.form)
        if not doubt and has_rival(text, one, regions, row, option, number, used):
            doubt = "two labels"
        return Tie(label, option.form, option.strength, doubt, number)

    def _above(self, one: NameList) -> Tie | None:
        """Return the label of the sentence or the heading above a list that has none of its own."""
        text = self.text.text
        paragraph = self.text.paragraphs[one.paragraph]
        lead = text[one.sentence[0] : one.start]
        is_signature = one.form == "lines" and self._is_signed_line(paragraph)
        language = detect_language(lead) or self.language
        if not (only_announces(lead, language) or is_region(lead) or is_signature):
            return None
        follow = text[one.end : max(one.sentence[1], one.end)]
        is_alone = is_neutral(follow) or one.form == "lines"
        if one.sentence[0] > paragraph.start + 1:
            return self._from_sentence_before(paragraph.start, one)
        if not is_alone:
            return None
        return self._heading(one, one.paragraph - 1)

    def _is_signed_line(self, paragraph: Paragraph) -> bool:
        """Return whether a list begins with a line such as "Jane Doe, Ambassador of Norway"."""
        return read_office_line(self.text.text[paragraph.start : paragraph.end]) is not None

    def _from_sentence_before(self, start: int, one: NameList) -> Tie | None:
        lead = self.text.text[one.sentence[0] : one.start]
        if not _ANNOUNCER.search(fold(lead)) or not lead.strip():
            return None
        text = self.text.text[start : one.sentence[0]].rstrip()
        cut = max(text.rfind(mark, 0, len(text) - 1) for mark in (". ", "。", "! ", "? "))
        first = start + cut + 1 if cut >= 0 else start
        if self._is_long_list_from(first, one):
            return None
        return self._single(first, one.sentence[0], one, "before")

    def _is_long_list_from(self, first: int, one: NameList) -> bool:
        """Return whether a list of several names is in a sentence between an offset and a list."""
        if one.paragraph not in self._last_long:
            long = sorted(
                (other.end, other.sentence[0])
                for other in self.by_paragraph[one.paragraph]
                if other.size > 1
            )
            ends, begins = [end for end, _ in long], [begin for _, begin in long]
            self._last_long[one.paragraph] = (ends, list(accumulate(begins, max)))
        ends, latest = self._last_long[one.paragraph]
        place = bisect_left(ends, one.start)
        return place > 0 and latest[place - 1] >= first

    def _heading(self, one: NameList, paragraph: int) -> Tie | None:
        skipped = 0
        while paragraph >= 0 and skipped <= MAX_SKIPPED:
            paragraph = self._skip_lists(paragraph)
            if paragraph < 0:
                return None
            above = self.text.paragraphs[paragraph]
            words = self.text.text[above.start : above.end]
            if has_columns(words, self.language):  # which column a name is in is not known
                row = Label("", above.start, above.end, words.strip(), self.language)
                return Tie(row, "heading", SURE, "two labels")
            label = whole_label(words, self.language)
            if label is not None:
                moved = Label(label.kind, above.start, above.end, words.strip(), label.language)
                return Tie(moved, "heading", SURE, "", only_number(words))
            if is_neutral(words) or is_region(words):
                paragraph -= 1
                skipped += 1
                continue
            return self._from_heading(one, paragraph)
        return None

    def _skip_lists(self, paragraph: int) -> int:
        """Return the nearest paragraph, this one or above, that is not only lists; -1 if none."""
        passed = []
        while paragraph >= 0 and paragraph not in self._past_lists:
            passed.append(paragraph)
            if not self._is_list_only(paragraph):
                break
            paragraph -= 1
        found = self._past_lists.get(paragraph, paragraph)
        self._past_lists.update(dict.fromkeys(passed, found))
        return found

    def _is_list_only(self, paragraph: int) -> bool:
        """Return whether a paragraph is lines of the same list, or one under the same heading."""
        lists = self.by_paragraph.get(paragraph)
        above = self.text.paragraphs[paragraph]
        if not lists:
            begun = bisect_right(self._starts, above.start)
            return begun > 0 and above.end <= self._furthest[begun - 1] + 2
        before = self.text.text[above.start : lists[0].start]
        after = self.text.text[max(one.end for one in lists) : above.end]
        is_label = bool(whole_label(before)) or bool(find_labels(before, self.language))
        return not is_label and (is_neutral(before) or is_region(before)) and is_neutral(after)

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
        number = number_near(words, (start, end), one, label, "heading")
        doubt = changed_by(words, start, label)
        if len({other.kind for other in labels}) > 1 and not doubt:
            numbers = {
                number_near(words, (start, end), one, other, "heading"): other
                for other in labels[-MAX_TOLD:]
            }
            if one.size in numbers:
                label, number = numbers[one.size], one.size
            else:
                doubt = "two labels"
        return Tie(label, form, TIED, doubt, number)
