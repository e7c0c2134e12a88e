"""Runs of names: the lists that a document's pieces and tables hold, each with the words around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from xinjiang_record.document_readers.document import Block, Document, Table
from xinjiang_record.extract.languages import list_cues
from xinjiang_record.extract.signatories.list_items import Item, Named, clean, read_item
from xinjiang_record.extract.signatories.prose_names import head_names, is_short, tail_names
from xinjiang_record.extract.signatories.text_fragments import Fragment, cells, fragments
from xinjiang_record.reconcile.countries import Match, reconcile

CONTEXT = 700  # letters before a list that are looked at for its count and its speaker
HEADINGS = ("heading", "title", "label")
PENDING = 3  # unreadable pieces in a row that a list may have and still go on


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of a list. ``match`` may be ambiguous or unknown; then nothing is sure."""

    text: str
    match: Match
    locator: str
    note: str = ""
    is_own: bool = False


@dataclass(slots=True)
class Run:
    """One list: its entries and the words before (``label``: same sentence or heading; ``before``: more) and after it."""

    entries: list[Entry] = field(default_factory=list)
    label: str = ""
    before: str = ""
    after: str = ""
    is_apart: bool = False  # after a colon, in brackets, or on lines of its own
    is_missing: bool = False  # separators went missing in it
    gap: int = 0  # letters of prose between the list before and this one

    @property
    def size(self) -> int:
        return len({entry.match.iso3 or entry.text for entry in self.entries})


class _Collector:
    """Walks the pieces and keeps the open run."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.open: Run | None = None
        self.pending: list[Fragment] = []
        self.own_next = False
        self.prose: list[Fragment] = []
        self.lines = 0

    def start(self, label_tail: str = "", locator: str = "") -> Run:
        before = " ".join(
            piece.text + (piece.end if piece.end in ".:," else "") for piece in self.prose[-40:]
        )
        ended = bool(self.prose) and self.prose[-1].end == "." and self.prose[-1].locator == locator
        label = label_tail if ended else self._label(label_tail)
        run = Run(label=label, before=f"{before} {label_tail}".strip()[-CONTEXT:])
        run.gap = sum(len(piece.text) for piece in self.prose) + len(label_tail)
        last = self.prose[-1] if self.prose else None
        run.is_apart = (
            not label_tail
            and not ended
            and (last is None or last.end in (":", "(", "|") or last.kind in ("heading", "label"))
        )
        self.open = run
        self._take_misspelt_first(run, label_tail)
        return run

    def _label(self, tail: str) -> str:
        """Back to the end of the last sentence; a list on its own lines takes the line above it."""
        parts: list[str] = [tail] if tail else []
        for number, piece in enumerate(reversed(self.prose)):
            if piece.end == "." and parts:
                break
            if (
                piece.end == "|"
                and number > 0
                and not all(
                    one.kind in HEADINGS for one in self.prose[len(self.prose) - number - 1 :]
                )
            ):
                break
            parts.append(piece.text)
            if piece.end == "." or sum(map(len, parts)) > 400:
                break
        return " ".join(reversed(parts)).strip()

    def _take_misspelt_first(self, run: Run, tail: str) -> None:
        if tail or not self.prose:
            return
        last = self.prose[-1]
        if last.kind in HEADINGS or last.end not in (",", "|") or not is_short(last.text):
            return
        match = reconcile(clean(last.text))
        if match.candidates and match.status == "unknown":
            run.entries.append(Entry(clean(last.text), match, last.locator))

    def add(self, item: Item, piece: Fragment) -> None:
        run = self.open or self.start(locator=piece.locator)
        for waiting in self.pending:
            text = clean(waiting.text)
            run.entries.append(Entry(text, reconcile(text), waiting.locator))
        self.pending.clear()
        for name in item.names:
            run.entries.append(_entry(name, piece.locator, self.own_next))
            self.own_next = False
        run.is_missing |= item.missing

    def close(self, after: str = "") -> None:
        run, self.open = self.open, None
        if run is None:
            return
        for waiting in self.pending:
            text = clean(waiting.text)
            match = reconcile(text)
            if match.candidates:
                run.entries.append(Entry(text, match, waiting.locator))
            else:
                after = f"{waiting.text} {after}"
        self.pending.clear()
        self.own_next = False
        run.after = after
        self.runs.append(run)
        self.prose = []


def _entry(name: Named, locator: str, own: bool) -> Entry:
    return Entry(name.text, name.match, locator, name.note, name.is_own or own)


def collect(pieces: Sequence[Fragment]) -> list[Run]:
    """The runs in a sequence of pieces."""
    walk = _Collector()
    for number, piece in enumerate(pieces):
        following = pieces[number + 1] if number + 1 < len(pieces) else None
        _step(walk, piece, following)
    walk.close()
    return walk.runs


def _step(walk: _Collector, piece: Fragment, following: Fragment | None) -> None:
    item = read_item(piece.text)
    if item.kind == "empty":
        if piece.end == "(":
            walk.prose.append(piece)
        return
    if item.kind == "names" and not (
        piece.end == ":" and walk.open is None and following is not None
    ):
        if walk.open is not None and _is_other_line(walk, piece):
            walk.close()
        walk.add(item, piece)
        _maybe_close(walk, piece, following)
    elif item.kind == "filler" and (walk.open is not None or item.is_own):
        walk.own_next = item.is_own or walk.own_next
        if piece.end == ".":
            walk.close()
    else:
        _prose(walk, piece, following)


def _is_other_line(walk: _Collector, piece: Fragment) -> bool:
    """A heading that is a state's name is no member of the list above it."""
    return piece.kind in HEADINGS[:2]


