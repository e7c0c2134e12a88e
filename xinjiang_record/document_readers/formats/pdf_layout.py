"""Make paragraphs of the lines of PDF pages, careful with line breaks, which lists of names need.

Lines become one paragraph where the gap between them is small. In running text a line break becomes
a space. It is running text where most lines of a paragraph end because the next word would not have
fitted. Else the breaks are the author's and stay: a list of one name per line. Short lines with a
number that repeat at the top or foot of most pages (a document's symbol, a page number) are left
out, so a list that runs over a page's end stays complete.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xinjiang_record.document_readers.document import Kind, Run
from xinjiang_record.document_readers.text_runs import tidy

PARAGRAPH_GAP = 1.75  # baseline to baseline, in heights of the font
HEADING_RATIO = 1.15  # font of a heading, in fonts of the page
NARROWEST_COLUMN = 17  # width of the narrowest column of running text, in heights of the font
MOSTLY = 0.6  # part of a paragraph's lines that must be wrapped for it to be running text
SLACK = 0.2  # part of a column's width that a line of running text may leave free at its end
LONGEST = 200  # lines of a paragraph that goes on over the pages' ends
EDGE_LINES = 2  # lines at the top and at the foot of a page that may be furniture
FURNITURE_PAGES = 3  # pages that such a line must stand on, and half of all
FURNITURE_CHARS = 60
SAME_COLUMN = 40.0  # points that the beginnings of lines in one column are apart at most
_ITEM = re.compile(r"(?:[•‣▪◦●○·*–—-]|\(?[0-9]{1,3}[.)]|\(?[a-z][.)])\s")


@dataclass(slots=True)
class Line:
    """Hold one line of a page: words, place (points), width of its first word."""

    runs: list[Run]
    left: float
    right: float
    base: float
    size: float
    first_word: float

    @property
    def text(self) -> str:
        """Return the text of the line."""
        return "".join(run.text for run in self.runs)


Paragraph = tuple[list[Run], Kind, str]


def without_furniture(pages: Sequence[list[Line]]) -> tuple[list[list[Line]], dict[str, int]]:
    """Return the pages without repeated heads and feet, and those lines with their counts."""
    keys = [{_key(line) for line in _edges(page) if _may_be_furniture(line.text)} for page in pages]
    counts = Counter(key for page in keys for key in page)
    least = max(FURNITURE_PAGES, len([page for page in pages if page]) / 2)
    repeated = {key: count for key, count in sorted(counts.items()) if count >= least}
    if not repeated:
        return list(pages), {}
    kept = []
    for page in pages:
        edges = {id(line) for line in _edges(page)}
        kept.append([line for line in page if id(line) not in edges or _key(line) not in repeated])
    return kept, repeated


def _edges(page: list[Line]) -> list[Line]:
    ordered = sorted(page, key=lambda line: -line.base)
    return ordered[:EDGE_LINES] + ordered[EDGE_LINES:][-EDGE_LINES:]


def _may_be_furniture(text: str) -> bool:
    """Return whether a line is short, with a number in it, and not an item of a list."""
    return (
        len(text) <= FURNITURE_CHARS
        and re.search("[0-9]", text) is not None
        and not _ITEM.match(text)
    )


def _key(line: Line) -> str:
    """Return a line with all digits alike, because a page number differs from page to page."""
    return re.sub(r"[0-9]+", "0", " ".join(line.text.split()))


def paragraphs(pages: Sequence[list[Line]]) -> Iterator[Paragraph]:
    """Return all paragraphs in order; one that runs over a page's end has its beginning's place."""
    open_group: list[Line] = []
    locator, body = "", 0.0
    for number, page in enumerate(pages, 1):
        if not page:
            continue
        groups = list(_groups(page))
        if open_group and len(open_group) < LONGEST and _runs_on(open_group, groups[0], page):
            groups[0] = open_group + groups[0]
            first = locator
        else:
            if open_group:
                yield _joined(open_group, body, locator)
            first = f"page {number}, paragraph 1"
        body = statistics.median(line.size for line in page)
        for index, group in enumerate(groups, 1):
            locator = first if index == 1 else f"page {number}, paragraph {index}"
            if index < len(groups):
                yield _joined(group, body, locator)
        open_group = groups[-1]
    if open_group:
        yield _joined(open_group, body, locator)


def _groups(page: list[Line]) -> Iterator[list[Line]]:
    group = [page[0]]
    for line in page[1:]:
        if _starts_paragraph(group, line, page):
            yield group
            group = []
        group.append(line)
    yield group


def _starts_paragraph(group: list[Line], line: Line, page: list[Line]) -> bool:
    before = group[-1]
    gap = before.base - line.base
    if gap < -1.0:  # higher up: a new column, in which a list may go on
        return not _runs_on(group, [line], group)
    return (
        gap > PARAGRAPH_GAP * max(before.size, line.size)
        or abs(before.size - line.size) > 0.15 * before.size
        or bool(_ITEM.match(line.text))
        or _begins_with_a_label(before, line)
        or _ends_item(group, line, page)
    )


def _ends_item(group: list[Line], line: Line, page: list[Line]) -> bool:
    """Return whether an item ends: the next line begins at its mark, though there was room."""
    first, before = group[0], group[-1]
    outside = line.left <= first.left + 0.25 * line.size
    return (
        bool(_ITEM.match(first.text))
        and outside
        and not _is_wrapped(before, line, _margin(before, page))
    )


def _begins_with_a_label(before: Line, line: Line) -> bool:
    """Return whether a line begins with bold words and a colon, after words that are not bold."""
    bold = "".join(run.text for run in itertools.takewhile(lambda run: run.is_bold, line.runs))
    mixed = bold != line.text and not before.runs[-1].is_bold
    return mixed and (
        bold.rstrip().endswith((":", "："))
        or line.text[len(bold) :].lstrip().startswith((":", "："))
    )


def _runs_on(before: list[Line], after: list[Line], page: list[Line]) -> bool:
    """Return whether a paragraph goes on over a page's end.

    Both sides look alike, and its last line is full or ends in a comma.
    """
    last, first = before[-1], after[0]
    alike = abs(last.size - first.size) <= 0.05 * last.size and not _ITEM.match(first.text)
    full = _is_wrapped(last, first, _margin(last, [*page, *before]))
    return alike and (full or last.text.rstrip().endswith((",", "،", "、", "-", "，")))


def _is_wrapped(line: Line, following: Line, margin: float, slack: float = 0.0) -> bool:
    """Return whether the next line's first word would not have fitted on this one."""
    width = max(margin - line.left, NARROWEST_COLUMN * line.size)
    return line.right + 0.25 * line.size + following.first_word > line.left + width * (1 - slack)


