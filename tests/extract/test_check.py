"""Articles against the published record: cases, formats, exit codes, what is carried."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import xinjiang_record as xr
from tests.warm_commands import run_command
from xinjiang_record.client import read_record
from xinjiang_record.errors import LimitError
from xinjiang_record.extract.check import article_context
from xinjiang_record.extract.check.check_article import check_text
from xinjiang_record.extract.check.record_tables import CountClaim, Record, Statement
from xinjiang_record.extract.check.show_report import to_html, to_markdown, to_text
from xinjiang_record.extract.check.verdict import Verdict
from xinjiang_record.limits import LIMITS

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).parent / "cases_check"
NAMES = sorted(path.name.removesuffix(".expected.json") for path in CASES.glob("*.expected.json"))
TRUE = "On 8 July 2019, 22 countries signed a letter critical of China over Xinjiang."
FALSE = "In June 2022 Canada read a statement on Xinjiang for 47 countries."


@pytest.fixture(scope="module")
def record() -> Record:
    return read_record(ROOT / "published")


def score(found: tuple[Verdict, ...], expected: dict[str, Any]) -> str:
    """Return right, WRONG or MISSED, by the rule of the cases' README."""
    hits = [
        item for item in found if any(text in item.claim for text in expected["claim_contains"])
    ]
    if any(
        item.outcome in ("agrees", "disagrees") and item.outcome not in expected["outcome"]
        for item in hits
    ):
        return "WRONG"
    right = [item for item in hits if item.outcome in expected["outcome"]]
    if not right:
        return "MISSED"
    named = {name for item in right for name in item.records}
    if not set(expected.get("records", ())) <= named:
        return "MISSED"
    every = {name for item in hits for name in item.records}
    return "WRONG" if set(expected.get("not_records", ())) & every else "right"


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, record: Record) -> None:
    text = (CASES / f"{name}.txt").read_text("utf-8")
    case = json.loads((CASES / f"{name}.expected.json").read_text("utf-8"))
    found = check_text(text, record).verdicts
    assert [score(found, item) for item in case["expected"]] == ["right"] * len(case["expected"])


IN_OTHER_LANGUAGES = json.loads(Path(__file__).with_name("check_languages.json").read_text("utf-8"))


@pytest.mark.parametrize("case", IN_OTHER_LANGUAGES, ids=lambda case: str(case["text"])[:40])
def test_the_kinds_of_the_cases_in_other_languages(case: dict[str, Any], record: Record) -> None:
    found = check_text(case["text"], record).verdicts
    assert [score(found, item) for item in case["expected"]] == ["right"] * len(case["expected"])


def test_a_verdict_has_its_parts_records_and_links(record: Record) -> None:
    lead, count = check_text(FALSE, record).verdicts
    assert (count.outcome, lead.outcome) == ("agrees", "disagrees")
    assert {part.name: part.outcome for part in lead.parts}["lead"] == "disagrees"
    assert {part.name: part.outcome for part in lead.parts}["date"] == "agrees"
    assert lead.records == ("2022-06-14-hrc50-critical",)
    assert "Netherlands" in lead.text and lead.links[0].startswith("https://")


def statement(**changes: Any) -> Statement:
    values: dict[str, Any] = {
        "statement_id": "2030-01-02-hrc70-critical",
        "kind": "letter",
        "side": "critical",
        "title": "",
        "bodies": frozenset({"hrc"}),
        "session": "HRC70",
        "on": "2030-01-02",
        "declared": 40,
        "named": 3,
        "current": 3,
        "roster": "partial",
        "note": "",
        "topics": frozenset({"xinjiang"}),
    }
    return Statement(**{**values, **changes})


def test_a_partial_roster_cannot_refute_a_signature() -> None:
    text = "Chile signed the letter of 2 January 2030 critical of China over Xinjiang."
    partial = check_text(text, Record([statement()]))
    complete = check_text(text, Record([statement(roster="complete")]))
    assert partial.verdicts[0].outcome == "unknown"
    assert complete.verdicts[0].outcome == "disagrees"


