"""Read HTML into blocks and tables, with lxml, which builds no more nodes than there are tags.

Every element on lines of its own ends a block; ``<br>`` is a line break inside one. A table of
plain cells is a table. One whose cells hold headings, lists, tables or several paragraphs, or that
has one column, is layout and is read as blocks. Scripts, forms, menus (``nav``) and what the page
hides are left out, the last with a finding. Nothing the page refers to is opened.
"""

from __future__ import annotations

import re

from lxml import etree

from xinjiang_record.document_readers.document import Builder, Kind, Run
from xinjiang_record.document_readers.formats.html_tables import (
    BLOCKS,
    DROPPED,
    HEADINGS,
    SPACE,
    is_layout,
    rows,
    text_of,
)
from xinjiang_record.document_readers.formats.text import codec_of, decode
from xinjiang_record.document_readers.markup_tags import Element, check_attributes
from xinjiang_record.document_readers.text_runs import tidy

_META = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})[\"']")
_HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_BOLD = frozenset({"b", "strong", "dt"})
_TITLES = frozenset({"og:title", "dc.title", "citation_title"})
_DATES = frozenset(
    {
        "article:published_time",
        "dc.date",
        "dcterms.date",
        "date",
        "pubdate",
        "citation_publication_date",
        "og:published_time",
    }
)
MAX_DEPTH = 250  # libxml2 stops at 256 by itself


def own_charset(data: bytes) -> str | None:
    """Return the encoding that a page declares in its first 1,024 bytes."""
    match = _META.search(data[:1024]) or _XML.search(data[:1024])
    return match[1].decode("ascii") if match else None


def read_html(data: bytes, out: Builder, encoding: str | None) -> None:
    """Read a page; ``encoding`` is what the caller (or the HTTP header) declares."""
    own = own_charset(data)
    if own and codec_of(own, out).startswith("utf-16"):
        own = "utf-8"  # the standard's rule: a declaration in ASCII is not in UTF-16
    text = decode(data, out, encoding, own)
    if text.count("<") > out.limits.document_tags:
        raise out.limit_error("tags", "document_tags", out.limits.document_tags)
    check_attributes(text, out)
    if "<!ENTITY" in text[:100_000].upper():
        raise out.read_error("defines entities of its own, which no page needs.")
    if "\0" in text:
        raise out.read_error(
            "holds the control character U+0000: not text, or in another encoding."
        )
    _Walk(out).run(_parse(text, out))


def _parse(text: str, out: Builder) -> Element:
    parser = etree.HTMLParser(
        encoding="utf-8",
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.LxmlError as error:
        raise out.read_error(f"is not HTML that can be read: {error}.") from error
    if root is None:
        raise out.read_error("holds no element: not HTML, or empty.")
    for entry in parser.error_log:
        if "depth" in entry.message.lower() or "huge" in entry.message.lower():
            raise out.limit_error(f"line {entry.line}: elements nested", "MAX_DEPTH", MAX_DEPTH)
    page: Element = root
    return page


class _Walk:
    """Make one pass over the tree, without recursion; text is gathered until a block ends."""

    def __init__(self, out: Builder) -> None:
        self.out = out
        self.runs: list[Run] = []
        self.skipped: Element | None = None  # the element whose inside was left out, until its end
        self.bold = self.pre = self.heading = self.item = 0
        self.paragraph = self.tables = 0

    def run(self, root: Element) -> None:
        """Read the tree."""
        self._metadata(root)
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, node in walker:
            if event == "end":
                self._end(node)
            elif self._is_left_out(node) or self._is_read_as_table(node):
                self.skipped = node
                walker.skip_subtree()
            else:
                self._start(node)
        self._flush()

    def _metadata(self, root: Element) -> None:
        if language := root.get("lang"):
            self.out.metadata["language"] = language[:40]
        for node in root.iter("meta"):
            name = (node.get("property") or node.get("name") or "").lower()
            content = (node.get("content") or "").strip()[:500]
            if content and name in _TITLES:
                self.out.metadata.setdefault("title", content)
            if content and name in _DATES:
                self.out.metadata.setdefault("published", content)

    def _is_left_out(self, node: Element) -> bool:
        if node.tag == "meta" or node.tag in DROPPED or node.get("role") == "navigation":
            return True
        if node.get("hidden") is None and not _HIDING.search(node.get("style") or ""):
            return False
        text = SPACE.sub(" ", "".join(node.itertext())).strip()
        if text:
            self.out.add_finding(
                "hidden-text",
                f"the page hides {text[:60]!r}; it was left out.",
                self._here(),
                "warning",
                text,
            )
        return True

    def _is_read_as_table(self, node: Element) -> bool:
        if node.tag != "table" or is_layout(node):
            return False
        self._flush()
        self.tables += 1
        for caption in node.iter("caption"):
            self.out.add_block(text_of(caption), f"table {self.tables}, caption", "heading")
        locator = f"table {self.tables}"
        self.out.add_table(rows(node, self.out, locator), locator)
        return True

    def _here(self) -> str:
        return f"paragraph {self.paragraph + 1}"

    def _start(self, node: Element) -> None:
        tag = node.tag
        if tag in BLOCKS:
            self._flush()
        if tag == "br":
            self.runs.append(Run("\x00", self.bold > 0))
        self._count(tag, 1)
        self._add(node.text)

    def _end(self, node: Element) -> None:
        tag = node.tag
        if tag == "title":
            text = "".join(run.text for run in self.runs).strip()
            self.runs.clear()
            if text:
                self.out.metadata["title"] = text
                self.out.add_block(text, "title", "title")
        elif tag in BLOCKS:
            self._flush()
        if node is self.skipped:
            self.skipped = None
        else:
            self._count(tag, -1)
        self._add(node.tail)

    def _count(self, tag: str, step: int) -> None:
        self.bold += step * (tag in _BOLD)
        self.pre += step * (tag == "pre")
        self.heading += step * (tag in HEADINGS)
        self.item += step * (tag in ("li", "dd"))

    def _add(self, text: str | None) -> None:
        if text:
            shown = (
                text.replace("\r\n", "\n").replace("\n", "\x00")
                if self.pre
                else SPACE.sub(" ", text)
            )
            self.runs.append(Run(shown, self.bold > 0))

    def _flush(self) -> None:
        if not self.runs:
            return
        runs = tidy(self.runs)
        self.runs.clear()
        text = "".join(run.text for run in runs)
        if not text:
            return
        self.paragraph += 1
        kind: Kind = "heading" if self.heading else "list-item" if self.item else "paragraph"
        self.out.add_block(text, f"paragraph {self.paragraph}", kind, runs)


def page_title(data: bytes) -> str:
    """Return the title in a page's first 64 KiB, read as ASCII; empty if there is none.

    It is for a quick look, not for data.
    """
    match = re.search(rb"<title[^>]{0,200}>([^<]{0,500})", data[:65536], re.IGNORECASE)
    return " ".join(match[1].decode("ascii", "replace").split()) if match else ""
