"""Say which kinds of position there are, which side each takes, and who is on a roster as of a day.

The rules are here once, and the build, the client and the site call them. They are the same for
both camps: a kind counts as a side if the state itself performed a formal act on a named text, and
its name is printed in that act. A date that is an interval counts from its last day: on 2021-06-23
a signature of ``../2021-06-28`` has not certainly been given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xinjiang_record import edtf

SIDES = ("critical", "supportive")
OTHER_SIDE = {"critical": "supportive", "supportive": "critical"}
XINJIANG = "xinjiang"  # the topic that a text must have for a position on it to count


@dataclass(frozen=True, slots=True)
class PositionKind:
    """Describe one thing that a state can do about a text.

    Attributes:
        is_entry: It puts the state on the roster of a letter, statement or vote.
        counts_as_side: It gives the state a side in the table ``positions``.
    """

    name: str
    description: str
    is_entry: bool = False
    counts_as_side: bool = False


POSITION_KINDS = (
    PositionKind("signed", "Is on the first list of a text.", True, True),
    PositionKind("joined", "Was added to the list of a text later.", True, True),
    PositionKind("withdrew", "Took its name back from a text."),
    PositionKind("voted_yes", "Voted for a draft in a recorded vote.", True, True),
    PositionKind("voted_no", "Voted against a draft in a recorded vote.", True, True),
    PositionKind("abstained", "Abstained in a recorded vote: the side is neither.", True, True),
    PositionKind(
        "declared_after_vote",
        "Said to the chair after a vote how its position is to be read; the result stays.",
        counts_as_side=True,
    ),
    PositionKind("sponsored", "Is named as a sponsor of a draft.", counts_as_side=True),
    PositionKind(
        "aligned", "Is named as aligning itself with the text of a bloc.", counts_as_side=True
    ),
    PositionKind("co_sponsored_event", "Hosted or co-sponsored a side event."),
    PositionKind("spoke", "Made a speech of its own."),
    PositionKind("spoke_for_bloc", "Spoke for a bloc."),
    PositionKind("claimed", "Only one side says that the state took this position."),
    PositionKind("derived", "Follows from the membership of a bloc; the text prints no name."),
)
KIND_NAMES = tuple(kind.name for kind in POSITION_KINDS)
ENTRY_KINDS = tuple(kind.name for kind in POSITION_KINDS if kind.is_entry)
SIDE_KINDS = tuple(kind.name for kind in POSITION_KINDS if kind.counts_as_side)
SIGNING_KINDS = ("signed", "joined")
VOTE_KINDS = ("voted_yes", "voted_no", "abstained")
# The kinds that make up the list of each type of statement, for declared and named counts.
ROSTER_KINDS = {
    "letter": SIGNING_KINDS,
    "joint_statement": SIGNING_KINDS,
    "vote": VOTE_KINDS,
    "side_event": ("co_sponsored_event",),
    "bloc_statement": ("aligned",),
    "debate": ("spoke",),
    "readout": ("claimed",),
}


def side_of(kind: str, stance: str, draft_stance: str | None = None) -> str:
    """Return the side of a position: ``critical``, ``supportive`` or ``neither``.

    Args:
        kind: The position kind.
        stance: The stance of the statement; ``vote`` for a vote.
        draft_stance: The side of the draft, of a vote. Releases before 2.0.0 do not have it; the
            one draft in them is critical.
    """
    if kind == "abstained":
        return "neither"
    side = (draft_stance or SIDES[0]) if stance == "vote" else stance
    return OTHER_SIDE[side] if kind == "voted_no" else side


def certain_by(text: str | None) -> date:
    """Return the last day that an EDTF text can mean: from then on the event has certainly come."""
    return (edtf.bounds(text)[1] if text else None) or date.max


def is_standing(entered: date, left: date | None, as_of: date | None = None) -> bool:
    """Return whether a signature is in force at the end of ``as_of`` (of all time, if None).

    Args:
        entered: The day by which the signature or vote has certainly been given.
        left: The day by which it has certainly been withdrawn, or None.
        as_of: The day; an event of that day has taken effect.
    """
    if as_of is None:
        return left is None
    return entered <= as_of and not (left is not None and left <= as_of)


def is_on_roster(entered: str, left: str | None, as_of: date | None = None) -> bool:
    """Return whether a signatory is on the roster at the end of ``as_of``; dates are EDTF texts."""
    return is_standing(certain_by(entered), certain_by(left) if left else None, as_of)


def has_changed_sides(sides: Iterable[str]) -> bool:
    """Return whether the sides of positions that were not withdrawn hold both camps."""
    return set(SIDES) <= set(sides)
