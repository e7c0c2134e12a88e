"""Say which act each group of states of a sentence did: the cue that its place gives it.

In most languages the verb follows the group or, after "by", "among" or a colon, precedes it. In
Turkish, Hindi, Japanese and Korean it always follows. A group without such a cue has no act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xinjiang_record.extract.check.reading.act_cues import Cue
from xinjiang_record.extract.check.reading.clauses import has_defining_clause
from xinjiang_record.extract.check.reading.sentence_reading import Reading
from xinjiang_record.extract.check.reading.state_groups import Group
from xinjiang_record.extract.check.record_tables import VOTE_ACTS, VOTES
from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.languages.writing import writing

FAR_VERB_FINAL = 160  # letters between a group and the verb at the end of its sentence
FAR_AFTER, FAR_BEFORE = 60, 42  # letters between a group and the cue that it takes
NEAR_TEXT = 16  # letters behind an act in which the text that it is about is named
FAR_VOTE = 24  # letters between "among those" and what they voted
# What a denied act says.
OPPOSITES = {
    "signed": "not_signed",
    "joined": "not_signed",
    "withdrew": "stayed",
    "stayed": "withdrew",
    "led": "not_led",
    "voted_yes": "not_voted_yes",
    "voted_no": "not_voted_no",
    "abstained": "not_abstained",
}
_BY = re.compile(
    rf"(?:\b(?:{either('act_by')})|{either('act_by_attached')}|[:：(（])"
    rf"\s*(?:{either('articles_after_by')}|(?:{either('elided')})['’])?\s*$"
)
LISTED_ACTS = VOTES | {"signed", "among", "joined", "not_signed", "withdrew"}
_LISTS = re.compile(
    rf"(?:(?<!\w)(?:{either('list_verbs')})|:)\s*(?:(?:{either('articles_after_by')})\s)?\s*$"
)
_NEITHER = re.compile(rf"\s*(?:{either('not_either')})(?!\w)")
_LISTED = re.compile(rf"[:：(（]\s*(?:(?:{either('leading_the')})\s)?$")
_ARTICLE = re.compile(rf"(?:{either('act_articles')})(?!\w)|(?:{either('elided')})['’]")
_SO_DID = re.compile(
    rf"[,;:–—]?\s(?:{either('so_did')})\s(?:(?:{either('act_articles')})\s|l['’])?\s*$"
)
_NEXT = re.compile(
    rf"\s*(?:[,،]\s*)?(?:(?:{either('act_and')})\s)?\s*(?:(?:{either('act_articles')})\s)?\s*"
    rf"(?:(?:{either('elided')})['’])?"
)
NEAR_OWN_DATE = 8  # letters between a group without a verb and its date: "Germany in 2020"
_AND = re.compile(rf"(?:\b(?:{either('act_and')})\b|{either('act_and_unspaced')})")


@dataclass(frozen=True, slots=True)
class Act:
    """Hold what one group of states did."""

    group: Group
    kind: str
    at: int
    end: int


def acts_of(reading: Reading) -> Iterator[Act]:
    """Yield the acts of all groups, in order; a group may have two ("signed and withdrew").

    A group that is left out ("unlike A") has no act: what it did is not compared. "But not A" says
    the opposite of what is said of the group before it.
    """
    folded = fold(reading.text)
    groups = [group for group in reading.groups if not group.is_left_out or group.is_but_not]
    last: Act | None = None
    for number, group in enumerate(groups):
        if group.is_but_not:
            acts = list(_opposite(reading, last, group))
            yield from acts
            continue
        acts = list(_acts_of_one(reading, groups, number, folded))
        if not acts and last is not None and last.group is groups[number - 1]:
            acts = list(_act_left_out(reading, folded, last, group))
        yield from acts
        last = acts[-1] if acts else None


def names_text(act: Act, reading: Reading) -> bool:
    """Return whether a text is next to an act: "the Canadian statement", in a vote's sentence."""
    near = fold(reading.text)[act.at : act.end + NEAR_TEXT]
    return bool(reading.words["spoken"].search(near))


def _opposite(reading: Reading, last: Act | None, group: Group) -> Iterator[Act]:
    """Yield the act of "but not A"; none where more is said of A: "but not Italy, which joined"."""
    if last is None or last.kind not in ("signed", *VOTES):
        return
    if not any(cue.start >= group.end for cue in reading.cues):
        yield Act(group, OPPOSITES[last.kind], group.start, group.end)