def test_a_claim_in_quarantine_is_claimed_and_not_published() -> None:
    claim = CountClaim("c", 45, "", "Press.", "", is_published=False)
    text = "On 2 January 2030, 45 countries signed a letter critical of China over Xinjiang."
    found = check_text(text, Record([statement(claims=(claim,))])).verdicts[0]
    assert found.outcome == "claimed" and "claimed, not published here" in found.text


def test_a_year_of_another_clause_is_not_that_of_the_count(record: Record) -> None:
    text = "39 pays soutenaient le texte sur le Xinjiang, que la Turquie a rejoint en 2021."
    found = check_text(text, record).verdicts
    assert all(item.outcome != "disagrees" for item in found if "39" in item.claim)


def test_last_year_needs_the_date_of_the_article(record: Record) -> None:
    text = "Last year 39 countries criticised China over Xinjiang in a statement."
    assert check_text(text, record).verdicts[0].outcome == "unknown"
    assert check_text(text, record, on=date(2021, 5, 1)).verdicts[0].outcome == "agrees"
    assert check_text(text, record, on=date(2024, 5, 1)).verdicts[0].outcome != "agrees"


def test_a_sentence_without_a_date_is_about_the_statement_before_it(record: Record) -> None:
    found = check_text(f"{TRUE} The letter was signed by Japan and Hungary.", record).verdicts
    japan, hungary = (next(v for v in found if name in v.claim) for name in ("JPN", "HUN"))
    assert (japan.outcome, hungary.outcome) == ("agrees", "disagrees")
    assert japan.carried == "the statement of the sentence before"


def test_a_denied_or_hoped_for_claim_is_not_checked(record: Record) -> None:
    for text in (
        "It is false that 22 countries signed a letter on Xinjiang on 8 July 2019.",
        "Rights groups urged Chile to sign the letter of 8 July 2019 on Xinjiang.",
        "Did Chile sign the letter of 8 July 2019 on Xinjiang?",
        "None of the 37 countries signed the letter of 12 July 2019 on Xinjiang.",
    ):
        assert {item.outcome for item in check_text(text, record).verdicts} == {"not_understood"}


def test_nothing_agrees_unread(record: Record) -> None:
    text = "Four days later, 37 countries signed a letter in support of China on Xinjiang."
    report = check_text(text, record)
    assert report.outcome == "partly"
    assert [item.claim for item in report.verdicts if item.outcome == "not_understood"] == ["Four"]


@pytest.mark.parametrize(
    ("text", "outcome", "ids"),
    [
        ("The China Cables were published on 24 November 2019.", "agrees", ("E045",)),
        ("The China Cables were published on 24 November 2018.", "disagrees", ("E045",)),
        ("Die Xinjiang Papers wurden am 16. November 2019 veröffentlicht.", "agrees", ("E044",)),
        (
            "On 25 February 2021 the Dutch parliament passed a motion on genocide in Xinjiang.",
            "agrees",
            ("E072",),
        ),
        (
            "On 25 February 2020 the Dutch parliament passed a motion on genocide in Xinjiang.",
            "unknown",
            (),
        ),
    ],
)
def test_the_day_of_an_event(text: str, outcome: str, ids: tuple[str, ...], record: Record) -> None:
    found = check_text(text, record).verdicts
    assert [(item.outcome, item.records) for item in found] == [(outcome, ids)]


def test_verdicts_come_in_the_order_of_the_article(record: Record) -> None:
    report = check_text(f"{FALSE}\n{TRUE}\n{FALSE}", record)
    assert [item.locator for item in report.verdicts] == [
        "paragraph 1", "paragraph 1", "paragraph 2", "paragraph 3", "paragraph 3",
    ]  # fmt: skip


