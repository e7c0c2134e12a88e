"""Read what one sentence of an article has: states, counts, dates, figures, and words of acts.

Nothing is compared here. A reading says what stands where; ``claims`` puts it together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from xinjiang_record.extract.check.claim_words import ClaimWords, claim_words
from xinjiang_record.extract.check.state_mentions import StateMention, states_in
from xinjiang_record.extract.dates import DateFound, dates_in
from xinjiang_record.extract.figures.find_figures import figures_in
from xinjiang_record.extract.figures.numbers import Number, numbers, plain
from xinjiang_record.extract.figures.qualifiers import Figure, qualifier_after, qualifier_before
from xinjiang_record.extract.languages.list_words import fold
from xinjiang_record.extract.publishers import Named, areas_in, publishers_in

MOST_STATES = 195
_VOTE_KINDS = ("voted_yes", "voted_no", "abstained")
_SEPARATORS = re.compile(r"[\s,،、;；:*†‡•()（）\-–—/\"“”]*")
_RELATIVE = re.compile(
    r",\s*(?:who|which|that|que|qui|où|dont|die|der|das|den|welche|che|il quale|który|które|których|która"
    r"|який|яка|які|котор\w+|после|перед|after|before|while|whereas|but|nachdem|bevor|während|mientras"
    r"|alors que|tandis que|pero|mais|aber|doch|enquanto|mentre|terwijl|maar|podczas|але|но|а|yang|وقد|لكن)"
    r"(?!\w)",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"(?P<n>[0-9]{2})(?:st|nd|rd|th|\.|e|ª|a|-я|-й|-та|\.ª)?\s+(?P<regular>regular )?"
    r"(?:session|sitzung|tagung|sesi[óo]n|sess[ãa]o|sessione|zitting|sesj\w+|сесси\w+|сесі\w+|oturum\w*"
    r"|sesi|دورة|सत्र|届|屆|회기|会期)",
    re.IGNORECASE,
)
_PLAIN_PAIR = re.compile(r"(?<![0-9-])(?P<a>[0-9]{1,3})\s?[-–—:：]\s?(?P<b>[0-9]{1,3})(?![0-9-])")


@dataclass(frozen=True, slots=True)
class Group:
    """States that are named in a row."""

    start: int
    end: int
    states: tuple[StateMention, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the states, each once; a name of several states has none."""
        return tuple(dict.fromkeys(item.iso3 for item in self.states if item.iso3))


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that says what states did."""

    start: int
    end: int
    kind: str
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class StateCount:
    """A number of states. ``role``: total, others (the lead left out), more (who joined)."""

    start: int
    end: int
    value: int
    qualifier: str
    role: str
    printed: str


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of a vote; a pair whose sides no word names is ``unordered``."""

    start: int
    end: int
    yes: int | None
    no: int | None
    abstained: int | None
    unordered: tuple[int, int] | None
    printed: str
    used: tuple[tuple[int, int], ...] = ()


@dataclass
class Reading:
    """All that one sentence has."""

    text: str
    code: str
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
    is_only: bool = False
    is_first: bool = False
    is_denied: bool = False
    is_unreal: bool = False
    refers_back: bool = False

    @property
    def is_vote(self) -> bool:
        """Whether the sentence is about a vote."""
        return self.kind == "vote"

    @property
    def is_checkable(self) -> bool:
        """Whether the sentence has a number that counts something, or a state."""
        return bool(
            self.counts
            or self.tally
            or self.figures
            or any(code != "CHN" for group in self.groups for code in group.codes)
        )

    @property
    def words(self) -> ClaimWords:
        """The words of its language."""
        return claim_words(self.code)

    def relative_between(self, first: int, second: int) -> bool:
        """Return whether a relative clause begins between two places."""
        low, high = sorted((first, second))
        return bool(_RELATIVE.search(self.text, low, high))


