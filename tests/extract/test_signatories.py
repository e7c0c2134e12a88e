"""The layouts of real pages: one test a way of writing."""

from __future__ import annotations

import pytest

from xinjiang_record.document_readers.document import Block, Document, Table
from xinjiang_record.extract.signatories.find_statements import Statement, find_statements
from xinjiang_record.model import Finding


def read(
    *lines: str, kind: str = "paragraph", tables: tuple[Table, ...] = ()
) -> tuple[list[Statement], list[Finding]]:
    blocks = tuple(Block(text, f"paragraph {at}", kind) for at, text in enumerate(lines, 1))  # type: ignore[arg-type]
    found = find_statements(Document("page.html", "text/html", blocks, tables))
    return found.statements, found.findings


def events(statement: Statement) -> dict[str, list[str | None]]:
    out: dict[str, list[str | None]] = {}
    for row in statement.signatories:
        out.setdefault(row.event, []).append(row.iso3)
    return out


def test_run_on_title_of_a_un_document() -> None:
    found, _ = read(
        "Letter dated 12 July 2019 from the representatives of Algeria, the Plurinational State of "
        "Bolivia, the Congo, the Democratic People's Republic of Korea, the Democratic Republic "
        "of the Congo, Oman, Zimbabwe and the State of Palestine to the United "
        "Nations Office at Geneva addressed to the President of the Human Rights Council"
    )
    assert found[0].codes() == ["DZA", "BOL", "COG", "PRK", "COD", "OMN", "ZWE", "PSE"]


def test_speakers_own_state_comes_last() -> None:
    found, findings = read(
        "I speak on behalf of the following 4 countries: Albania, Austria, Sweden, and my own "
        "country, the United Kingdom. We are concerned."
    )
    assert (found[0].declared_count, found[0].lead_iso3) == (4, "GBR")
    assert [row.role for row in found[0].signatories] == ["signatory"] * 3 + [
        "lead"
    ] and not findings


def test_of_course() -> None:
    found, _ = read(
        "On behalf of the following 4 countries: Albania, Austria, Sweden and of course the United "
        "Kingdom."
    )
    assert found[0].codes() == ["ALB", "AUT", "SWE", "GBR"] and found[0].lead_iso3 == "GBR"


def test_missing_comma_is_read_and_told() -> None:
    found, findings = read(
        "The statement is delivered on behalf of 5 countries: Belize, Croatia Czech Republic, "
        "Denmark, Estonia."
    )
    assert found[0].codes() == ["BLZ", "HRV", "CZE", "DNK", "EST"]
    assert [item.type for item in findings] == ["missing-separator"]


def test_declared_count_that_does_not_add_up() -> None:
    _, findings = read(
        "This joint statement is made on behalf of 7 countries: Belize, Croatia, Denmark, Estonia."
    )
    assert (
        findings[0].type == "count-mismatch"
        and "7" in findings[0].message
        and "4" in findings[0].message
    )


def test_bare_line_without_spaces() -> None:
    found, findings = read("China,Belarus,Bolivia,DPRK,UAE,Kyrgyztan,Syria")
    assert found[0].codes() == ["CHN", "BLR", "BOL", "PRK", "ARE", "SYR"]
    assert all(row.event is None for row in found[0].signatories)
    assert [item.type for item in findings] == ["no-event", "unknown-country"]
    assert findings[1].candidates == ("KGZ",)


def test_two_labelled_sides() -> None:
    found, _ = read(
        "Supporting: China, Antigua and Barbuda, Cuba, Guinea, Guinea-Bissau",
        "Opposing: Australia, Austria, Belgium, the U.K.",
    )
    assert [item.codes() for item in found] == [
        ["CHN", "ATG", "CUB", "GIN", "GNB"],
        ["AUS", "AUT", "BEL", "GBR"],
    ]
    # Supporting what? Neither a vote nor a statement is named, so no event is asserted.
    assert all(row.event is None for item in found for row in item.signatories)


