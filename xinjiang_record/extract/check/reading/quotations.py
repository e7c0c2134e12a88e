"""Find what a sentence quotes: the words between quotation marks, in the marks of its language."""

from __future__ import annotations

import re
from collections.abc import Iterator

_QUOTED = re.compile(
    r"[“„«\"‟]\s*([^“”„«»\"]{6,600}?)\s*[”“»\"]|[「『《]([^「」『』》]{4,300})[」』》]"
    r"|(?<!\w)[‘‚]([^‘’]{12,600})’(?!\w)"
)


def quoted(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places between quotation marks."""
    for found in _QUOTED.finditer(text):
        number = next(n for n in (1, 2, 3) if found[n] is not None)
        yield found.span(number)