def read_sentence(text: str, code: str, anchor: date | None) -> Reading:
    """Return the reading of one sentence in the language ``code``."""
    words, folded = claim_words(code), fold(text)
    out = Reading(text, code)
    out.publishers, out.areas = publishers_in(text), areas_in(text)
    out.dates = dates_in(text, anchor)
    out.bodies = frozenset(
        name for name in ("hrc", "third_committee", "general_assembly") if words[name].search(folded)
    )
    if "third_committee" in out.bodies:
        out.bodies = frozenset({"third_committee"})
    found = _SESSION.search(text)
    out.session = found["n"] if found else None
    out.topics = frozenset(
        {name for name in ("hong_kong", "tibet") if words[name].search(folded)}
        | ({"xinjiang"} if out.areas or _is_about_uyghurs(folded) else set())
    )
    out.cues = _cues(folded, words)
    out.kind = _kind(folded, words, out)
    if out.kind == "vote":
        out.cues = _with_short_votes(folded, out.cues, words)
    mentions = [item for item in states_in(text, code) if not _is_taken(item, out.publishers)]
    out.groups = list(_groups(text, mentions, words))
    read = plain(text)
    found_numbers = numbers(read, words.figure_code)
    out.tally = _tally(read, folded, found_numbers, words) if out.kind == "vote" else None
    out.counts = list(_counts(read, folded, found_numbers, words, out))
    out.figures = _figures(text, code, out)
    out.side = _side(folded, words)
    out.outcome = next(
        (name for name in ("rejected", "adopted") if out.kind == "vote" and words[name].search(folded)),
        None,
    )
    regions = [
        name for name in ("africa", "asia", "europe", "americas", "oceania") if words[name].search(folded)
    ]
    out.region = regions[0] if len(regions) == 1 else None
    out.is_only = bool(words["only"].search(folded))
    out.is_first = bool(words["first"].search(folded))
    out.is_denied = bool(words["denial"].search(folded)) or text.rstrip().endswith(("?", "？", "؟"))
    out.is_unreal = any(
        abs(cue.start - found.start()) < 40
        for found in _unreal(folded, words)
        for cue in out.cues
        if cue.start >= found.start() - (40 if words.lists.is_verb_final else 0)
    )
    return out


_UYGHUR = re.compile(
    r"u[iy]gh?ur|ouïghour|ouighour|uigu[r]|uigur|ujgur|oeigoer|уйгур|أويغور|إيغور|ايغور|उइग|वीगर|维吾尔|維吾爾|ウイグル|위구르|uygur"
)


def _is_about_uyghurs(folded: str) -> bool:
    return bool(_UYGHUR.search(folded))


def _is_taken(mention: StateMention, spans: list[Named]) -> bool:
    return any(start < mention.end and mention.start < end for start, end, _ in spans)


def _cues(folded: str, words: ClaimWords) -> list[Cue]:
    found: list[Cue] = []
    for kind in ("not_signed", "withdrew", "abstained", "voted_no", "voted_yes", "sponsored"):
        found += [Cue(m.start(), m.end(), kind) for m in words.lists.cues[kind].finditer(folded)]
    found += [Cue(m.start(), m.end(), "stayed") for m in words["stayed"].finditer(folded)]
    found += [Cue(m.start(), m.end(), "not_signed") for m in words["not_listed"].finditer(folded)]
    found += [Cue(m.start(), m.end(), "led_by") for m in words["led_by"].finditer(folded)]
    found += [Cue(m.start(), m.end(), "led") for m in words["led"].finditer(folded)]
    for kind in ("joined", "signed"):
        found += [Cue(m.start(), m.end(), kind) for m in words.lists.cues[kind].finditer(folded)]
    order = {"stayed": 0, "not_signed": 1, "led_by": 2, "led": 3}
    found.sort(key=lambda cue: (order.get(cue.kind, 5), cue.start, -cue.end))
    out: list[Cue] = []
    for cue in found:
        if any(other.start < cue.end and cue.start < other.end for other in out):
            continue
        out.append(cue)
    out.sort(key=lambda cue: cue.start)
    return [replace(cue, is_negated=_is_negated(folded, cue, words)) for cue in out]


def _with_short_votes(folded: str, cues: list[Cue], words: ClaimWords) -> list[Cue]:
    """Add the short words of a vote, such as "against", which mean something only in a vote."""
    out = list(cues)
    more = (*words.short_votes.items(), ("voted_no", words["against"]), ("voted_yes", words["in_favour"]))
    for kind, pattern in more:
        for found in pattern.finditer(folded):
            if not any(cue.start < found.end() and found.start() < cue.end for cue in out):
                cue = Cue(found.start(), found.end(), kind)
                out.append(replace(cue, is_negated=_is_negated(folded, cue, words)))
    return sorted(out, key=lambda cue: cue.start)


def _is_negated(folded: str, cue: Cue, words: ClaimWords) -> bool:
    """Return whether a word that denies is next to the cue."""
    if cue.kind in ("not_signed", "stayed"):
        return False
    negation = words.lists.words.get("negations")
    if negation is None:
        return False
    before = folded[max(0, cue.start - 16) : cue.start]
    after = folded[cue.end : cue.end + 14]
    inside = folded[cue.start : cue.end]
    clause = re.split(r"[,;،、]|\b(?:and|und|et|y|e|en|i|и|та|dan)\b", before)[-1]
    behind = after if words.code in ("de", "tr", "hi", "ja", "ko", "nl") else ""
    return bool(negation.search(clause) or negation.search(inside) or negation.search(re.split(r"[,;.]", behind)[0]))