def _act_left_out(reading: Reading, folded: str, last: Act, group: Group) -> Iterator[Act]:
    """Yield the act of a group whose verb is left out, since the group before has it.

    "Qatar voted against, as did Gabon"; "Britain read it in 2019, Germany in 2020".
    """
    if last.kind not in ("led", "sponsored", *LISTED_ACTS - {"not_signed"}):
        return
    low = max(last.group.end, last.end)
    if _SO_DID.search(folded[low : group.start]):
        yield Act(group, last.kind, group.start, group.end)
        return
    dates = reading.dates
    before = [item for item in dates if low <= item.start and item.end <= group.start]
    behind = [item for item in dates if 0 <= item.start - group.end <= NEAR_OWN_DATE]
    if before and behind and _NEXT.fullmatch(folded, before[-1].end, group.start):
        yield Act(group, last.kind, group.end, group.end)


def _acts_of_one(reading: Reading, groups: list[Group], number: int, folded: str) -> Iterator[Act]:
    group = groups[number]
    if group.codes == ("CHN",):
        yield from _act_of_china(reading, group, folded)
        return
    low = groups[number - 1].end if number else 0
    high = groups[number + 1].start if number + 1 < len(groups) else len(reading.text)
    if groups[number + 1 : number + 2] and groups[number + 1].codes == ("CHN",):
        high = groups[number + 2].start if number + 2 < len(groups) else len(reading.text)
    yield from _of_group(reading, group, folded, low, high)


def _of_group(reading: Reading, group: Group, folded: str, low: int, high: int) -> Iterator[Act]:
    if _NEITHER.match(folded, group.end):
        return  # "mais le Népal non plus"
    around = [c for c in reading.cues if c.start <= group.start and group.end <= c.end]
    if around and (kind := _kind(around[0], reading, is_denied=group.is_denied)):
        yield Act(
            group, kind, around[0].start, around[0].end
        )  # "صوتت أوكرانيا ضد": the verb is around the name
        return
    before = [cue for cue in reading.cues if low <= cue.start and cue.end <= group.start]
    after = [cue for cue in reading.cues if group.end <= cue.start and cue.end <= high]
    last = before[-1] if before else None
    first = after[0] if after else None
    chosen = _choose(reading, group, folded, last, first)
    if chosen is None:
        listed = _listed_act(reading, group, folded) or _with_others(reading, group, folded)
        if listed:
            yield Act(group, listed, group.start, group.end)
        return
    kind = _kind(chosen, reading, is_denied=group.is_denied)
    if kind:
        yield Act(group, kind, chosen.start, chosen.end)
    if chosen is first:
        yield from _coordinated(reading, group, folded, after, kind)


def _choose(
    reading: Reading, group: Group, folded: str, last: Cue | None, first: Cue | None
) -> Cue | None:
    link_before = folded[last.end : group.start] if last else ""
    link_after = folded[group.end : first.start] if first else ""
    is_late = writing(reading.code).is_verb_late
    is_led_by = last is not None and last.kind == "led_by" and len(link_before) <= 24
    if is_led_by and not reading.words.lists.is_verb_final:
        return last
    is_named_by = last is not None and last.kind != "led" and len(link_before) <= FAR_BEFORE and (
        _BY.search(link_before) or reading.words["among"].search(link_before)
    )  # fmt: skip
    if is_named_by and not reading.words.lists.is_verb_final:
        return last
    if writing(reading.code).is_verb_first and last is not None and not link_before.strip():
        return last
    if first is not None and first.kind != "led_by" and _is_near_after(link_after, is_late):
        return first
    if first is not None and first.kind == "led_by" and reading.words.lists.is_verb_final:
        return first
    if last is not None and (
        (last.kind in LISTED_ACTS and _LISTS.search(link_before))
        or _speaks_at_head(reading, group, last)
    ):
        return last  # "the signatories of the letter included", "speaking for 64 countries, Cuba"
    is_apart = last is not None and has_defining_clause(reading.text, last.end, group.start)
    if is_apart or last is None:
        return None  # "not for the reasons that Japan gave"
    if len(link_before) <= FAR_BEFORE and not re.search(r"[,;.]", link_before):
        # "Le vote: contre l'Inde", "voted against: India", "suscribió Turquía"
        if last.kind == "led" and _ARTICLE.sub("", link_before).strip():
            return None  # what was read, not who read it; "sprach Kuba" has nothing between
        return last
    return None


def _speaks_at_head(reading: Reading, group: Group, last: Cue) -> bool:
    """Return whether only a number of states is between a lead at the head and a group."""
    if last.kind != "led" or re.search(r"\w", reading.text[: last.start]):
        return False
    return any(
        last.end <= count.start and re.fullmatch(r"\s*,\s*", reading.text[count.end : group.start])
        for count in reading.counts
    )