def test_the_coverage_counts_sentences_with_a_number_or_a_state(record: Record) -> None:
    report = check_text(f"{TRUE} It rained. Seven sailors met Chile's envoy.", record)
    assert report.coverage == ("1 of 2 sentences with a number or a state were understood.")


def run(*arguments: str) -> tuple[int, str]:
    done = run_command("check", *arguments)
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("text", "code"), [(TRUE, 0), (FALSE, 1), ("The weather was fine in 1987.", 4)]
)
def test_exit_codes(text: str, code: int, tmp_path: Path) -> None:
    page = tmp_path / "article.txt"
    page.write_text(text, "utf-8")
    found, out = run(str(page), "--from", str(ROOT / "published"))
    assert found == code
    assert "understood" in out or "No sentence" in out


def test_json_is_a_list_of_verdicts(tmp_path: Path) -> None:
    page = tmp_path / "article.txt"
    page.write_text(FALSE, "utf-8")
    _, out = run(str(page), "--format", "json", "--from", str(ROOT / "published"))
    lead, count = json.loads(out)
    assert set(lead) >= {"claim", "outcome", "text", "locator", "records", "parts", "links"}
    assert (count["outcome"], lead["label"]) == ("agrees", "disagrees")


def test_a_user_without_a_checkout_names_a_folder_of_releases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "published", tmp_path / "releases", symlinks=True)
    (tmp_path / "article.txt").write_text(FALSE, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XRECORD_PROJECT", raising=False)
    assert run("article.txt", "--from", "releases")[0] == 1


def test_python_gives_the_same_as_values(record: Record) -> None:
    report = xr.check(FALSE, base=ROOT / "published")
    assert report.verdicts == check_text(FALSE, record).verdicts
    assert report.exit_code == 1 and report.versions["joint-statements"]


def test_html_underlines_claims_and_shows_no_markup_of_the_article(record: Record) -> None:
    page = to_html(check_text(f"<script>alert(1)</script>\n{FALSE}", record))
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert 'In June 2022 <u class="disagrees">Canada read</u><sup><a href="#v1"' in page
    assert '<u class="agrees">47 countries</u><sup><a href="#v2"' in page
    assert '<a href="https://' in page


def test_markdown_and_text_name_the_disagreement(record: Record) -> None:
    report = check_text(FALSE, record)
    assert "**disagrees** Canada (CAN)" in to_markdown(report)
    assert "disagrees       Canada (CAN)" in to_text(report)
    assert to_text(report).endswith(report.coverage)


def test_an_article_of_2000_words_is_checked_in_time(record: Record) -> None:
    article = "\n".join([f"{TRUE} {FALSE}"] * 84)
    assert len(article.split()) > 2000
    check_text(TRUE, record)
    start = time.process_time()
    check_text(article, record)
    assert time.process_time() - start < 10  # `python benchmarks/check.py` has the figure


@pytest.mark.parametrize(
    ("text", "outcome", "words"),
    [
        (
            "On 22 March 2021 the European Union imposed sanctions on four officials and one "
            "entity over Xinjiang.",
            "agrees",
            "E074",
        ),
        (
            "On 22 March 2021 China imposed sanctions on 10 individuals and 4 entities in the EU "
            "over Xinjiang.",
            "agrees",
            "E075",
        ),
        (
            "Le 22 mars 2021, Pékin a sanctionné dix personnes et quatre entités de l'UE à propos "
            "du Xinjiang.",
            "agrees",
            "E075",
        ),
        (
            "New Zealand's parliament adopted a motion on 5 May 2021 on abuses in Xinjiang, "
            "dropping the word genocide.",
            "partly",
            "E082",
        ),
        (
            "The Dutch parliament was the first in Europe to call the treatment of Uyghurs a "
            "genocide, on 25 February 2021.",
            "partly",
            "E072",
        ),
        (
            "On 22 March 2021 China imposed sanctions on 10 individuals and 4 entities in Canada "
            "over Xinjiang.",
            "partly",
            "E075",
        ),
        ("On 22 March 2021 Canada lifted sanctions over Xinjiang.", "not_understood", ""),
        ("On 22 March 2021 Canada did not impose sanctions over Xinjiang.", "not_understood", ""),
        ("On 22 March 2021 Canada sanctioned Hu Lianhe over Xinjiang.", "disagrees", "Zhu Hailun"),
        (
            "The United Kingdom was the first country to impose sanctions over Xinjiang, on 22 "
            "March 2021.",
            "disagrees",
            "US Department of State",
        ),
        (
            "On 9 June 2022 the European Parliament adopted a resolution on a serious risk of "
            "genocide of Uyghurs.",
            "agrees",
            "E103",
        ),
        (
            "On 9 June 2022 the European Parliament adopted a resolution on genocide of Uyghurs.",
            "partly",
            "serious risk",
        ),
        (
            "In June 2021 the Czech Chamber of Deputies adopted a motion on genocide of Uyghurs.",
            "unknown",
            "no such act",
        ),
    ],
)
def test_sanctions_and_acts_of_parliaments(
    text: str, outcome: str, words: str, record: Record
) -> None:
    report = check_text(text, record)
    assert report.outcome == outcome
    assert words in " ".join(item.text for item in report.verdicts)


def test_a_motion_is_not_said_to_call_it_what_it_does_not(record: Record) -> None:
    text = "On 5 May 2021 New Zealand's parliament passed a motion on genocide in Xinjiang."
    found = check_text(text, record).verdicts[0]
    assert found.outcome == "disagrees" and "human rights abuses" in found.text


@pytest.mark.parametrize(
    ("text", "outcome", "ids"),
    [
        ('The China Cables order camp staff to "never allow escapes".', "agrees", ("D002.1",)),
        ('The China Cables order camp staff to “always allow escapes”.', "disagrees", ("D002.1",)),
        ('The China Cables order camp staff to "never permit escapes".', "partly", ("D002.1",)),
        ('The Karakax List orders camp staff to "never allow escapes".', "disagrees", ("D002.1",)),
        ('Xi Jinping ordered camp staff to "never allow escapes".', "partly", ("D002.1",)),
        ('A leaked manual orders guards to "feed the geese at dawn".', "unknown", ()),
    ],
)  # fmt: skip
def test_a_quotation_is_looked_up(
    text: str, outcome: str, ids: tuple[str, ...], record: Record
) -> None:
    found = [item for item in check_text(text, record).verdicts if item.kind == "quotation"]
    assert [(item.outcome, item.records[:1]) for item in found] == [(outcome, ids)]


@pytest.mark.parametrize(
    ("text", "outcome", "words"),
    [
        (
            "Turkey was the only Muslim-majority country to sign the statement critical of China "
            "on Xinjiang of 31 October 2022.",
            "not_understood",
            "no list of such states",
        ),
        (
            "Belize was the only Latin American state that signed the statement critical of China "
            "on Xinjiang and Hong Kong of 30 June 2020.",
            "agrees",
            "",
        ),
        (
            "Japan was the only East Asian state that signed the letter of 8 July 2019 critical "
            "of China over Xinjiang.",
            "not_understood",
            "no list of such states",
        ),
        (
            "Greece was the only EU member that did not sign the statement critical of China on "
            "Xinjiang of 31 October 2022.",
            "disagrees",
            "Cyprus, Greece, Hungary, Malta",
        ),
    ],
)
def test_the_only_one_of_a_group(text: str, outcome: str, words: str, record: Record) -> None:
    found = next(v for v in check_text(text, record).verdicts if v.kind == "only")
    assert found.outcome == outcome and words in found.text


@pytest.mark.parametrize(
    ("text", "outcome", "words"),
    [
        (
            "Ukraine was the first state to withdraw from a statement on Xinjiang.",
            "partly",
            "critical side",
        ),
        (
            "Fiji was the first state to withdraw from a statement critical of China on Xinjiang.",
            "disagrees",
            "Ukraine",
        ),
        (
            "Turkey signed a joint statement critical of China on Xinjiang for the first time on "
            "21 October 2021.",
            "unknown",
            "partial",
        ),
        (
            "In 2022 the Netherlands read the first statement critical of China on Xinjiang at "
            "the Human Rights Council for 47 countries.",
            "unknown",
            "is earlier",
        ),
    ],
)
def test_the_first_one(text: str, outcome: str, words: str, record: Record) -> None:
    found = next(v for v in check_text(text, record).verdicts if v.kind == "first")
    assert found.outcome == outcome and words in found.text


SUPPORTIVE = "The supportive letter on Xinjiang of 12 July 2019 came"


@pytest.mark.parametrize(
    ("text", "outcome", "words"),
    [
        (f"{SUPPORTIVE} four days after the critical letter of 8 July 2019.", "agrees", ""),
        (f"{SUPPORTIVE} six days after the critical letter of 8 July 2019.", "disagrees", ""),
        (
            f"{SUPPORTIVE} more than a week after the critical letter of 8 July 2019.",
            "disagrees",
            "",
        ),
        (f"{SUPPORTIVE} four days before the critical letter of 8 July 2019.", "disagrees", ""),
        (f"{SUPPORTIVE} shortly after the critical letter of 8 July 2019.", "", ""),
        (f"{SUPPORTIVE} four days after the angry letter of 8 July 2019.", "", ""),
        (
            "Qatar withdrew from the supportive letter on Xinjiang of 12 July 2019 six days after "
            "it had signed it.",
            "agrees",
            "Qatar signed on 2019-07-12",
        ),
        (
            "Ukraine abstained in the vote on Xinjiang on 6 October 2022, more than two years "
            "after it had withdrawn from the statement of June 2021.",
            "disagrees",
            "Ukraine withdrew on 2021-06-24/2021-06-25",
        ),
        (
            "Am 6. Oktober 2022 enthielt sich die Ukraine bei der Abstimmung über Xinjiang, bevor "
            "sie die Erklärung vom 31. Oktober 2022 unterzeichnete.",
            "agrees",
            "Ukraine signed on 2022-10-31",
        ),
        # A state that had no vote cannot be before or after its vote.
        (
            "Canada signed the statement on Xinjiang of 21 October 2021 before it voted in 2022.",
            "",
            "",
        ),
    ],
)
def test_which_of_two_acts_was_first(text: str, outcome: str, words: str, record: Record) -> None:
    report = check_text(text, record)
    found = [item for item in report.verdicts if item.kind == "order"]
    assert [item.outcome for item in found] == ([outcome] if outcome else [])
    assert all(words in item.text for item in found)
    assert outcome or report.outcome != "agrees"


@pytest.mark.parametrize(
    ("text", "outcome", "words"),
    [
        ("On 18 October 2023 the UK read its third statement on Xinjiang.", "agrees", "2020-06-30"),
        ("On 18 October 2023 the UK read its 2nd statement on Xinjiang.", "disagrees", "3 such"),
        (
            "On 31 October 2022 Canada led a statement on Xinjiang for the second time.",
            "agrees",
            "2021-06-22",
        ),
        (
            "Le 31 octobre 2022, le Canada a lu sa troisième déclaration sur le Xinjiang.",
            "disagrees",
            "2 such",
        ),
        (
            "On 21 October 2021 Turkey signed a statement critical of China on Xinjiang for the "
            "second time.",
            "unknown",
            "not known",
        ),
        ("On 31 October 2022 Canada read the second statement on Xinjiang.", "", ""),
        ("Fiji was the third state to withdraw from a statement on Xinjiang.", "", ""),
    ],
)
def test_how_often_a_state_did_it(text: str, outcome: str, words: str, record: Record) -> None:
    report = check_text(text, record)
    found = [item for item in report.verdicts if item.kind == "times"]
    assert [item.outcome for item in found] == ([outcome] if outcome else [])
    assert all(words in item.text for item in found)
    assert outcome or report.outcome != "agrees"


def test_only_before_a_number_is_no_claim_of_its_own(record: Record) -> None:
    text = "Only 22 countries signed the letter critical of China over Xinjiang on 8 July 2019."
    assert check_text(text, record).outcome == "agrees"


def test_a_group_of_people_that_is_not_counted_contradicts(record: Record) -> None:
    text = "Zenz said that up to 1.5 million {} were held in camps in Xinjiang in March 2019."
    assert check_text(text.format("Muslims"), record).outcome == "agrees"
    row = next(row for row in record.figures if row["population"] == "Uyghurs" and row.point)
    text = f"In {row.dates[0][:4]} {row['publisher']} said that {row.point:.0f} Kazakhs were held."
    assert check_text(text, record).outcome != "agrees"


def test_verdicts_link_to_the_pages_of_the_site(record: Record) -> None:
    report = check_text(FALSE, replace(record, site="https://example.org/record/"))
    assert report.verdicts[0].pages == (
        "https://example.org/record/statements/2022-06-14-hrc50-critical.html",
        "https://example.org/record/countries/CAN.html",
    )
    assert '<a href="https://example.org/record/countries/CAN.html">CAN</a>' in to_html(report)
    assert "[CAN](<https://example.org/record/countries/CAN.html>)" in to_markdown(report)


def test_the_words_of_a_claim_are_underlined_in_their_place(record: Record) -> None:
    text = f"It rained; {FALSE}\nAs said: {TRUE}"
    report = check_text(text, record)
    blocks = report.blocks
    shown = {blocks[0][v.at[0] : v.at[1]] for v in report.sentences[0].verdicts}
    assert shown == {"Canada read", "47 countries"}
    page = to_markdown(report)
    assert "<ins>Canada read</ins> (✗1)" in page and "<ins>22 countries</ins> (✓3)" in page


@pytest.mark.parametrize("text", ["[1] Chad\n", "on behalf of Chad, ", "It rains in June. "])
def test_an_article_of_too_many_claims_is_refused(
    text: str, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(LIMITS, check_claims=30)
    monkeypatch.setattr(article_context, "LIMITS", few)
    assert check_text(text * 10, record).verdicts or "rains" in text
    words = r"paragraph [0-9]+: expected at most 30 clauses.*CHECK_CLAIMS"
    with pytest.raises(LimitError, match=words):
        check_text(text * 40, record)


def test_sentences_without_a_word_are_not_in_the_report(record: Record) -> None:
    report = check_text(f"{TRUE} \u2026. ! ? \u3002", record)
    assert [item.text for item in report.sentences] == [TRUE]
    assert report.verdicts[0].outcome == "agrees"


def test_each_figure_of_the_record_is_found_by_its_value(record: Record) -> None:
    """What is near a claim is looked up; each row has to be among what is near its own values."""
    for row in record.figures:
        for value in row.values:
            assert row in record.figures_near([value], 0.0, 0.0)
            assert row in record.figures_near([value * 1.04, value * 3], 0.1, 0.0)
    assert record.figures_near([], 0.1, 0.0) == record.figures


def test_a_list_of_states_has_the_act_of_its_head(record: Record) -> None:
    text = "The letter of 8 July 2019 on Xinjiang was signed by:\n- Austria\n- Brazil\n2. Japan"
    found = [
        (item.text, [v.outcome for v in item.verdicts])
        for item in check_text(text, record).sentences
    ]
    assert found[1:] == [
        ("- Austria", ["agrees"]),
        ("- Brazil", ["disagrees"]),
        ("2. Japan", ["agrees"]),
    ]


def test_marks_of_footnotes_are_no_numbers(record: Record) -> None:
    text = "Fifty countries[1] signed the statement on Xinjiang of 31 October 2022.³"
    assert [item.claim for item in check_text(text, record).verdicts] == ["Fifty countries"]