def test_vote_in_labelled_groups_with_sponsors_apart() -> None:
    found, findings = read(
        "The Council rejected the draft decision 17-19-11. The resolution was sponsored by the "
        "United Kingdom, Canada and Norway.",
        "Against: Bolivia, Cameroon; China, Ivory Coast",
        "For: Finland, France, Korea",
        "Abstained: Argentina, Armenia, Benin",
    )
    assert len(found) == 1
    assert events(found[0]) == {
        "sponsored": ["GBR", "CAN", "NOR"],
        "voted_no": ["BOL", "CMR", "CHN", "CIV"],
        "voted_yes": ["FIN", "FRA", None],
        "abstained": ["ARG", "ARM", "BEN"],
    }
    assert [item.type for item in findings] == ["ambiguous-country"]


def test_vote_in_prose() -> None:
    found, _ = read(
        "China, Bolivia and Cuba voted against the motion. France, Germany and Japan voted in "
        "favour. India and Brazil abstained."
    )
    assert events(found[0]) == {
        "voted_no": ["CHN", "BOL", "CUB"],
        "voted_yes": ["FRA", "DEU", "JPN"],
        "abstained": ["IND", "BRA"],
    }


def test_joiners_in_brackets_and_deltas() -> None:
    found, _ = read(
        "13 more countries (Bangladesh, Djibouti, Serbia) joined the letter on 26 July. Qatar "
        "later withdrew its signature. West African nation Benin has signed, making 68."
    )
    assert events(found[0]) == {"joined": ["BGD", "DJI", "SRB", "BEN"], "withdrew": ["QAT"]}


def test_states_that_did_not_sign_are_left_out() -> None:
    found, findings = read(
        "On behalf of 3 countries: Norway, Sweden, Finland.",
        "Italy, Greece and Hungary did not sign. China and Cuba protested.",
    )
    assert found[0].codes() == ["NOR", "SWE", "FIN"] and len(found) == 1
    assert [item.type for item in findings] == ["not-signatories"]


def test_prose_that_names_states_is_no_list() -> None:
    found, _ = read(
        "Ministers from France, Germany and Italy met in Vienna. China and Russia, with Iran, "
        "objected."
    )
    assert found == []


def test_one_name_a_line_across_line_breaks() -> None:
    found, findings = read(
        "List of countries:",
        "Albania",
        "Belguim",
        "the Lao",
        "People's Democratic Republic",
        "Papua",
        "New Guinea",
        "Niger",
        "Nigeria",
        kind="line",
    )
    assert found[0].codes() == ["ALB", "LAO", "PNG", "NER", "NGA"]
    assert [item.value for item in findings if item.type == "unknown-country"] == ["Belguim"]


def test_remarks_and_names_with_commas() -> None:
    found, _ = read(
        "Signatories: Russia (which promoted the letter), Korea, Republic of, Iran (Islamic "
        "Republic of), Virgin Islands (British), Denmark[3]"
    )
    assert found[0].codes() == ["RUS", "KOR", "IRN", "VGB", "DNK"]
    assert found[0].signatories[0].note == "which promoted the letter"


def test_a_part_of_another_name_is_never_sure() -> None:
    found, findings = read(
        "Signatories: France, Spain, Italy, Marshall Island, New Jersey, Georgia (U.S. state), "
        "Portugal"
    )
    assert found[0].codes() == ["FRA", "ESP", "ITA", "PRT"]
    assert len(findings) >= 2


def test_tables_with_a_column_of_votes() -> None:
    table = Table(
        (
            ("Country", "Vote"),
            ("France", "Yes"),
            ("China", "No"),
            ("India", "Abstain"),
            ("Cuba", "No"),
        ),
        "sheet Votes",
        "sheet",
        position=1,
    )
    found, _ = read("Vote on the draft resolution", tables=(table,))
    assert events(found[0]) == {
        "voted_yes": ["FRA"],
        "voted_no": ["CHN", "CUB"],
        "abstained": ["IND"],
    }
    assert found[0].signatories[0].locator == "sheet Votes, cell A2"


