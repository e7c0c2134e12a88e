"""Check a table of an article that has a statement in each row: its date, body, side and number.

The head of the column and the cells say together what a column has. A column that says nothing
that is compared leaves its cells to the reader, so that no row agrees unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from xinjiang_record.document_readers.document import Table
from xinjiang_record.extract.check.compare.count_verdicts import check_count
from xinjiang_record.extract.check.compare.state_verdicts import check_states
from xinjiang_record.extract.check.find_statement import Reference
from xinjiang_record.extract.check.left_over import not_understood
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.reading.state_counts import MOST_STATES, StateCount
from xinjiang_record.extract.check.reading.state_mentions import states_alone
from xinjiang_record.extract.check.record_tables import Record
from xinjiang_record.extract.check.verdict import Verdict
from xinjiang_record.extract.dates import read_date
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.languages.load_language import load_language

_OF_LABEL = re.compile(
    rf"(?<!\w)(?:{either('label_count')})(?!\w)|(?:{either('label_count_unspaced')})"
)
_PARTS = ("european_union", "arab", "gulf", "muslim", "central_asia", "latin_america")
_NUMBER = re.compile(r"\s*([0-9]{1,3})\s*")
_SUPPORTIVE = re.compile(either("label_supportive"))
_BODIES = ("hrc", "third_committee", "general_assembly")


def rows_of(table: Table, reading: Reading) -> dict[str, int]:
    """Return the columns of a table with a statement in each row: by what they have, their place.

    Empty if no column has dates alone, or none has the numbers of states.
    """
    head, *body = table.rows
    if _is_of_some(reading):
        return {}
    if any(len(row) != len(head) for row in body):
        return {}
    out: dict[str, int] = {}
    for place, label in enumerate(head):
        kind = _kind(fold(label), [row[place] for row in body], reading)
        if kind and kind in out:
            return {}  # two columns of one kind: which is meant is not clear
        if kind:
            out[kind] = place
    return out if {"date", "count"} <= set(out) else {}


def _is_of_some(reading: Reading) -> bool:
    """Return whether the sentence before a table is about some states or texts only."""
    folded, words = fold(reading.text), reading.words
    is_denied = reading.open_negations or any(cue.is_negated for cue in reading.cues)
    is_part = reading.region or reading.is_quantified or reading.is_only or reading.is_first
    others = any(cue.kind not in ("signed", "led", "led_by") for cue in reading.cues)
    return bool(is_denied or is_part or others or any(words[n].search(folded) for n in _PARTS))


def _kind(label: str, cells: Sequence[str], reading: Reading) -> str:
    words = reading.words
    if all(_day(cell, reading) for cell in cells):
        return "date"
    if _counts_states(label, reading) and all(map(_count, cells)):
        return "count"
    if all(_side(cell, reading) for cell in cells):
        return "side"
    if all(_bodies(cell, reading) for cell in cells):
        return "body"
    if any(words[name].search(label) for name in ("led", "led_by")) and all(
        _states(cell, reading) for cell in cells
    ):
        return "led"
    return ""


def _counts_states(label: str, reading: Reading) -> bool:
    """Return whether a label says "Number of states" and no more: not "African states"."""
    words = reading.words
    nouns = re.compile(
        f"(?:{words.lists.words['country_nouns'].pattern})|{words['signatures'].pattern}"
    )
    rest, found = nouns.subn(" ", label)
    rest = _OF_LABEL.sub(" ", rest)
    small = load_language(words.code)["common_words"]
    return bool(found) and all(word in small for word in re.findall(r"[^\s#:/()]+", rest))


def _day(cell: str, reading: Reading) -> str:
    """Return the date of a cell that has nothing else."""
    found = read_date(cell)
    if found is None:
        return ""
    rest = reading.words["year"].sub("", fold(cell[: found.start] + " " + cell[found.end :]))
    return "" if re.search(r"\w", rest) else found.edtf or ""


def _count(cell: str) -> int:
    found = _NUMBER.fullmatch(cell)
    return int(found[1]) if found and 2 <= int(found[1]) <= MOST_STATES else 0


def _side(cell: str, reading: Reading) -> str:
    folded, words = fold(cell), reading.words
    is_critical = bool(words["critical"].search(folded))
    is_supportive = bool(words["supportive"].search(folded) or _SUPPORTIVE.match(folded))
    if is_critical == is_supportive or len(folded.split()) > 4:
        return ""
    return "critical" if is_critical else "supportive"


def _bodies(cell: str, reading: Reading) -> frozenset[str]:
    """Return the bodies that a cell names; the committee is that of the Assembly."""
    folded = fold(cell)
    found = frozenset(name for name in _BODIES if reading.words[name].search(folded))
    if "third_committee" in found:
        found = frozenset({"third_committee"})
    is_long = len(folded.split()) > 6 or reading.words["other_body"].search(folded)
    return frozenset() if len(found) != 1 or is_long else found


def _states(cell: str, reading: Reading) -> dict[str, str]:
    found = states_alone(cell, reading.code)
    return {item.iso3: item.name for item in found} if all(item.iso3 for item in found) else {}


def check_row(
    head: Sequence[str],
    row: Sequence[str],
    columns: dict[str, int],
    reading: Reading,
    record: Record,
) -> Iterator[Verdict]:
    """Yield the verdicts on one row, and on each of its cells that nothing is compared with.

    Args:
        head: The labels of the columns.
        row: The cells.
        columns: What ``rows_of`` found.
        reading: The sentence before the table: its topics, and what the rows do not say.
        record: The published tables.
    """
    cell = {kind: row[place] for kind, place in columns.items()}
    led = _states(cell.get("led", ""), reading)
    about = Reference(
        dates=(_day(cell["date"], reading),),
        side=_side(cell["side"], reading) if "side" in cell else reading.side,
        bodies=_bodies(cell["body"], reading) if "body" in cell else reading.bodies,
        kind=reading.kind,
        topics=reading.topics,
        leads=frozenset(led),
    )
    number, label = _count(cell["count"]), head[columns["count"]]
    count = StateCount(0, 0, number, "exact", "total", f"{label}: {number}", 0)
    yield check_count(record, count, about)
    if led:
        yield from check_states(record, led, ("led",), about, lambda _: 0.0)
    for place, text in enumerate(row):
        if place not in columns.values() and re.search(r"\w", text):
            yield not_understood(f"{head[place]}: {text}", "the column is not compared")
