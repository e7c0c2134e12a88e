"""Count the attributes of each tag before markup is parsed: parsers compare each pair."""

from __future__ import annotations

import re

from xinjiang_record.document_readers.document import Builder

# A tag up to its end; possessive, so that the time is linear in the length of the text.
_TAG = re.compile(r"""<[A-Za-z][^"'>]*+(?:"[^"]*+"[^"'>]*+|'[^']*+'[^"'>]*+)*+""")
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")


def check_attributes(text: str, out: Builder) -> None:
    """Raise LimitError where a tag has more attributes than the limit document_attributes."""
    most = out.limits.document_attributes
    for match in _TAG.finditer(text):
        if match.end() - match.start() > 2 * most:  # an attribute has two characters at least
            bare = _QUOTED.sub("", match[0])
            if bare.count("=") > most or len(bare.split()) > most:
                raise out.limit_error("attributes in one tag", "document_attributes", most)