def _maybe_close(walk: _Collector, piece: Fragment, following: Fragment | None) -> None:
    if piece.end in (":", ")", "("):
        walk.close()
        if piece.end == "(":
            walk.prose.append(Fragment("", piece.locator, "("))
    elif piece.end == ".":
        goes_on = (
            following is not None
            and following.is_line
            and piece.is_line
            and read_item(following.text).kind == "names"
        )
        if not goes_on:
            walk.close(_rest(following))


def _rest(following: Fragment | None) -> str:
    return ""


def _prose(walk: _Collector, piece: Fragment, following: Fragment | None) -> None:
    if walk.open is not None:
        head = None if piece.is_line and is_short(piece.text) else head_names(piece.text)
        if head is not None:
            walk.add(head[0], piece)
            walk.close(head[1])
            walk.prose.append(Fragment(head[1], piece.locator, piece.end, piece.kind))
            return
        if piece.kind in HEADINGS:
            walk.close(piece.text)
            walk.prose.append(piece)
            return
        if is_short(piece.text) and len(walk.pending) < PENDING and piece.end in (",", "|", "."):
            walk.pending.append(piece)
            if piece.end == ".":
                walk.close()
            return
        after = piece.text
        walk.close(after)
    tail = tail_names(piece.text) if piece.kind not in HEADINGS[:2] else None
    if tail is not None and (piece.end != ":" or following is None):
        walk.start(tail[0], piece.locator)
        walk.add(tail[1], piece)
        _maybe_close(walk, piece, following)
        return
    head = head_names(piece.text)
    if head is not None and piece.kind not in HEADINGS[:2]:
        walk.add(head[0], piece)
        walk.close(head[1])
        walk.prose.append(Fragment(head[1], piece.locator, piece.end, piece.kind))
        return
    walk.prose.append(piece)


def document_runs(document: Document) -> list[Run]:
    """All runs of a document: blocks in order, and each table at its place."""
    tables = sorted(document.tables, key=lambda table: table.position)
    runs: list[Run] = []
    start = 0
    for table in tables:
        runs += _of_blocks(document, document.blocks[start : table.position])
        runs += _of_table(document, table)
        start = table.position
    return runs + _of_blocks(document, document.blocks[start:])


def _of_blocks(document: Document, blocks: Sequence[Block]) -> list[Run]:
    part = Document(document.path, document.media_type, tuple(blocks))
    return collect(fragments(part))


