"""Dates with their precision kept, and votes that only words label."""

from __future__ import annotations

from datetime import date

import pytest

from xinjiang_record.edtf import bounds, shift_day
from xinjiang_record.extract.check.find_statement import is_near
from xinjiang_record.extract.dates import dates_in, read_date
from xinjiang_record.extract.signatories.vote_counts import read_votes


@pytest.mark.parametrize(
    ("text", "edtf", "note"),
    [
        ("8 July 2019", "2019-07-08", ""), ("July 8, 2019", "2019-07-08", ""),
        ("8. Juli 2019", "2019-07-08", ""), ("8 de julio de 2019", "2019-07-08", ""),
        ("8 Temmuz 2019", "2019-07-08", ""),
        ("2019年7月8日", "2019-07-08", ""), ("1 juillet 2019", "2019-07-01", ""),
        ("12 يوليو 2019", "2019-07-12", ""), ("July 2019", "2019-07", ""),
        ("в июле 2019", "2019-07", ""),
        ("spring 2018", "2018", "spring"), ("late 2018", "2018", "late"),
        ("mid-June 2017", "2017-06", "mid"), ("2017年春", "2017", "春"),
        ("from 2014 to 2018", "2014/2018", ""),
        ("2021-09-23 or -24", "2021-09-23/2021-09-24", "one of the two days"),
        ("25/12/2019", "2019-12-25", ""), ("03/04/2019", "2019", ""),
        ("2019-07-08T23:50Z", "2019-07-08", ""),
    ],
)  # fmt: skip
def test_edtf(text: str, edtf: str, note: str) -> None:
    found = read_date(text)
    assert found is not None and (found.edtf, found.note) == (edtf, note)


@pytest.mark.parametrize(
    "text", ["last week", "on Thursday", "31 August 23:50 Geneva", "yesterday"]
)
def test_relative_dates_need_the_pages_own_date(text: str) -> None:
    assert [found.edtf for found in dates_in(text)] == [None]


def test_relative_dates_with_an_anchor() -> None:
    anchor = date(2022, 9, 1)
    assert [dates_in(text, anchor)[0].edtf
        for text in ("last week", "on Thursday", "31 August 23:50 Geneva", "last month")] == [
        "2022-08-22/2022-08-28", "2022-09-01", "2022-08-31", "2022-08",
    ]  # fmt: skip


def test_impossible_dates_are_none() -> None:
    assert all(found.edtf in (None, "2019", "2019-02") for found in dates_in("31 February 2019"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("19-17 with 11 abstentions", (None, None, 11, (19, 17), None)),
        ("17-19-11", (None, None, None, (17, 19, 11), None)),
        ("169-1", (None, None, None, (169, 1), None)),
        ("266 of 338", (None, None, None, (266,), 338)),
        ("17 in favour, 19 against and 11 abstentions", (17, 19, 11, (), None)),
        ("125票赞成，0票反对，12票弃权", (125, 0, 12, (), None)),
    ],
)  # fmt: skip
def test_votes(text: str, expected: tuple[object, ...]) -> None:
    found = read_votes(text)
    assert found is not None
    assert (
        found.votes_for,
        found.votes_against,
        found.votes_abstained,
        found.unlabelled,
        found.of,
    ) == expected


def test_no_vote_no_counts() -> None:
    assert read_votes("The motion was agreed without a division.") is None


@pytest.mark.parametrize("anchor", [date.min, date.max])
def test_no_date_beyond_the_calendar_is_made(anchor: date) -> None:
    text = "Yesterday, last Monday, last week, next week, last month, next month, 50 years ago"
    for item in dates_in(text, anchor):
        assert item.edtf is None or bounds(item.edtf) != (None, None), item
    assert is_near(str(anchor), str(anchor)) and shift_day(anchor, 0) == anchor
