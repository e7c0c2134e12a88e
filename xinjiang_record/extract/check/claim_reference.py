"""Say what a sentence says about the statement of a claim: its date, side, body, and the like."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import replace

from xinjiang_record.extract.check.article_context import Context, carried_by
from xinjiang_record.extract.check.compare.state_verdicts import act_part
from xinjiang_record.extract.check.find_statement import Reference, is_near
from xinjiang_record.extract.check.left_over import UsedPlaces, order_words
from xinjiang_record.extract.check.reading.acts import Act
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.reading.state_counts import StateCount
from xinjiang_record.extract.check.reading.state_groups import Group
from xinjiang_record.extract.check.reading.subjects import side_of
from xinjiang_record.extract.check.record_tables import VOTE_ACTS, Record
from xinjiang_record.extract.dates import DateFound
from xinjiang_record.extract.languages.context_words import compiled, either
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.languages.writing import writing

_AND = re.compile(rf"\s(?:{either('act_and')})\s")
HEAD, NEAR_HEAD = 12, 30  # a date in the first letters of a sentence is near to all its claims
_NOT_ON_DAY = re.compile(rf"\b(?:{either('not_on_day')})\s+(?:{either('articles_after_by')}\s+)?$")
_ON_DAY = re.compile(rf"(?<!\w)(?:{either('on_day')})\s*$")
_OF_DAY = re.compile(rf"(?<!\w)(?:{either('of_date')})\s+(?:{either('articles_after_by')}\s+)?$")
# The days that "early", "mid" and "late" in a month may mean: more than they say, never fewer.
_PARTS_OF_MONTH = {"early": (1, 13), "mid": (8, 23), "late": (16, 31)}
_PART_OF_MONTH = {
    name: (
        re.compile(rf"(?<!\w)(?:{either(f'{name}_month')})(?:[\s-]|$)"),
        re.compile(rf"(?:{either(f'{name}_month_behind')})"),
    )
    for name in _PARTS_OF_MONTH
}
FAR_COMMA = 40  # letters that a comma between a claim and a date counts for
FAR_DATE = 1000  # letters that a relative clause between a claim and a date counts for


def reference_at(
    reading: Reading, at: int, leads: frozenset[str], context: Context, used: UsedPlaces
) -> Reference:
    """Return what a sentence says about the statement of the claim at a place."""
    exact, weak, open_dates = _dates_for(reading, at, used)
    is_alone = not (exact or weak or open_dates)
    may_carry = is_alone and (reading.is_vote or not reading.counts)
    carried = carried_by(reading, context) if may_carry else frozenset[str]()
    return Reference(
        dates=exact,
        weak_dates=weak,
        open_dates=open_dates,
        side=None if reading.is_vote else _side_at(reading, at),
        bodies=reading.bodies,
        session=reading.session,
        kind=reading.kind,
        is_letter=reading.kind == "letter"
        and not reading.words["spoken"].search(fold(reading.text)),
        topics=reading.topics_at(at),
        is_vote=reading.is_vote,
        leads=leads,
        is_about_china=context.is_about_china,
        carried=carried,
        carried_why="the statement of the sentence before" if carried else "",
        date_is_of=_date_is_of(reading, at),
    )


def _order_place(reading: Reading) -> int | None:
    """Return where the clause of the one "before" or "after" of a sentence begins."""
    if reading.words.lists.is_verb_final or writing(reading.code).is_unspaced:
        return None
    found = order_words(reading)
    return found[0][0].start() if len(found) == 1 and found[0][0].start() > HEAD else None


def _side_at(reading: Reading, at: int) -> str | None:
    """Return the side of a claim; "before" and "after" may part the texts of both sides."""
    place = _order_place(reading)
    if place is None:
        return reading.side_at(at)
    part = reading.text[:place] if at < place else reading.text[place:]
    return side_of(part, reading.words)


def _date_is_of(reading: Reading, at: int) -> str:
    """Return whether the date next to an act is the act's, or that of the text it is about.

    "either": a language such as Russian has no word before the day that says which.
    """
    dated = [item for item in reading.dates if item.start > at]
    if not dated:
        near = [item for item in reading.dates if at - item.end <= NEAR_HEAD]
        is_of_text = any(
            len(item.edtf or "") == 10 and _OF_DAY.search(fold(reading.text[: item.start]))
            for item in near
        )
        return ("statement" if is_of_text else "act") if near else ""
    between = fold(reading.text[at : min(item.start for item in dated)])
    words = reading.words
    if not (words["letter"].search(between) or words["spoken"].search(between)):
        return "act"
    day = min(dated, key=lambda item: item.start)
    is_of_lead = any(
        at < cue.start < day.start and cue.kind in ("led", "led_by") for cue in reading.cues
    )
    if is_of_lead or len(day.edtf or "") != 10:
        return "statement"
    before = fold(reading.text[: day.start])
    if _ON_DAY.search(before):
        return "act"  # "withdrew from the letter on Xinjiang on 18 July"
    return "statement" if _OF_DAY.search(before) else "either"


def _is_of_other_day(reading: Reading, item: DateFound) -> bool:
    """Return whether "before" or "since" is right in front of a date of the sentence itself."""
    return item.end > 0 and bool(_NOT_ON_DAY.search(fold(reading.text[: item.start])))


def _is_beyond(reading: Reading, at: int, item: DateFound) -> bool:
    """Return whether a date is in a clause such as "before 37 countries did so on 12 July,"."""
    text = fold(reading.text)
    low = text.rfind(",", 0, item.start) + 1
    is_clause = compiled(rf"(?<!\w)(?:{either('not_on_day')})\s").search(text[low : item.start])
    return bool(is_clause) and "," in text[min(item.end, at) : max(item.start, at)]


def nearest_date(reading: Reading, at: int) -> DateFound | None:
    """Return the date that is nearest to a place; one behind a relative clause is far."""

    def distance(item: DateFound) -> int:
        """Return how far a date is."""
        far = FAR_DATE if reading.relative_between(at, item.start) else 0
        if item.start <= HEAD < at:
            return min(abs(item.start - at), NEAR_HEAD)
        low, high = sorted((at, item.start))
        between = reading.text[low:high]
        commas = len(re.findall(r"[,，、]\s", between))
        # "Abstained on 6 October and signed": the date before "and" is of the act before it.
        commas += item.start < at and bool(_AND.search(fold(between)))
        return abs(item.start - at) + far + FAR_COMMA * commas

    return min(reading.dates, key=distance, default=None)


def _dates_for(
    reading: Reading, at: int, used: UsedPlaces
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the date of the clause of a claim: sure, weak (another clause), or without a year."""
    nearest = nearest_date(reading, at)
    if nearest is None or _is_of_other_day(reading, nearest):
        return (), (), ()
    used.dates.add(nearest.start)
    if nearest.edtf is None:
        return (), (), (nearest.phrase,)
    if "/" in nearest.edtf:
        return (), (nearest.edtf.split("/")[0],), ()
    is_weak = reading.relative_between(at, nearest.start) or _is_beyond(reading, at, nearest)
    said = (_with_part_of_month(reading.text, nearest),)
    return ((), said, ()) if is_weak else (said, (), ())


