"""Find whose text it is: "the German-led statement", "France's statement"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from xinjiang_record.extract.check.reading.act_cues import Cue
from xinjiang_record.extract.check.reading.claim_words import ClaimWords
from xinjiang_record.extract.check.reading.state_mentions import StateMention
from xinjiang_record.extract.languages.context_words import compiled, either
from xinjiang_record.extract.languages.list_words import fold

_LED = re.compile(rf"-(?:{either('led_suffixes')})(?!\w)")
_POSSESSIVE = re.compile(rf"(?:{either('genitive')})")


def owned_texts(
    text: str,
    mentions: Iterable[StateMention],
    words: ClaimWords,
    *,
    is_joint: bool,
    is_signed: bool,
) -> Iterator[tuple[StateMention, Cue]]:
    """Yield each state whose text a sentence speaks of, with a cue of leading it.

    Args:
        text: The sentence.
        mentions: The states that it names.
        words: The words of its language.
        is_joint: Whether it has a number of states, so that the text is one of many states. A
            state's own statement is another thing.
        is_signed: Whether it says that states signed it, so that "the Canadian statement" is one
            of many states; then only the adjective right before the text counts.
    """
    folded = fold(text)
    is_joint = is_joint and bool(words["spoken"].search(folded))
    if not (is_joint or is_signed or _LED.search(folded)):
        return
    spoken = rf"(?:[\w-]+[\s-])?(?:{words['spoken'].pattern})"
    behind_name = compiled(rf"(?:{_POSSESSIVE.pattern})[^\S\n]*{spoken}")
    behind_adjective = compiled(rf"\s+{spoken}")
    right_behind = compiled(rf"\s+(?:{words['spoken'].pattern})(?!\w)")
    for item in mentions:
        found = _LED.match(folded, item.end)
        if found is None and (is_joint or is_signed):
            found = behind_name.match(folded, item.end)
        if found:
            yield item, Cue(item.start, found.end(), "led")
    for pattern, iso3 in words.lists.adjectives:
        for match in pattern.finditer(folded):
            found = _LED.match(folded, match.end())
            if found is None and is_joint:
                found = behind_adjective.match(folded, match.end())
            if found is None and is_signed:
                found = right_behind.match(folded, match.end())
            if found and iso3 != "CHN":
                name = text[match.start() : match.end()]
                mention = StateMention(match.start(), match.end(), name, iso3, True)
                yield mention, Cue(match.start(), found.end(), "led")
