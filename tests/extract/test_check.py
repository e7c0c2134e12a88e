"""An article held against the record."""

from __future__ import annotations

from xinjiang_record.document_readers.document import Block, Document
from xinjiang_record.extract.check_article import Record, Verdict, check


def statement(
    statement_id: str, stance: str, day: str, declared: int, named: int, current: int, roster: str
) -> dict[str, str]:
    return {
        "statement_id": statement_id,
        "stance": stance,
        "delivered_edtf": day,
        "declared_count": str(declared),
        "named_count": str(named),
        "current_count": str(current),
        "roster_status": roster,
    }


def claim(statement_id: str, count: int, day: str, named: int, note: str = "") -> dict[str, str]:
    return {
        "statement_id": statement_id,
        "claimed_count": str(count),
        "as_of_edtf": day,
        "named_count": str(named),
        "note": note,
    }


LETTER, ANSWER, BACKERS = (
    "2019-07-08-hrc41-critical",
    "2019-07-12-hrc41-supportive",
    "2019-10-29-unga74-c3-supportive",
)
RECORD = Record(
    statements=[
        statement(LETTER, "critical", "2019-07-08", 22, 22, 23, "complete"),
        statement(ANSWER, "supportive", "2019-07-12", 37, 37, 50, "complete"),
        statement(BACKERS, "supportive", "2019-10-29", 54, 54, 54, "complete"),
    ],
    claims=[
        claim(ANSWER, 50, "2019-07-26", 49, "still counting Qatar"),
        claim(ANSWER, 50, "../2019-08", 50, "UN document"),
        claim(BACKERS, 54, "2019-10-29", 54),
        claim(BACKERS, 6, "2019-10", 54, "named when delivered"),
    ],
    signatories=[
        {"statement_id": LETTER, "country_iso3": code}
        for code in ("AUS", "AUT", "BEL", "CAN", "DNK")
    ],
    figures=[
        {
            "figure_id": "F052",
            "quantity_type": "flow",
            "unit": "persons",
            "value_point": "15000",
            "as_of_edtf": "2017",
        },
        {
            "figure_id": "F054",
            "quantity_type": "flow",
            "unit": "persons",
            "value_point": "15683",
            "as_of_edtf": "2017-06-25",
        },
        {"figure_id": "F007", "quantity_type": "stock", "unit": "persons", "value_low": "1000000"},
        {
            "figure_id": "F047",
            "quantity_type": "cumulative",
            "unit": "persons",
            "value_low": "1000000",
        },
    ],
)


def verdicts(text: str) -> list[Verdict]:
    return check(Document("article.html", "text/html", (Block(text, "paragraph 1"),)), RECORD)


def test_a_count_on_its_day() -> None:
    found = verdicts("In a letter of 8 July 2019 22 countries spoke up.")
    assert (found[0].claim, found[0].text) == (
        "22 countries on 8 July 2019",
        f"agrees with {LETTER}",
    )


def test_a_count_of_which_few_were_named_aloud() -> None:
    found = verdicts("On 29 October 2019 Belarus said that 54 countries backed China.")
    assert found[0].outcome == "claimed" and "6 named aloud" in found[0].text


def test_one_number_and_two_sets() -> None:
    assert (
        "two different sets bear this number"
        in verdicts("By 26 July 2019 50 countries had signed the letter.")[0].text
    )


def test_a_count_that_the_record_contradicts() -> None:
    found = verdicts("On 8 July 2019 31 countries sent a letter.")
    assert found[0].outcome == "disagrees" and "declares 22" in found[0].text


def test_what_the_record_cannot_tell() -> None:
    assert verdicts("On 3 March 2031 40 countries sent a letter.")[0].outcome == "unknown"


def test_figures_with_their_type() -> None:
    assert (
        verdicts("In one week of 2017 15,000 people were sent there.")[0].text
        == "agrees, a flow (F052)"
    )
    assert (
        verdicts("In 2017 more than 15,600 people were sent there.")[0].text
        == "agrees when rounded, a flow (F054)"
    )
    assert verdicts("More than a million people are held.")[0].outcome == "ambiguous"


def test_a_list_against_the_roster() -> None:
    found = verdicts("The letter was signed by Australia, Austria, Belgium, Canada, Denmark.")
    assert any(item.text == f"agrees with {LETTER}" for item in found)
    found = verdicts("The letter was signed by Australia, Austria, Belgium, Canada, Peru.")
    assert any(item.outcome == "disagrees" and "PER" in item.text for item in found)