def _is_near_after(link: str, is_verb_final: bool) -> bool:
    far = FAR_VERB_FINAL if is_verb_final else FAR_AFTER
    link = re.sub(r"(?<=[0-9])\.", " ", link)
    return len(link) <= far and not re.search(r"[;.:：。]", link) and link.count(",") <= 2


def _kind(cue: Cue, reading: Reading, *, is_denied: bool = False) -> str | None:
    """Return the act of a cue; a denied one is its opposite, or nothing."""
    kind = "led" if cue.kind == "led_by" else cue.kind
    if kind == "among":
        kind = _vote_behind(cue, reading) if reading.is_vote else "signed"
    if not kind or not (cue.is_negated or is_denied):
        return kind
    return OPPOSITES.get(kind)


def _vote_behind(cue: Cue, reading: Reading) -> str:
    """Return the vote of "were among those voting against": what the next cue says."""
    later = (other for other in reading.cues if cue.end <= other.start <= cue.end + FAR_VOTE)
    found = next((other for other in later if other.kind in VOTES), None)
    return found.kind if found and not found.is_negated else ""


def _coordinated(
    reading: Reading, group: Group, folded: str, after: list[Cue], kind: str | None
) -> Iterator[Act]:
    """Yield the second act of "signed the letter and later withdrew"."""
    for cue in after[1:]:
        link = folded[after[0].end : cue.start]
        own = _kind(cue, reading)
        if kind in VOTE_ACTS and own in VOTE_ACTS:
            continue  # "voted in favour, while 11 abstained": the second is of others
        is_linked = _AND.search(link[-24:]) or re.search(r",[^,]{0,12}$", link)
        if own is None or own == "led" or not is_linked:
            continue
        if own == kind and not _have_own_dates(reading, after[0].end, cue):
            continue
        if any(count.start > after[0].end and count.end <= cue.start for count in reading.counts):
            continue
        yield Act(group, str(own), cue.start, cue.end)
        return


def _have_own_dates(reading: Reading, first: int, second: Cue) -> bool:
    """Return whether two acts of one kind have a date each: "which signed in 2020, signed in"."""
    starts = [item.start for item in reading.dates]
    return any(first <= at < second.start for at in starts) and any(
        second.end <= at for at in starts
    )


def _listed_act(reading: Reading, group: Group, folded: str) -> str | None:
    """Return the act of a list behind its count: "another 13 countries (Djibouti, Iran, ...)"."""
    before = folded[max(0, group.start - 60) : group.start]
    is_among = bool(reading.words["among"].search(before))
    if reading.is_vote:  # "eleven countries abstained, among them Argentina and Brazil"
        votes = [cue for cue in reading.cues if cue.kind in VOTES and cue.end <= group.start]
        is_one = len({cue.kind for cue in votes}) == 1 and not votes[0].is_negated
        return votes[0].kind if is_among and is_one else None
    if not (is_among or _LISTED.search(before)):
        return None
    counts = [count for count in reading.counts if count.end <= group.start]
    if not counts:
        return None
    return "joined" if counts[-1].role == "more" else "signed"


def _with_others(reading: Reading, group: Group, folded: str) -> str | None:
    """Return the act of "Germany and 38 other countries criticised": they are of one list."""
    for count in reading.counts:
        link = folded[group.end : count.start]
        if count.role == "others" and 0 <= len(link) <= 16 and not re.search(r"[.;:]", link):
            return None if reading.is_vote else "signed"
    return None


def _is_at_head(reading: Reading, group: Group) -> bool:
    """Return whether a sentence begins with a group, or with a date and the group."""
    low = max((item.end for item in reading.dates if item.end <= group.start), default=0)
    return not re.search(r"\w{4}", reading.text[low : group.start]) and (low == 0 or low < 40)


def _act_of_china(reading: Reading, group: Group, folded: str) -> Iterator[Act]:
    """Yield China's own act.

    China is the subject of all texts, so only a lead right behind its name counts.
    """
    if any(set(other.codes) - {"CHN"} for other in reading.groups):
        return
    for cue in reading.cues:
        near = 0 <= cue.start - group.end <= 6 and not re.search(
            r"[,.]", folded[group.end : cue.start]
        )
        is_own = cue.kind in VOTES or (cue.kind == "signed" and reading.side != "critical")
        is_own = is_own and _is_at_head(reading, group)
        if near and not cue.is_negated and (is_own or (cue.kind == "led" and reading.counts)):
            yield Act(group, cue.kind, cue.start, cue.end)
            return