def test_a_labelled_column_with_one_name_is_read() -> None:
    rows = (("In favour", "Against"), ("Chile", "Cuba"), ("Mexico", ""))
    found, _ = read("Vote on the draft", tables=(Table(rows, "table 1", "table", position=1),))
    assert events(found[0]) == {"voted_yes": ["CHL", "MEX"], "voted_no": ["CUB"]}


def test_lists_in_scripts_without_spaces() -> None:
    assert read("我谨代表以下4个国家发言：阿尔巴尼亚、中非共和国、法国和德国。")[0][0].codes() == [
        "ALB",
        "CAF",
        "FRA",
        "DEU",
    ]
    assert read("بيان مشترك نيابة عن 4 دول: مصر والسعودية والإمارات وتونس")[0][0].codes() == [
        "EGY",
        "SAU",
        "ARE",
        "TUN",
    ]
    assert read("以下の3か国を代表して：フランス、米国、英国。")[0][0].codes() == [
        "FRA",
        "USA",
        "GBR",
    ]


def test_negation_ends_where_the_list_is_announced() -> None:
    assert read(
        "The statement is expected to be delivered on behalf of the following 3 countries: Norway, "
        "Sweden, Iceland."
    )[0][0].codes() == ["NOR", "SWE", "ISL"]
    assert read(
        "Unlike Hungary, which did not sign, Norway, Sweden and Peru signed the letter, though "
        "Qatar later withdrew."
    )[0][0].codes("signed") == ["NOR", "SWE", "PER"]
    for text in (
        "The following were invited but declined to sign: ",
        "States that refused to sign: ",
        "Did not sign: ",
        "Countries that have not joined include ",
    ):
        assert read(text + "Italy, Greece, Malta, Cyprus, Hungary, Austria, Spain.")[0] == [], text


def test_regions_part_a_list_without_ending_it() -> None:
    found, _ = read("Signatories", "Africa: Algeria, Angola, Guinea", "Asia: Bahrain, Cambodia")
    assert [item.codes() for item in found] == [["DZA", "AGO", "GIN", "BHR", "KHM"]]


def test_a_message_shows_a_long_list_of_names_cut() -> None:
    _, findings = read(f"The following did not sign: {', '.join(['Chad', 'Togo'] * 200)}.")
    assert findings[0].type == "not-signatories"
    assert len(findings[0].message) < 300
    assert findings[0].value.count("Togo") == 200


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The letter was signed by Cuba (also on behalf of Nicaragua) and Syria.", "Nicaragua"),
        ("De VS, VK, Canada en Australië ondertekenden de brief.", "VS"),
        ("Canada, Japan, de VS en Frankrijk ondertekenden de brief.", "de VS"),
        ("Letter signed by the ZB, Canada and Japan.", "ZB"),
        ("AS, Inggris, dan Kanada menandatangani surat bersama.", "AS"),
        ("Kanada, Jepang dan AS menandatangani surat bersama.", "AS"),
        ("Kanada, AS, dan Jepang menandatangani surat bersama.", "AS"),
        ("美、英、加、澳四国发表联合声明。", "美、英、加、澳"),
        ("米、英、仏の3か国が共同声明に署名した。", "米、英、仏"),
    ],
)
def test_a_name_that_is_not_read_is_asked_about(text: str, asked: str) -> None:
    _, findings = read(text)
    assert asked in [item.value for item in findings]


@pytest.mark.parametrize(
    "text",
    [
        "France (ally of Germany), Belgium and Chad signed the letter.",
        "中、美、英三国的经济在增长。",
        "NO, Canada, Japan and Peru signed the letter.",
        "ZB, he wrote from Geneva, and Canada and Japan signed the letter.",
        "LETTER SIGNED BY ALL, CANADA, JAPAN AND PERU",
        "LETTER SIGNED BY CANADA AND JAPAN AND PERU",
        "LETTER SIGNED BY CANADA, AS WELL AS JAPAN, AND PERU",
    ],
)
def test_a_word_that_is_no_name_is_not_asked_about(text: str) -> None:
    found, findings = read(text)
    assert not findings
    assert not found or len(found[0].signatories) >= 2 + ("PERU" in text.upper())