def _of_table(document: Document, table: Table) -> list[Run]:
    """A column of names, a column per vote, a column of votes beside the names, or rows of comma lists."""
    above = " ".join(
        block.text for block in document.blocks[max(0, table.position - 3) : table.position]
    )
    columns = _name_columns(table)
    if not columns:
        return _of_rows(table, above)
    votes = _vote_column(table, columns)
    runs: dict[str, Run] = {}
    for row, column, text in cells(table):
        if column not in columns:
            continue
        item = read_item(text)
        header = (
            table.rows[0][column]
            if table.rows and read_item(table.rows[0][column]).kind != "names"
            else ""
        )
        if row == 0 and header:
            continue
        word = (
            table.rows[row][votes] if votes is not None and votes < len(table.rows[row]) else header
        )
        if item.kind == "filler":
            continue
        run = runs.setdefault(
            word.casefold(), Run(label=word or above[-300:], before=above[-CONTEXT:], is_apart=True)
        )
        locator = table.cell(row, column)
        if item.kind == "names":
            run.entries.extend(_entry(name, locator, False) for name in item.names)
        elif is_short(text):
            run.entries.append(Entry(clean(text), reconcile(clean(text)), locator))
    out = list(runs.values())
    if votes is None and len(out) > 1 and not any(_vote_word(run.label) for run in out):
        out = [
            Run(
                [entry for run in out for entry in run.entries],
                above[-300:],
                above[-CONTEXT:],
                is_apart=True,
            )
        ]
    elif votes is None:
        for run in out:
            run.label = (
                run.label if _vote_word(run.label) else f"{above[-300:]} {run.label}".strip()
            )
    return [run for run in out if run.entries]


def _vote_word(text: str) -> bool:
    return any(pattern.search(text) for pattern in (*list_cues.VOTES.values(), list_cues.NO_VOTE))


def _name_columns(table: Table) -> list[int]:
    filled, named = Counter[int](), Counter[int]()
    for row, column, text in cells(table):
        if row > 0 or read_item(text).kind == "names":
            filled[column] += 1
            item = read_item(text)
            named[column] += item.kind == "names" and len(item.names) == 1
    columns = [
        column
        for column in sorted(filled)
        if named[column] >= 2 and named[column] >= 0.6 * filled[column]
    ]
    same = [column for column in columns[1:] if _same(table, columns[0], column)]
    return [column for column in columns if column not in same]


def _same(table: Table, first: int, other: int) -> bool:
    """Whether two columns name the same states (in two languages)."""
    pairs = [
        (row[first], row[other])
        for row in table.rows
        if max(first, other) < len(row) and row[first] and row[other]
    ]
    codes = [(reconcile(clean(a)).iso3, reconcile(clean(b)).iso3) for a, b in pairs]
    return sum(a == b and a is not None for a, b in codes) * 2 > len(codes)


def _vote_column(table: Table, columns: Iterable[int]) -> int | None:
    width = max(map(len, table.rows))
    for column in range(width):
        words = [row[column] for row in table.rows[1:] if column < len(row) and row[column].strip()]
        if (
            column not in columns
            and words
            and sum(_vote_word(word) for word in words) >= 0.8 * len(words)
        ):
            return column
    return None


def _of_rows(table: Table, above: str) -> list[Run]:
    """Rows of label and comma list: each is read as a paragraph of its own."""
    out: list[Run] = []
    for number, row in enumerate(table.rows):
        texts = [text.strip() for text in row if text.strip()]
        if not texts:
            continue
        text = texts[0] if len(texts) == 1 else f"{texts[0].rstrip(':')}: {' '.join(texts[1:])}"
        runs = collect(fragments(Document("", "", (Block(text, table.cell(number, 0)),))))
        for run in runs:
            run.before = f"{above} {run.before}"[-CONTEXT:]
        out += runs
    return out


def sentences(runs: Sequence[Run]) -> Iterator[str]:
    """The words around all runs, for what the whole document is about."""
    for run in runs:
        yield run.before
        yield run.after