def _kind(folded: str, words: ClaimWords, reading: Reading) -> str | None:
    """Return vote, letter or joint_statement, where the words say so."""
    vote = words.lists.words.get("vote")
    is_ballot = bool(vote and vote.search(folded))
    abstained = any(cue.kind == "abstained" for cue in reading.cues)
    voted = abstained or (is_ballot and any(cue.kind in _VOTE_KINDS for cue in reading.cues))
    ballots = is_ballot and bool(words["votes"].search(folded))
    decided = words["rejected"].search(folded) or words["adopted"].search(folded)
    if voted or (ballots and (decided or re.search("[0-9]", folded))):
        return "vote"
    if words["letter"].search(folded):
        return "letter"
    return "joint_statement" if words["spoken"].search(folded) else None


def _groups(text: str, mentions: list[StateMention], words: ClaimWords) -> Iterator[Group]:
    joiners = words.lists.words.get("and")
    articles = words.lists.words.get("articles")
    current: list[StateMention] = []
    for mention in mentions:
        if current and not _is_listed(text[current[-1].end : mention.start], joiners, articles):
            yield Group(current[0].start, current[-1].end, tuple(current))
            current = []
        current.append(mention)
    if current:
        yield Group(current[0].start, current[-1].end, tuple(current))


def _is_listed(
    between: str, joiners: re.Pattern[str] | None, articles: re.Pattern[str] | None
) -> bool:
    """Return whether only separators and words such as "and the" are between two names."""
    rest = fold(between)
    for pattern in (joiners, articles):
        if pattern is not None:
            rest = pattern.sub(" ", rest)
    rest = re.sub(r"(?:的|等|l|d|la|le|les|los|las|el|die|der|das|den|the|i|gli|os|as|o|a)(?!\w)", " ", rest)
    return len(between) <= 24 and not re.search(r"[;；:()（）]", between) and bool(
        _SEPARATORS.fullmatch(rest)
    )


def _counts(
    text: str, folded: str, found: list[Number], words: ClaimWords, reading: Reading
) -> Iterator[StateCount]:
    """Yield "22 countries", "another 13 states", "38 other countries", "39개국"."""
    nouns = words.lists.words["country_nouns"]
    tally = reading.tally
    for number in found:
        if number.value.denominator != 1 or not 2 <= number.value <= MOST_STATES:
            continue
        if tally and tally.start <= number.start < tally.end:
            continue
        if any(item.start <= number.start < item.end for item in reading.dates):
            continue
        noun = _noun_after(folded, number, nouns, words)
        others = re.compile(rf"\s*(?:{words['other'].pattern})").match(folded, number.end)
        if noun is None and not (others and reading.kind):
            continue
        end = noun if noun is not None else (others.end() if others else number.end)
        inside = folded[number.end : end]
        before = folded[max(0, number.start - 14) : number.start]
        role = "total"
        if words["other"].search(inside):
            role = "others"
        if re.search(rf"(?:{words['more'].pattern})\W*$", before) or (
            words["more"].search(inside) and not words["other"].search(inside)
        ):
            role = "more"
        if role == "others" and any(cue.kind == "joined" for cue in reading.cues) and words["more"].search(inside + " " + before):
            role = "more"
        qualifier, start = qualifier_before(text, number.start, words.figure_code)
        if qualifier == "exact":
            qualifier = qualifier_after(text, number.end, words.figure_code)[0] or qualifier
        yield StateCount(start, end, int(number.value), qualifier, role, reading.text[start:end].strip())


def _noun_after(
    folded: str, number: Number, nouns: re.Pattern[str], words: ClaimWords
) -> int | None:
    """Return where the noun "countries" after a number ends, or None."""
    window = folded[number.end : number.end + 60]
    gap = r"\s*(?:[个個か가カヵヶケ多余餘여개]|\s)*" if words.code in ("zh", "ja", "ko") else r"\W{0,3}(?:[^\W\d]+[\s-]+){0,3}?"
    if words.code in ("zh", "ja"):
        found = re.match(rf"{gap}(?:成员|會員|会员|成員)?(?:国家|國家|国|國)", window)
        return number.end + found.end() if found else None
    found = re.match(rf"{gap}(?:{nouns.pattern})", window)
    if not found:
        return None
    return number.end + found.end()


