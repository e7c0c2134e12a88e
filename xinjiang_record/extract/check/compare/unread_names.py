"""Find names that no reader knows, so that a claim about them is not said to agree."""

from __future__ import annotations

import re
from collections.abc import Iterable

from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.languages.list_words import fold

# Languages whose script, or whose capital letters, do not show a name.
NO_CAPITALS = frozenset({"de", "ar", "hi", "zh", "ja", "ko"})
_NAME = re.compile(r"(?<![\w'’])[^\W\d_a-zß-öø-ÿа-яёєіїґ][\w'’.-]*")
_KNOWN = re.compile(
    r"u[iy]gh?ur|o[uë]|muslim|musulm|muzu|moslim|chin|cin|kitai|кита|beij|pek[iín]|p[ée]kin"
    r"|comm|part|united|nations|u\.?n\.?$|human|rights|council|committee|european|union"
    r"|уйгур|оон|пекин|пекін|синьцз"
)


def may_have_unread_names(reading: Reading, spans: Iterable[tuple[int, int]]) -> bool:
    """Return whether a sentence may have a name outside these places and those that are read."""
    if reading.code in NO_CAPITALS:
        return True
    known = [*spans, *((item.start, item.end) for item in reading.dates)]
    known += [(start, end) for start, end, _ in (*reading.publishers, *reading.areas)]
    known += [(item.start, item.end) for group in reading.groups for item in group.states]
    folded = fold(reading.text)
    patterns = list(reading.words.groups.values())
    patterns += [pattern for pattern, _ in reading.words.lists.adjectives]
    first = len(reading.text) - len(reading.text.lstrip(" \"'“«„"))
    for found in _NAME.finditer(reading.text):
        if found.start() <= first:
            continue
        if any(start < found.end() and found.start() < end for start, end in known):
            continue
        if _KNOWN.match(folded, found.start()) or found[0] in ("I", "The", "In", "On"):
            continue
        if any(_covers(pattern, folded, found.start()) for pattern in patterns):
            continue
        return True
    return False


def _covers(pattern: re.Pattern[str], folded: str, at: int) -> bool:
    return any(
        item.start() <= at < item.end()
        for item in pattern.finditer(folded, max(0, at - 40), at + 40)
    )
