"""Tidy runs of bold and plain text, as readers of every format leave them."""

from __future__ import annotations

import re
from typing import Any

from xinjiang_record.document_readers.document import Run


def tidy(runs: list[Run]) -> list[Run]:
    """Return the runs of one block, with white space collapsed across them.

    Ends are trimmed and neighbours of one weight joined; NUL is a line break.
    """
    joined: list[list[Any]] = []
    before = "\n"
    for run in runs:
        text = run.text
        if "\x00" in text:
            text = re.sub(" *\x00 *", "\n", text)
        if before in (" ", "\n"):
            text = text.lstrip(" ")
        if not text:
            continue
        before = text[-1]
        if joined and joined[-1][1] == run.is_bold:
            joined[-1][0] += text
        else:
            joined.append([text, run.is_bold])
    while joined:
        joined[-1][0] = joined[-1][0].rstrip(" \n")
        if joined[-1][0]:
            break
        joined.pop()
    return [
        Run(re.sub(" *\n *", "\n", text) if "\n" in text else text, bold) for text, bold in joined
    ]