def _margin(line: Line, group: list[Line]) -> float:
    """Return how far the lines of its column reach."""
    return max(
        other.right for other in [line, *group] if abs(other.left - line.left) <= SAME_COLUMN
    )


def _joined(group: list[Line], body: float, locator: str) -> Paragraph:
    firsts = {line.left: line for line in group}  # lines that begin at one place share a margin
    reach = {left: _margin(line, group) for left, line in firsts.items()}
    pairs = [(line, following, reach[line.left]) for line, following in itertools.pairwise(group)]
    running = sum(_is_wrapped(*pair) for pair in pairs) >= MOSTLY * len(pairs)
    wrapped = [_is_wrapped(*pair, SLACK) for pair in pairs]
    runs: list[Run] = []
    for index, line in enumerate(group):
        runs += line.runs
        if index == len(wrapped):
            break
        space = running and wrapped[index]
        hyphen = line.text.endswith("-") and len(line.text) > 1 and line.text[-2].isalpha()
        if not (hyphen and space):
            runs.append(Run(" " if space else "\x00", line.runs[-1].is_bold))
    size = max(line.size for line in group)
    heading = size > HEADING_RATIO * body
    kind: Kind = (
        "list-item" if _ITEM.match(group[0].text) else "heading" if heading else "paragraph"
    )
    return tidy(runs), kind, locator