def _tally(
    text: str, folded: str, found: list[Number], words: ClaimWords
) -> Tally | None:
    """Return the counts of a vote: each number belongs to the side whose word is next to it."""
    small = [
        number
        for number in found
        if number.value.denominator == 1
        and number.value <= 700
        and not re.match(r"[0-9]{4}", text[number.start : number.end])
    ]
    pair = _pair(text, folded, small, words)
    sides: dict[str, Number] = {}
    for kind in _VOTE_KINDS:
        number = _labelled(text, folded, small, words, kind, {*sides.values(), *(pair or ())})
        if number is not None:
            sides[kind] = number
    used = [*sides.values(), *(pair or ())]
    if len(used) < 2 and not sides:
        return None
    if len(used) < 2 and "abstained" not in sides and not pair:
        return None
    start, end = min(n.start for n in used), max(n.end for n in used)
    return Tally(
        start,
        end,
        _int(sides.get("voted_yes")),
        _int(sides.get("voted_no")),
        _int(sides.get("abstained")),
        (int(pair[0].value), int(pair[1].value)) if pair else None,
        text[start:end],
        tuple((number.start, number.end) for number in used),
    )


def _int(number: Number | None) -> int | None:
    return None if number is None else int(number.value)


def _labelled(
    text: str,
    folded: str,
    found: list[Number],
    words: ClaimWords,
    kind: str,
    taken: set[Number],
) -> Number | None:
    """Return the number next to a word of one side: "17 in favour", "11 abstentions"."""
    pattern = f"(?:{words.lists.cues[kind].pattern}|{words.short_votes[kind].pattern})"
    unit = r"\s*(?:票|표|votes?|voix|votos?|voti|stimmen|stemmen|głos\w*|голос\w*|oy\w*|suara|states?|countries|صوت\w*|वोट|मत|members?|com|con|with|và)?\s*"
    for number in found:
        if number in taken:
            continue
        if re.compile(rf"{unit}(?:were |the )?{pattern}").match(folded, number.end):
            return number
    for number in found:
        if number in taken:
            continue
        if re.search(rf"{pattern}{unit}[:：(（]?\s*$", folded[max(0, number.start - 32) : number.start]):
            return number
    return None


def _pair(
    text: str, folded: str, left: list[Number], words: ClaimWords
) -> tuple[Number, Number] | None:
    """Return the two numbers of "by 19 votes to 17", "19-17", "19 zu 17 Stimmen"."""
    for first, second in zip(left, left[1:], strict=False):
        between = folded[first.end : second.start]
        if len(between) > 24 or re.search(r"[.;]", between):
            continue
        around = folded[max(0, first.start - 20) : second.end + 20]
        if re.fullmatch(
            r"\s*(?:votes?|voix|votos?|voti|stimmen|stemmen|głosami|głosów|голосами|голосов|голосів|oyla|oya|suara|票|표)?\s*"
            r"(?:to|zu|gegen|against|contre|contra|contro|por|per|frente a|tegen|do|przeciwko|проти|против|karşı|lawan|berbanding|مقابل|के मुकाबले|对|對|対|比|대|[-–—:])\s*",
            between,
        ) and (words["votes"].search(around) or re.search(r"[-–—]", between)):
            return first, second
    return None


def _figures(text: str, code: str, reading: Reading) -> list[Figure]:
    """Return the figures that count persons, places or shares; counts of states are not figures."""
    taken = [(item.start, item.end) for item in reading.counts]
    if reading.tally:
        taken.append((reading.tally.start, reading.tally.end))
    out = []
    for figure in figures_in(text, code):
        if any(start < figure.end and figure.start < end for start, end in taken):
            continue
        values = (figure.value_point, figure.value_low, figure.value_high)
        value = next((item for item in values if item is not None), None)
        if value is None or figure.unit in ("documents", "pages", "images", "villages", "households"):
            continue
        if figure.unit is None and value < 1000:
            continue
        if figure.unit is None and re.fullmatch(r"(?:19|20)[0-9]{2}", figure.phrase.strip()):
            continue
        out.append(figure)
    return out


def _unreal(folded: str, words: ClaimWords) -> Iterator[re.Match[str]]:
    """Yield the words for what could or will be done, without those that only tell a side."""
    pattern = words.lists.words.get("unreal")
    if pattern is None:
        return
    for found in pattern.finditer(folded):
        is_side = words["critical"].search(found[0]) or words["supportive"].search(found[0])
        if len(found[0]) > 2 and not is_side and not found[0].startswith(("critic", "prais", "accus", "blam", "thank")):
            yield found


def _side(folded: str, words: ClaimWords) -> str | None:
    found = {name for name in ("critical", "supportive") if words[name].search(folded)}
    return found.pop() if len(found) == 1 else None
