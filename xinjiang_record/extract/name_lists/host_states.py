"""Leave out the state in which envoys work: "the ambassadors to China of France and Italy"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import fold, pattern_of_all
from xinjiang_record.extract.name_lists.document_text import DocumentText
from xinjiang_record.extract.name_lists.find_name_lists import NameList

REACH = 60  # letters before a list in which its envoys are named
_ENVOYS = re.compile(
    rf"(?:{pattern_of_all('leads', 'hosts').pattern})\s*(?:{either('host_articles')})?$"
)
_OF = pattern_of_all("labels", "of")


def without_hosts(text: DocumentText, lists: Sequence[NameList]) -> Iterator[NameList]:
    """Yield the lists without the host of envoys, which did nothing.

    Where a comma or "and" follows the host, all names are hosts: "embassies in Chad and Niger".
    """
    for one in lists:
        before = fold(text.text[max(one.sentence[0], one.start - REACH) : one.start]).rstrip()
        if not _ENVOYS.search(before):
            yield one
        elif len(one.entries) > 1 and _is_of(text, one):
            yield replace(one, entries=one.entries[1:])


def _is_of(text: DocumentText, one: NameList) -> bool:
    """Return whether a preposition, and no comma or "and", is behind the first name."""
    gap = fold(text.text[one.entries[0].end : one.entries[1].start])
    return not re.search("[,;،、]", gap) and bool(_OF.search(gap) or not gap.strip())