def _with_part_of_month(text: str, item: DateFound) -> str:
    """Return the date as EDTF; "early June 2021" is an interval of its first days."""
    said, folded = item.edtf or "", fold(text)
    if len(said) != 7 or item.start < 0:
        return said
    for name, (before, behind) in _PART_OF_MONTH.items():
        words = before.finditer(folded, max(0, item.start - NEAR_HEAD), item.end)
        if any(found.start() <= item.start <= found.end() for found in words) or behind.match(
            folded, item.end
        ):
            first, last = _PARTS_OF_MONTH[name]
            last = min(last, monthrange(int(said[:4]), int(said[5:]))[1])
            return f"{said}-{first:02}/{said}-{last:02}"
    return said


def without_date_of_act(
    reading: Reading, count: StateCount, acts: Iterable[Act], about: Reference, record: Record
) -> Reference:
    """Return the reference of a count without the day on which a state joined or withdrew.

    "Italy joined on 12 July the letter that 22 countries had sent": the day is Italy's. What it
    did that day says which letter is meant.
    """
    near = nearest_date(reading, count.start)
    late = [act for act in acts if act.kind in ("joined", "withdrew")]
    if near is None or not near.edtf or not late or count.role == "more":
        return about
    said = near.edtf
    meant = {
        statement.statement_id
        for act in late
        if nearest_date(reading, act.at) == near and _date_is_of(reading, act.at) == "act"
        for statement in record.statements
        for event in statement.events
        if event.kind == act.kind and event.iso3 in act.group.codes and is_near(event.on, said)
    }
    if not meant:
        return about
    why = "the state that joined or withdrew that day"
    return replace(about, dates=(), carried=frozenset(meant), carried_why=why)


def acts_together(reading: Reading, acts: list[Act]) -> list[list[Act]]:
    """Return the acts by group: those of one date and one kind of text share a verdict."""
    out: dict[tuple[Group, int | None, bool], list[Act]] = {}
    for act in acts:
        near = nearest_date(reading, act.at)
        key = (act.group, near.start if near else None, act.kind in VOTE_ACTS)
        out.setdefault(key, []).append(act)
    return list(out.values())


def with_lists(reference: Reference, acts: list[Act], record: Record) -> Reference:
    """Return the reference of a count: the long lists of the sentence help to single it out."""
    codes = [code for act in acts if act.kind in ("signed", "joined") for code in act.group.codes]
    if len(codes) < 4 or reference.carried:
        return reference
    best = [
        statement.statement_id
        for statement in record.statements
        if sum(act_part(record, statement, code, "signed").outcome == "agrees" for code in codes)
        >= 0.75 * len(codes)
    ]
    return replace(reference, carried=frozenset(best), carried_why="the list of states")


def may_lead_another(
    reading: Reading, record: Record, states: Iterable[str], about: Reference
) -> bool:
    """Return whether a sentence may mean another statement of the day, which this state led.

    So it may where two states are said to lead, or where it has the number of the other statement:
    "50 countries criticised China, 66 backed it in a statement read by Cuba".
    """
    leads = sum(cue.kind in ("led", "led_by") for cue in reading.cues)
    numbers = set(re.findall(r"(?<![0-9])[0-9]{1,3}(?![0-9])", reading.text))
    return any(
        set(states) <= statement.lead_states
        and any(is_near(statement.on, said) for said in about.dates)
        and (leads > 1 or str(statement.declared) in numbers)
        for statement in record.statements
    )
