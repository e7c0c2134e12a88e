"""Read the words around a label: a denial, a request, a number, an exception, a region."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from xinjiang_record.extract.languages.context_words import either
from xinjiang_record.extract.languages.find_labels import (
    MAX_NEUTRAL,
    Label,
    find_labels,
    is_neutral,
)
from xinjiang_record.extract.languages.list_words import (
    NOTHING,
    VOTES,
    ListWords,
    fold,
    list_words,
    pattern_of_all,
)
from xinjiang_record.extract.languages.load_language import DEFAULT
from xinjiang_record.extract.languages.number_words import (
    figure_code,
    figure_languages,
    figure_words,
)
from xinjiang_record.extract.languages.writing import writing
from xinjiang_record.extract.name_lists.find_name_lists import NameList
from xinjiang_record.extract.signatories.declared_count import declared_count

OBJECT_REACH = 48  # letters between a verb and what it is about
REST = 14  # letters after a label in which a verb that is last can change it
WINDOW = 28  # letters before a label in which a negation changes it
CLAUSE = 80  # the same where the verb that says what was done ends its clause
_ASSERTED = ("signed", "joined", "aligned", "sponsored", "supported", "voted_yes")
NOBODY_REACH = 40  # letters before a list in which "none of" is said of it
REST_REACH = 40  # letters behind a verb that is last in which a denial is of it
TEXT_REACH = 10  # letters behind "signed" in which the text is named that was signed
OBJECT_WORDS = 2  # words that say what a state abstained from, next to their article
WITHDRAWN_WORDS = 4  # words that say what a state withdrew, or withdrew from
OTHERS_REACH = 90  # letters before a list in which whose act it is, or a denial, is said
_OFFICIAL = [
    pattern_of_all(section, name)
    for section, name in (("leads", "offices"), ("lists", "country_nouns"), ("lists", "groups"))
]
_PREPOSITION = re.compile(
    rf"\b(?:{either('prepositions')})\s*(?:{either('preposition_articles')})?\s*$"
)
_OPENER = re.compile(rf"(?:{either('clause_openers')})\s*(?:{either('preposition_articles')})?\s*$")
_ADDRESSED = re.compile(rf"\b(?:{either('addressed_to')})")
_GENITIVE = re.compile(either("genitive"))
_GENITIVE_ENDING = re.compile(rf"(?:{either('genitive_endings')})$")
# "with Chad and Laos voting no": what they did, and not what others did with them.
_ABSOLUTE = re.compile(rf"\b(?:{either('absolutes')})\s*(?:{either('preposition_articles')})?\s*$")
_PARTICIPLE = re.compile(rf"(?:{either('participles')})\b")
_NOBODY = pattern_of_all("labels", "nobody")
_QUESTION = re.compile(r"[\s”»\"]*[?？؟]")
_OTHER_TEXT = pattern_of_all("labels", "other_texts")
_STATEMENT = pattern_of_all("labels", "statement")
_SIGNATURES = pattern_of_all("claims", "signatures")
_VOTE = pattern_of_all("labels", "vote")
_ELECTION = pattern_of_all("labels", "elections")
_ANNOUNCER = pattern_of_all("labels", "announcers")
_CLAUSE_END = re.compile("[,;:.،؛、，；：。(]")
_PRIVATE = pattern_of_all("leads", "private")  # people who are no envoys of their states
_IDIOM = pattern_of_all("labels", "idioms")  # "not to take sides": said of those who abstain
_AND_MORE = re.compile(
    "|".join(pattern_of_all("lists", name).pattern for name in ("and", "also", "fillers"))
)
_EXCEPTION = pattern_of_all("lists", "exceptions")
_REGION = pattern_of_all("lists", "regions")


def doubt_of(
    text: str, sentence: tuple[int, int], start: int, one: NameList, label: Label, form: str
) -> str:
    """Return why no event follows from a label: it is negated, asked for or expected."""
    found = changed_by(text, start, label)
    if found:
        return found
    if _QUESTION.match(text, sentence[1]):
        return "unreal"
    if _is_ahead(text, sentence, one, label) or _is_asked(text, sentence, one, label, form):
        return "unreal"
    if form == "before" and is_addressed(text, sentence, label.start):
        return "of others"
    if form == "after" and speaks_of_others(text, start, sentence, one, label):
        return "of others"
    if form == "after":
        words = list_words(label.language or DEFAULT).words
        lead = fold(text[max(sentence[0], one.start - 60) : one.start])
        urged = last_end(words["unreal"], lead)
        if urged is not None and len(lead[urged:].split()) <= 3:
            return "unreal"
        supposed = last_end(words.get("condition_before_names", NOTHING), lead)
        if supposed is not None and is_neutral(lead[supposed:]) and "," not in lead[supposed:]:
            return "unreal"  # "had Chile and Peru voted against"
        if _NOBODY.search(lead[-NOBODY_REACH:]):
            return "negated"
        denied = last_end(words["negations"], lead)
        if denied is not None and len(lead[denied:].split()) <= 1 and "," not in lead[denied:]:
            return "negated"
    return ""


def _is_ahead(text: str, sentence: tuple[int, int], one: NameList, label: Label) -> bool:
    """Return whether the clause of a label names a day to come: "sign the statement tomorrow"."""
    words = list_words(label.language or DEFAULT).words
    ahead = words.get("ahead", NOTHING)
    if ahead.match(fold(text[sentence[0] : sentence[0] + WINDOW]).lstrip()):
        return True
    low, high = min(one.start, label.start), max(one.end, label.end)
    before = re.split(r"[;:.!?]\s|[。！？]", fold(text[max(sentence[0], low - WINDOW) : low]))[-1]
    behind = re.split(r"[,;:.،。(]", fold(text[high : high + OBJECT_REACH]))[0]
    joined = words["and"].search(behind)
    behind = behind[: joined.start()] if joined else behind
    first, last = min(one.end, label.end), max(one.start, label.start)
    between = fold(text[first:last]) if last - first <= CLAUSE else ""
    return any(ahead.search(part) for part in (before, between, behind, fold(label.cue)))


def _is_asked(text: str, sentence: tuple[int, int], one: NameList, label: Label, form: str) -> bool:
    """Return whether a sentence is a request: "Vote against Denmark and Ireland!"."""
    lead, gap = text[sentence[0] : label.start], fold(text[label.end : one.start])
    if form != "before" or any(char.isalnum() for char in lead) or ":" in gap:
        return False
    if text[sentence[1] : sentence[1] + 1] in ("!", "！"):
        return True
    imperatives = list_words(label.language or DEFAULT).words.get("imperatives", NOTHING)
    return bool(imperatives.match(fold(label.cue))) and not gap.strip()


def is_addressed(text: str, sentence: tuple[int, int], offset: int) -> bool:
    """Return whether a letter goes to what is at an offset: "a letter to the ministers of"."""
    clause = re.split(r"[,;:،、，。]", fold(text[max(sentence[0], offset - OTHERS_REACH) : offset]))
    end = last_end(_ADDRESSED, clause[-1])
    return end is not None and is_neutral(clause[-1][end:])


def other_act(text: str, start: int, one: NameList, label: Label, form: str) -> str:
    """Return why a label is not an act on a statement or in a vote; empty where it may be.

    ``start`` is where the words before the list begin: behind the list before it.
    """
    words = list_words(label.language or DEFAULT)
    lead = fold(text[max(start, min(one.start, label.start) - OTHERS_REACH) : one.start])
    gap = text[one.end : label.start] if form == "after" else text[label.end : one.start]
    last = label.end if form == "after" else one.end
    rest = fold(text[last : last + REST_REACH])
    if _is_denied(words, lead, fold(gap), rest, form):
        return "negated"
    if form == "after" and label.kind in _ASSERTED and label.kind not in VOTES:
        if _has_other_verb(words, fold(gap), label):
            return "of others"
        if _is_of_others_counted(text, start, one, label):
            return "of others"
    if label.kind in ("signed", "sponsored") and _is_of_other_text(text, lead, one, label, form):
        return "another text"
    if label.kind in VOTES and _is_election(text, one, label, form):
        return "another act"
    if label.kind in ("abstained", "withdrew") and _is_from_other(text, words, one, label, form):
        return "another act"
    return ""


def _has_other_verb(words: ListWords, gap: str, label: Label) -> bool:
    """Return whether a word that is not known says what states did with a text or signatures.

    "They received the letter that was signed", "they lost their signatures".
    """
    cue, is_late = fold(label.cue), writing(words.code).is_verb_late
    is_named = bool(_STATEMENT.match(cue) or _STATEMENT.search(gap)) and not is_late
    return (is_named or bool(_SIGNATURES.search(cue))) and not is_neutral(gap)


def _is_of_others_counted(text: str, start: int, one: NameList, label: Label) -> bool:
    """Return whether a number of other states did it: "Chad received the letter that 20 signed".

    It is so where the number is between the names and a label that a text follows.
    """
    behind = fold(text[label.end : label.end + TEXT_REACH])
    if not _STATEMENT.search(behind) or _AND_MORE.search(fold(text[one.end : label.start])):
        return False
    number = declared_count(text[max(start, label.start - OTHERS_REACH) : label.start])
    lead = declared_count(text[max(start, one.start - OTHERS_REACH) : one.end])
    return number is not None and number not in (lead, one.size)


def _is_denied(words: ListWords, lead: str, gap: str, rest: str, form: str) -> bool:
    denials, negations = words.words.get("denials", NOTHING), words.words["negations"]
    if denials.search(gap) or (form == "before" and negations.search(gap)):
        return True
    behind = _CLAUSE_END.split(rest)[0]
    if words.is_verb_final and denials.search(behind):
        return True
    is_denied_behind = form == "before" if words.is_verb_final else form == "after"
    if writing(words.code).is_verb_late and is_denied_behind and negations.search(behind):
        return True  # "steunen de verklaring niet langer"
    found = list(denials.finditer(lead))
    if not found:
        return False
    behind = lead[found[-1].end() :]
    that = words.words.get("that", NOTHING)
    if form == "before" and not writing(words.code).is_verb_first:
        return bool(that.search(behind))  # "a letter that denies abuses was signed by"
    clauses = _CLAUSE_END.split(behind)
    return len(clauses) == 1 or bool(that.match(clauses[-1].lstrip()))


def _is_of_other_text(text: str, lead: str, one: NameList, label: Label, form: str) -> bool:
    """Return whether what was signed is a treaty, or what was sponsored an event."""
    behind = _CLAUSE_END.split(fold(text[label.end : label.end + OBJECT_REACH]))[0]
    between = fold(text[one.end : label.start][-OBJECT_REACH:]) if form == "after" else ""
    own = (_STATEMENT,) if label.kind == "signed" else (_STATEMENT, _VOTE)
    for words in (f"{behind} {between}", lead):
        if any(pattern.search(words) for pattern in own):
            return False
        if _OTHER_TEXT.search(words):
            return True
    return False


def _is_election(text: str, one: NameList, label: Label, form: str) -> bool:
    """Return whether a vote is for a person or a state: "voted for Chad's candidate"."""
    behind = _CLAUSE_END.split(fold(text[label.end : label.end + OBJECT_REACH]))[0]
    between = fold(text[one.end : label.start][-OBJECT_REACH:]) if form == "after" else ""
    return any(_ELECTION.search(words) for words in (behind, between))


def _is_from_other(text: str, words: ListWords, one: NameList, label: Label, form: str) -> bool:
    """Return whether states did it to something else: "abstained from comment"."""
    if form == "before" and not writing(words.code).is_verb_first:
        return False  # "abstentions from Chad"
    begin = one.end if form == "before" else label.end
    behind = _CLAUSE_END.split(fold(text[begin : begin + OBJECT_REACH]).lstrip())[0]
    if label.kind == "withdrew":
        object_ = " ".join(behind.split()[:WITHDRAWN_WORDS])
        if words.is_verb_final:
            object_ = fold(text[one.end : label.start])
        if _STATEMENT.search(object_) or find_labels(object_):
            return False
        if words.offices.search(object_):
            return True  # "withdrew their ambassadors"
    found = words.words.get(f"{label.kind}_from", NOTHING).match(behind)
    if found is None:
        return False
    object_ = behind[found.end() :].lstrip(" '’")
    article = words.words["articles"].match(object_)
    named = object_[article.end() if article else 0 :].split()[:OBJECT_WORDS]
    own = _VOTE if label.kind == "abstained" else _ANNOUNCER
    return bool(named) and not own.search(" ".join(named))


def speaks_of_others(
    text: str, start: int, sentence: tuple[int, int], one: NameList, label: Label
) -> bool:
    """Return whether a label is of others: "journalists from Cuba and Nepal signed".

    The states' own envoys and governments ("the ambassadors of", "delegations from") are not.
    """
    gap = fold(text[start : label.start])
    if is_object(text, sentence, one.start):
        lead = fold(text[max(sentence[0], one.start - WINDOW) : one.start])
        own = _ABSOLUTE.search(lead)
        is_of_vote = own is not None and (
            lead[: own.start()].rstrip().endswith(",") or bool(_VOTE.search(lead))
        )
        return not (is_of_vote and _PARTICIPLE.match(fold(label.cue)) and not gap.strip())
    owned = _GENITIVE.match(gap)
    is_owned = owned is not None or bool(_GENITIVE_ENDING.search(fold(one.entries[-1].text)))
    if not is_owned or _is_official(gap):
        return False
    return not is_neutral(gap[owned.end() if owned else 0 :])


def is_object(text: str, sentence: tuple[int, int], offset: int) -> bool:
    """Return whether names at an offset are what words before them are about: "after visiting"."""
    low = max(sentence[0], offset - OTHERS_REACH)
    clauses = re.split(r"[,;:،、，。]", fold(text[low:offset]))
    if _ADDRESSED.search(clauses[-1]):
        return True
    if _OPENER.search(clauses[-1]):
        return True
    if not _PREPOSITION.search(clauses[-1]) or _is_official(clauses[-1]):
        return False
    head = _PREPOSITION.sub("", clauses[-1])
    if not head.strip() and len(clauses) > 1:  # "its members, from Kenya and Malawi, signed"
        head = "" if _is_official(clauses[-2]) else clauses[-2]
    return not is_neutral(head)


def _is_official(words: str) -> bool:
    if _PRIVATE.search(words):
        return False
    return any(pattern.search(words) for pattern in _OFFICIAL) or bool(find_labels(words))


def changed_by(text: str, start: int, label: Label) -> str:
    """Return what the words before a label, or after it where verbs are last, make of it."""
    language = list_words(label.language or DEFAULT)
    negations, unreal = language.words["negations"], language.words["unreal"]
    window = CLAUSE if writing(language.code).is_participle_last else WINDOW
    before = fold(text[max(start, label.start - 2 * window) : label.start])
    before = re.split(r"[;.]\s", _IDIOM.sub(" ", before)[-window:])[-1]
    if negations.search(before):
        return "negated"
    if language.words.get("possessives", NOTHING).search(before):
        return "of others"  # "states whose citizens signed"
    if label.kind in _ASSERTED and negations.search(fold(label.cue)):
        return "negated"  # "the letter was not signed by"
    if unreal.search(before) and not label.cue[:1].isdigit():
        return "unreal"
    if _is_open(text, before, label):
        return "unreal"
    if language.is_verb_final and label.kind not in ("absent", "not_signed"):
        rest = re.split("[.,;、。，]", fold(text[label.end : label.end + REST]))[0]
        ending = fold(label.cue)[1:] + rest
        if negations.search(ending):
            return "negated"
        if unreal.search(ending):
            return "unreal"
    return ""


def _is_open(text: str, before: str, label: Label) -> bool:
    """Return whether the form of a cue says that nothing is done yet: "to sign", "will sign"."""
    words = list_words(label.language or DEFAULT).words
    behind = words.get("unreal_behind", NOTHING)
    if behind.match(fold(text[label.end : label.end + 8]).lstrip()):
        return True
    forms = words.get("open_forms", NOTHING)
    if not forms.fullmatch(fold(label.cue)):
        return False
    chosen = last_end(words.get("chosen", NOTHING), before)
    return chosen is None or bool(before[chosen:].strip())


def last_end(pattern: re.Pattern[str], text: str) -> int | None:
    """Return where the last match of a pattern ends; None where it has none."""
    found = list(pattern.finditer(text))
    return found[-1].end() if found else None


def is_exception(before: str) -> bool:
    """Return whether words such as "all but" are right before a list."""
    folded = fold(before)
    end = last_end(_EXCEPTION, folded)
    return end is not None and is_neutral(folded[end:]) and "," not in folded[end:]


def only_announces(text: str, language: str) -> bool:
    """Return whether words before a list only announce it: "The other six countries were"."""
    if len(text) > 2 * MAX_NEUTRAL:
        return False
    return is_neutral(text) or is_neutral(_count_words(language).sub(" ", fold(text)))


@cache
def _count_words(language: str) -> re.Pattern[str]:
    """Return the words of a language for the small numbers that can count a list."""
    code = figure_code(language or DEFAULT)
    numbers = figure_words(code).numbers if code in figure_languages() else {}
    words = sorted((word for word, value in numbers.items() if 1 < value < 100), key=len)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, reversed(words)))})\b") if words else NOTHING


def is_region(text: str) -> bool:
    """Return whether a heading only names a region, so that the one above it still holds."""
    return len(text) <= MAX_NEUTRAL and _is_region(text)


@lru_cache(maxsize=4096)
def _is_region(text: str) -> bool:
    folded = fold(text)
    return bool(_REGION.search(folded)) and is_neutral(_REGION.sub(" ", folded))
