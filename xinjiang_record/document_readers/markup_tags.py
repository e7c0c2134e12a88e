"""Describe an element of markup, and count the attributes of tags before markup is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Protocol

from xinjiang_record.document_readers.document import Builder

# A tag up to its end; possessive, so that the time is linear in the length of the text.
_TAG = re.compile(r"""<[A-Za-z][^"'>]*+(?:"[^"]*+"[^"'>]*+|'[^']*+'[^"'>]*+)*+""")
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")


class Element(Protocol):
    """Describe an element as lxml has it, which ships no types."""

    @property
    def tag(self) -> str:
        """Return the name, with its namespace."""

    @property
    def text(self) -> str | None:
        """Return the text before the first element inside."""

    @property
    def tail(self) -> str | None:
        """Return the text after the end."""

    @property
    def attrib(self) -> Mapping[str, str]:
        """Return the attributes."""

    def get(self, key: str) -> str | None:
        """Return an attribute."""

    def iter(self, tag: str) -> Iterator[Element]:
        """Yield this element and those inside it that have a name."""

    def itertext(self) -> Iterator[str]:
        """Yield all texts inside."""

    def __iter__(self) -> Iterator[Element]:
        """Yield the elements that are directly inside."""

    def __len__(self) -> int:
        """Return how many there are."""


def check_attributes(text: str, out: Builder) -> None:
    """Raise LimitError where a tag has more attributes than the limit document_attributes."""
    most = out.limits.document_attributes
    for match in _TAG.finditer(text):
        if match.end() - match.start() > 2 * most:  # an attribute has two characters at least
            bare = _QUOTED.sub("", match[0])
            if bare.count("=") > most or len(bare.split()) > most:
                raise out.limit_error("attributes in one tag", "document_attributes", most)
