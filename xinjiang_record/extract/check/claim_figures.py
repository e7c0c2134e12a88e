"""Put together what a sentence says about each of its figures, and compare it with the record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from xinjiang_record.extract.check.compare.figure_parts import CUSTODY, FigureClaim
from xinjiang_record.extract.check.compare.figure_verdicts import check_figure
from xinjiang_record.extract.check.compare.sanction_verdicts import MOST_TARGETS
from xinjiang_record.extract.check.compare.unread_names import may_have_unread_names
from xinjiang_record.extract.check.left_over import IN_DOUBT, UsedPlaces, not_understood
from xinjiang_record.extract.check.reading.doubtful_words import clause_around
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.record_tables import Record
from xinjiang_record.extract.check.verdict import Verdict
from xinjiang_record.extract.check.verdict_text import leave_open
from xinjiang_record.extract.dates import DateFound
from xinjiang_record.extract.figures.qualifiers import Figure
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.languages.writing import writing

# Between a publisher and the date of its text: "the white paper of September 2020".
_OF_DATE = re.compile(
    rf"[\s,('’]*(?:(?:{either('of_date')})\s+)?(?:(?:{either('act_articles')})\s+)?"
)
_ON_DAY = re.compile(rf"\s+(?:{either('on_day')})\s*")
# "3,814 of every 100,000": the number is a rate.
_RATE = re.compile(rf"[^0-9,;:]{{0,30}}(?<!\w)(?:{either('per_number')})\s*1[0., ]*0(?![0-9])")
NEAR_VERB = 24  # letters between a name and the word that it said something
_PLACES = ("facilities", "compounds")


def counts_people(reading: Reading) -> bool:
    """Return whether a sentence has figures that are no number of officials under sanctions."""
    if not reading.words["sanctions"].search(fold(reading.text)):
        return bool(reading.figures)
    return any(max(figure.values, default=0) > MOST_TARGETS for figure in reading.figures)


def figure_verdicts(reading: Reading, record: Record, used: UsedPlaces) -> Iterator[Verdict]:
    """Yield the verdict on each figure of a sentence."""
    folded = fold(reading.text)
    for figure in reading.figures:
        used.publishers = True
        if reading.is_in_doubt(figure.start, figure.end):
            yield not_understood(figure.phrase, IN_DOUBT, (figure.start, figure.end))
            continue
        verdict = check_figure(record, _claim(reading, folded, figure, used))
        groups = {
            place
            for place, group in enumerate(reading.groups)
            if place not in used.groups and group.codes != ("CHN",)
        }
        if groups and not (reading.counts or reading.tally) and verdict.outcome == "agrees":
            # A government is the publisher of its own figure: "Canada said that 1 million ...".
            verdict = replace(verdict, outcome="partly")
        if verdict.outcome == "agrees" and (unread := _unread_source(reading, folded, figure)):
            verdict = leave_open(verdict, "source", unread)
        yield replace(verdict, at=(figure.start, figure.end))


def _unread_source(reading: Reading, folded: str, figure: Figure) -> str:
    """Return what the sentence says of a figure's source or place that is not read."""
    if not reading.publishers and reading.words["reported"].search(folded):
        return "who reported it is not read"
    if reading.areas and reading.words["outside"].search(folded):
        return "of which place it is, is not clear"
    clause = clause_around(folded, figure.start, figure.end)
    if figure.unit in _PLACES and reading.words["closed"].search(clause):
        return "what happened to the places is not compared"
    if reading.publishers and _is_of_china(reading, folded):
        return "China is said to have reported it too"
    if "xinjiang" not in reading.topics and reading.is_about_china:
        return "the sentence does not say that it is of Xinjiang"
    is_spelled_so = writing(reading.code).capitals == "names"
    if is_spelled_so and may_have_unread_names(reading, [(figure.start, figure.end)]):
        return "the sentence has a name that is not read"
    return ""


def _is_of_china(reading: Reading, folded: str) -> bool:
    """Return whether China says it, next to the publisher: "China admitted ..., HRW said"."""
    return any(
        group.codes == ("CHN",)
        and not any(start <= group.start < end for start, end, _ in reading.publishers)
        and reading.words["reported"].search(folded, group.end, group.end + NEAR_VERB)
        for group in reading.groups
    )


def _claim(reading: Reading, folded: str, figure: Figure, used: UsedPlaces) -> FigureClaim:
    published = [item for item in reading.dates if item.edtf and _is_of_publisher(reading, item)]
    dates = _figure_dates(reading, figure, published)
    used.dates |= {item.start for item in (*published[:1], *dates)}
    areas = tuple(dict.fromkeys(name for _, _, name in reading.areas))
    clause = clause_around(folded, figure.start, figure.end)
    place = fold(figure.phrase) if figure.unit in _PLACES else clause
    words = reading.words
    change = [name for name in ("rose", "fell") if words[name].search(clause)]
    return FigureClaim(
        figure,
        tuple(dict.fromkeys(name for _, _, name in reading.publishers)),
        tuple(item.edtf or "" for item in dates),
        areas or tuple(sorted(reading.topics - {"xinjiang"})),
        "rate" if _RATE.match(folded, figure.end) else figure.quantity_type,
        durations=reading.durations,
        published=tuple(item.edtf or "" for item in published[:1]),
        custody=frozenset(name for name in CUSTODY if words[name].search(place)),
        is_held=bool(words["held"].search(folded)),
        change=change[0] if len(change) == 1 else "",
        sentence=reading.text,
    )


def _is_of_publisher(reading: Reading, item: DateFound) -> bool:
    """Return whether a date is right behind a publisher: "HRW said on 14 September that"."""
    text = fold(reading.text)
    for _, end, _ in reading.publishers:
        if end > item.start:
            continue
        verb = reading.words["reported"].match(text, end + 1)
        end = verb.end() if verb else end
        if _OF_DATE.fullmatch(text, end, item.start) or (
            verb and _ON_DAY.fullmatch(text, end, item.start)
        ):
            return True
    return False


def _figure_dates(reading: Reading, figure: Figure, published: list[DateFound]) -> list[DateFound]:
    """Return the date that is nearest to a figure, if there is one of its own."""
    dated = [item for item in reading.dates if item.edtf and item not in published]
    if not dated:
        return []
    return [
        min(dated, key=lambda item: min(abs(item.start - figure.end), abs(figure.start - item.end)))
    ]
