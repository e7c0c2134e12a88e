"""Read what one sentence of an article has: states, counts, dates, figures, and words of acts.

Nothing is compared here. A reading says what is where; ``claims`` puts it together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from xinjiang_record.extract.check.reading.act_cues import (
    Cue,
    add_infinitives,
    add_short_votes,
    read_cues,
)
from xinjiang_record.extract.check.reading.claim_numbers import figures_of_claim
from xinjiang_record.extract.check.reading.claim_words import ClaimWords, claim_words
from xinjiang_record.extract.check.reading.clauses import (
    clause_at,
    counted_clause,
    has_relative,
    without_relative,
)
from xinjiang_record.extract.check.reading.doubtful_words import (
    is_in_clause,
    is_quantified,
    open_negations,
    unreal_words,
)
from xinjiang_record.extract.check.reading.lead_words import owned_texts
from xinjiang_record.extract.check.reading.quotations import quoted
from xinjiang_record.extract.check.reading.state_counts import StateCount, read_counts
from xinjiang_record.extract.check.reading.state_groups import Group, group_states
from xinjiang_record.extract.check.reading.state_mentions import StateMention, states_in
from xinjiang_record.extract.check.reading.subjects import names_china, side_of, topics_of
from xinjiang_record.extract.check.reading.superlatives import (
    Ordinal,
    Scope,
    Superlative,
    read_first,
    read_only,
    read_ordinals,
    read_scope,
)
from xinjiang_record.extract.check.reading.vote_tallies import (
    VOTE_KINDS,
    Tally,
    outcome_of_words,
    read_margin,
    read_tally,
)
from xinjiang_record.extract.dates import DateFound, dates_in
from xinjiang_record.extract.figures.numbers import numbers, plain
from xinjiang_record.extract.figures.qualifiers import Figure
from xinjiang_record.extract.languages.conditions import condition_at
from xinjiang_record.extract.languages.context_words import compiled, either
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.languages.writing import writing
from xinjiang_record.extract.publishers import Named, areas_in, publishers_in

FAR_HOPE = 44  # letters before an act in which a hope or a demand makes it no fact
_SCORE = re.compile(r"(?<![\w-])[0-9]{1,2}\s?[-–]\s?[0-9]{1,2}(?![\w-])")
_TO = re.compile(rf"(?<![\w-])[0-9]{{1,3}}\s(?:{either('tally_to')})\s[0-9]{{1,3}}(?![\w-])")
_LED_HYPHEN = re.compile(rf"-(?=(?:{either('led_suffixes')})(?!\w))")
FAR_BUT = 12  # letters between "not" in "but not the" and the state
_SESSION = re.compile(
    rf"(?P<n>[0-9]{{2}})(?:{either('ordinal_endings')}|{either('session_endings')})?"
    rf"\s+(?:(?:{either('regular_session')}) )?"
    rf"(?:{either('session')})",
    re.IGNORECASE,
)


@dataclass
class Reading:
    """Hold all that one sentence has."""

    text: str
    code: str
    offset: int = 0  # of the clause in its sentence
    dates: list[DateFound] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    counts: list[StateCount] = field(default_factory=list)
    tally: Tally | None = None
    figures: list[Figure] = field(default_factory=list)
    publishers: list[Named] = field(default_factory=list)
    areas: list[Named] = field(default_factory=list)
    bodies: frozenset[str] = frozenset()
    side: str | None = None
    topics: frozenset[str] = frozenset()
    session: str | None = None
    kind: str | None = None
    outcome: str | None = None
    region: str | None = None
    durations: frozenset[str] = frozenset()
    has_event: bool = False
    is_ordered: bool = False  # whether one of two texts is said to be before the other
    is_quantified: bool = False
    only: Superlative | None = None
    scope: Scope | None = None  # "no African state"
    first: Superlative | None = None
    ordinals: list[Ordinal] = field(default_factory=list)  # "its third statement"
    margin: tuple[int, int, int] | None = None  # of a vote, with its place
    is_only: bool = False
    is_first: bool = False
    has_quote: bool = False
    is_denied: bool = False
    is_unreal: bool = False
    open_negations: list[int] = field(default_factory=list)  # words that deny what is not clear
    unread_names: list[tuple[int, int]] | None = None  # found when a claim needs them

    @property
    def is_vote(self) -> bool:
        """Return whether the sentence is about a vote."""
        return self.kind == "vote"

    @property
    def is_result(self) -> bool:
        """Return whether the sentence says how a vote of the Council ended, without its counts."""
        is_council = "hrc" in self.bodies or self.margin is not None
        is_other = (
            self.tally is not None
            or bool(self.counts)
            or any(set(group.codes) - {"CHN"} for group in self.groups)
        )
        is_parliament = bool(self.words["parliament"].search(fold(self.text)))
        return bool(
            self.is_vote and self.outcome and is_council and not is_other and not is_parliament
        )

    @property
    def is_checkable(self) -> bool:
        """Return whether the sentence has a number that counts something, or a state."""
        return bool(
            self.counts
            or self.tally
            or self.figures
            or (self.scope and self.cues)
            or any(code != "CHN" for group in self.groups for code in group.codes)
        )

    @property
    def may_claim(self) -> bool:
        """Return whether there may be a claim: a number, a state, an event, or a quotation."""
        has_more = self.has_event or self.has_quote or self.is_result or self.is_ordered
        return self.is_checkable or has_more

    @property
    def words(self) -> ClaimWords:
        """Return the words of its language."""
        return claim_words(self.code)

    def is_done(self, names: tuple[str, ...], at: int) -> bool:
        """Return whether the sentence says that an act was done: not hoped, demanded or denied.

        Args:
            names: Groups of [claims], such as "imposed".
            at: The place of the act; hopes, demands and denials before it count.
        """
        folded = fold(self.text)
        verbs = [found for name in names for found in self.words[name].finditer(folded)]
        low, high = max(0, at - FAR_HOPE), at + (FAR_HOPE if self.words.lists.is_verb_final else 0)
        hopes = any(
            low <= one.start() < high for one in unreal_words(folded, self.words, self.dates)
        )
        negation = self.words.lists.words.get("negations")
        is_denied = negation is not None and any(
            negation.search(folded[max(0, found.start() - 14) : found.end() + self._behind])
            for found in verbs
        )
        return bool(verbs) and not hopes and not is_denied

    @property
    def _behind(self) -> int:
        """Return how many letters behind a verb its negation may stand."""
        return 10 if writing(self.code).is_verb_late else 0

    @property
    def is_about_china(self) -> bool:
        """Return whether the sentence names China, Xinjiang, or another topic of the record."""
        return bool(self.topics) or names_china(self.text)

    def is_in_doubt(self, start: int, end: int) -> bool:
        """Return whether the clause of a claim denies something that is not clear."""
        return is_in_clause(fold(self.text), self.open_negations, start, end)

    def side_at(self, at: int) -> str | None:
        """Return the side that the clause of an act names, where the sentence names both."""
        counted = counted_clause(self.text, at) if self.counts else None
        if counted is not None:
            return side_of(counted, self.words)
        main = without_relative(self.text, at)
        if self.side and len(self.dates) > 1 and side_of(main, self.words) != self.side:
            return None
        return self.side or side_of(clause_at(self.text, at), self.words)

    def topics_at(self, at: int) -> frozenset[str]:
        """Return the topics that the clause of an act names; those of the sentence, if none."""
        if len(self.topics) < 2:
            return self.topics
        return topics_of(clause_at(self.text, at), self.words) or self.topics

    def relative_between(self, first: int, second: int) -> bool:
        """Return whether a clause of its own begins between a claim and a date behind it.

        A date at the head of a sentence is that of all its clauses.
        """
        return first < second and has_relative(self.text, first, second)


def read_sentence(text: str, code: str, anchor: date | None) -> Reading:
    """Return the reading of one sentence in the language ``code``."""
    words, folded = claim_words(code), fold(text)
    out = Reading(text, code)
    out.publishers, out.areas = publishers_in(text), areas_in(text)
    out.dates = dates_in(text, anchor)
    out.bodies = frozenset(
        name
        for name in ("hrc", "third_committee", "general_assembly")
        if words[name].search(folded)
    )
    if "third_committee" in out.bodies:
        out.bodies = frozenset({"third_committee"})
    found = _SESSION.search(text)
    out.session = found["n"] if found else None
    out.topics = topics_of(text, words)
    out.cues = read_cues(_without_dates(folded, out.dates), words)
    out.kind = _kind(folded, words, out)
    if out.kind == "vote":
        out.cues = add_short_votes(folded, out.cues, words)
    mentions = [
        item
        for item in states_in(_LED_HYPHEN.sub(" ", text), code)
        if not _is_taken(item, out.publishers)
    ]
    out.groups = list(group_states(text, mentions, words))
    read = plain(text)
    found_numbers = numbers(read, words.figure_code)
    in_dates = {at for item in out.dates for at in range(item.start, item.end)}
    free = [number for number in found_numbers if number.start not in in_dates]
    out.tally = read_tally(read, folded, free, words) if out.kind == "vote" else None
    if out.kind == "vote" and out.tally is None:
        out.margin = read_margin(read, folded, found_numbers)
    taken = [(item.start, item.end) for item in out.dates]
    if out.tally:
        taken.append((out.tally.start, out.tally.end))
    is_joined = any(cue.kind == "joined" for cue in out.cues)
    out.counts = [
        replace(item, printed=text[item.start : item.end].strip())
        for item in read_counts(
            read,
            folded,
            found_numbers,
            words,
            taken,
            has_text=bool(out.kind),
            is_joined=is_joined,
        )
    ]
    is_signed = any(cue.kind in ("signed", "not_signed", "joined", "withdrew") for cue in out.cues)
    for owner, cue in owned_texts(
        text, mentions, words, is_joint=bool(out.counts), is_signed=is_signed
    ):
        out.cues = [cue, *(c for c in out.cues if c.end <= cue.start or cue.end <= c.start)]
        if not any(group.start <= owner.start < group.end for group in out.groups):
            out.groups.append(Group(owner.start, owner.end, (owner,)))
    out.cues.sort(key=lambda cue: cue.start)
    out.groups.sort(key=lambda group: group.start)
    out.counts = [replace(item, added=_named_before(item, out.groups)) for item in out.counts]
    taken = [(item.start, item.end) for item in out.counts]
    if out.tally:
        taken.append((out.tally.start, out.tally.end))
    out.figures = figures_of_claim(text, code, taken)
    out.side = side_of(text, words)
    out.is_quantified = is_quantified(folded, [(g.start, g.end) for g in out.groups], words)
    out.has_event = any(words[name].search(folded) for name in ("parliament", "sanctions")) or (
        bool(out.dates) and bool(words["published"].search(folded))
    )
    out.is_ordered = bool(
        out.kind
        and len(out.dates) > 1
        and any(words[name].search(folded) for name in ("before", "after"))
    )
    out.has_quote = any(True for _ in quoted(text))
    out.durations = frozenset(
        name.replace("_", " ")
        for name in ("week", "month", "each_year")
        if words[name].search(folded)
    )
    if out.kind is None and _is_decision(folded, words, out):
        out.kind = "vote"
    out.outcome = next(
        (
            name
            for name in ("rejected", "adopted")
            if out.kind == "vote" and words[name].search(folded)
        ),
        None,
    )
    if out.outcome is None and out.tally and out.tally.unordered:
        out.outcome = outcome_of_words(folded, out.tally, words)
    regions = [
        name
        for name in ("africa", "asia", "europe", "americas", "oceania")
        if any(
            not _is_union(folded, m, words)
            and not any(group.start <= m.start() < group.end for group in out.groups)
            for m in words[name].finditer(folded)
        )
    ]
    out.region = regions[0] if len(regions) == 1 else None
    out.only, is_plain = read_only(folded, words)
    out.is_only = bool(words["only"].search(folded)) and not is_plain
    out.first = read_first(folded, words)
    out.scope = read_scope(folded, words)
    out.ordinals = read_ordinals(_without_dates(folded, out.dates), words)
    if out.only or out.first:
        out.cues = add_infinitives(folded, out.cues, words)
    out.is_first = bool(words["first"].search(folded) or words["first_time"].search(folded))
    out.is_denied = bool(words["denial"].search(folded)) or text.rstrip().endswith(("?", "？", "؟"))
    out.is_unreal = (
        any(
            abs(cue.start - found.start()) < 40
            for found in unreal_words(folded, words, out.dates)
            for cue in out.cues
            if cue.start >= found.start() - (40 if words.lists.is_verb_final else 0)
        )
        or condition_at(folded, words.code) is not None
    )
    spans = [(item.start, item.end) for item in out.counts]
    spans += [(item.start, item.end) for item in out.figures]
    spans += [(group.start - FAR_BUT, group.end) for group in out.groups if group.is_but_not]
    out.open_negations = open_negations(folded, out.cues, spans, words)
    return out


def _without_dates(folded: str, dates: list[DateFound]) -> str:
    """Return the sentence with spaces for its dates: "stimmten am 6. Oktober 2022 für"."""
    for item in dates:
        if item.start > 0:
            folded = folded[: item.start] + " " * (item.end - item.start) + folded[item.end :]
    return folded


def _is_union(folded: str, found: re.Match[str], words: ClaimWords) -> bool:
    """Return whether "European" is part of the name of the European Union or its parliament."""
    near = folded[max(0, found.start() - 24) : found.end() + 24]
    return any(
        near.find(found[0]) >= item.start() and near.find(found[0]) < item.end()
        for item in words["european_union"].finditer(near)
    ) or bool(compiled(rf"\W{{0,2}}(?:{words['parliament'].pattern})").match(folded[found.end() :]))


def _is_decision(folded: str, words: ClaimWords, reading: Reading) -> bool:
    """Return whether the Council itself decides on a text: it "rejected a motion to debate"."""
    if reading.bodies != {"hrc"} or reading.counts or reading.cues:
        return False
    if any(set(group.codes) - {"CHN"} for group in reading.groups):
        return False
    decided = words["rejected"].search(folded) or words["adopted"].search(folded)
    return bool(decided and words["debate"].search(folded))


def _is_taken(mention: StateMention, spans: list[Named]) -> bool:
    return any(start < mention.end and mention.start < end for start, end, _ in spans)


# Words that end in the word for a ballot.
_NO_BALLOT = re.compile(either("not_ballots"))


def _kind(folded: str, words: ClaimWords, reading: Reading) -> str | None:
    """Return vote, letter or joint_statement, where the words say so."""
    folded = _NO_BALLOT.sub("", folded)
    vote = words.lists.words.get("vote")
    is_ballot = bool(vote and vote.search(folded))
    abstained = any(cue.kind == "abstained" for cue in reading.cues)
    voted = abstained or (is_ballot and any(cue.kind in VOTE_KINDS for cue in reading.cues))
    ballots = is_ballot and bool(words["votes"].search(folded))
    decided = words["rejected"].search(folded) or words["adopted"].search(folded)
    if decided and reading.bodies == {"hrc"} and _SCORE.search(folded):
        return "vote"  # "was defeated 17-19 in the Human Rights Council"
    if is_ballot and words["parliament"].search(folded) and _TO.search(folded):
        return "vote"  # "The House of Commons voted 266 to 0 to call it genocide"
    if voted or (ballots and (decided or re.search("[0-9]", folded))):
        return "vote"
    if words["letter"].search(folded):
        return "letter"
    return "joint_statement" if words["spoken"].search(folded) else None


def _named_before(count: StateCount, groups: list[Group]) -> int:
    """Return how many states "Russia, Belarus and 35 others" names: one where none is named."""
    near = [group for group in groups if 0 <= count.start - group.end <= 16]
    return max((len(group.codes) for group in near), default=1)
